/** What keeps statements from being moved, where it can't be seen by their kind: names that would stay behind. */
import type { Edit } from "../edits.ts";
import { type Mention, type Mentions, passagesOf } from "../mentions/mentions.ts";
import type { Blind } from "../passage.ts";
import { whatIs } from "./objects.ts";
import type { Move } from "./types.ts";

/** Names that are not among the tokens as they are in the tree, and those that no token shows. */
export function notExchanged(
  mentions: readonly Mention[],
  found: Mentions,
  edits: readonly Edit[],
  schemas: ReadonlySet<string>,
): readonly Blind[] {
  const done = new Set(edits.map(({ from }) => from));
  const lost = mentions
    .filter(({ schema, passage, at }) => schema !== undefined && schemas.has(schema) && !done.has(passage.toFile(at)))
    .map(({ schema, name, passage, at }) => ({
      what: `${schema}.${name}, written in an unusual way`,
      at: passage.toFile(at),
    }));
  const escaped = passagesOf(found).flatMap((passage) =>
    passage
      .tokens()
      .filter(({ text }) => /^u&"/i.test(text))
      .map(({ start }) => ({ what: "a name with Unicode escapes", at: passage.toFile(start) })),
  );
  return [...lost, ...escaped];
}

/** A relation without its schema, or one that would be changed where it is. */
export function namedElsewhere(
  { schema, name, access, isOnlyRead, passage, at }: Mention,
  schemas: ReadonlySet<string>,
): readonly Blind[] {
  const found = (what: string) => [{ what, at: passage.toFile(at) }];
  if (access === "column" || access === "type") return [];
  if (schema === undefined) return name.startsWith("pg_") && isOnlyRead ? [] : found(`${name} without its schema`);
  if (schemas.has(schema) || isOnlyRead || access === "read") return [];
  return found(`a change to ${schema}.${name}, which is not in a schema of the project's outputs`);
}

/**
 * What PostgreSQL would not let production replace any more: what is read by a materialized view or by a function whose
 * body it keeps as a tree, and types of columns. A plain view is no trouble, it can follow.
 */
export function holdsOn(mention: Mention, { statements }: Mentions, move: Move): readonly Blind[] {
  const { schema, name, passage, at, isOnlyRead } = mention;
  if (schema === undefined || !isOnlyRead || !move.schemas.has(schema)) return [];
  if (move.readFrom(schema, name, whatIs(mention)) === move.writtenTo(schema)) return [];
  const statement = statements.findLast((one) => one.passage === passage && one.from <= at);
  const { kind = "", body = {} } = statement ?? {};
  const holds =
    (kind === "CreateTableAsStmt" && body.objtype === "OBJECT_MATVIEW") ||
    (kind === "CreateFunctionStmt" && (body.sql_body !== undefined || mention.access === "type")) ||
    (mention.access === "type" && MAKES_COLUMNS.has(kind));
  if (!holds) return [];
  return [
    { what: `something that holds on to ${schema}.${name}, which is not built here yet`, at: passage.toFile(at) },
  ];
}

const MAKES_COLUMNS = new Set(["CreateStmt", "AlterTableStmt", "CompositeTypeStmt", "CreateDomainStmt", "ViewStmt"]);
