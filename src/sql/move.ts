/**
 * Statements moved into other schemas: whatever they write goes there, and what they only read is looked for where it is.
 * Nothing that names one of the schemas is left as it was: a place that can't be seen through is told, and no statement
 * with such a place may run.
 */
import type { Code } from "../project/types.ts";
import { applyEdits, type Edit } from "./edits.ts";
import { callsIn } from "./mentions/calls.ts";
import { mentionsIn, type Mention, type Mentions } from "./mentions/mentions.ts";
import { madeObjects, type What } from "./mentions/objects.ts";
import { nameIn, tokenAt, type Blind, type Piece, type Token } from "./mentions/piece.ts";
import { keepsFromMoving } from "./mentions/statements_seen_through.ts";
import { placesIn } from "./positions.ts";
import { quoted } from "./quoted.ts";
import type { OpaquePlace } from "./relations.ts";

export type { What };

export interface Moved {
  readonly text: string;
  /** Names that stand in the text for others. */
  readonly renamed: NonNullable<Code["renamed"]>;
  /** Places that keep it from being run. */
  readonly opaque: readonly OpaquePlace[];
}

export interface Move {
  /** All schemas whose objects are moved. */
  readonly schemas: ReadonlySet<string>;
  /** Functions in them: who calls one without its schema can't be followed. */
  readonly functions: ReadonlySet<string>;
  /** The schema in which something that is only read stands now. */
  readFrom(schema: string, name: string, what: What): string;
  /** The schema that takes the place of one of `schemas`. */
  writtenTo(schema: string): string;
}

/** An object that statements make, by its qualified name. */
export interface Made {
  readonly what: What;
  readonly schema: string;
  readonly name: string;
}

/** All that statements make under qualified names. The caller has awaited `loadParser()`. */
export function madeIn(code: Pick<Code, "text">): readonly Made[] {
  const { mentions, statements } = mentionsIn(code.text);
  const relations = mentions.flatMap(({ access, schema, name }): readonly Made[] =>
    schema !== undefined && (access === "make" || access === "make_sequence")
      ? [{ what: "relation", schema, name }]
      : [],
  );
  const others = statements.flatMap((statement) =>
    madeObjects(statement).flatMap(({ what, names: [schema, name] }): readonly Made[] =>
      schema === undefined || name === undefined ? [] : [{ what, schema, name }],
    ),
  );
  return [...relations, ...others];
}

/**
 * `temporary`: names of the temporary tables that statements before it have made; its own are added. The caller has awaited
 * `loadParser()`.
 */
export function moveStatements(
  code: Pick<Code, "text" | "line" | "column">,
  move: Move,
  temporary: Set<string> = new Set(),
): Moved {
  const found = mentionsIn(code.text, temporary);
  const calls = found.statements.map((statement) => callsIn(statement, move.schemas, move.functions));
  const called = calls.flatMap((one) => one.mentions);
  const columns = new Set(calls.flatMap((one) => [...one.columns]));
  const named = namesInSchemas(found, called, columns, move);
  const blind = [
    ...found.blind,
    ...notExchanged([...found.mentions, ...called], found, named, move.schemas),
    ...found.statements.flatMap((statement) => keepsFromMoving(statement, move.schemas, temporary)),
    ...calls.flatMap((one) => one.blind),
    ...found.mentions.flatMap((mention) => namedElsewhere(mention, move.schemas)),
    ...found.mentions.flatMap((mention) => holdsOn(mention, found, move)),
  ];
  const places = placesIn(code);
  const inText = [...schemasAlone(found, move), ...named]
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, text }) => ({ from: places.index(from), to: places.index(to), text }));
  return {
    text: applyEdits(code, inText).text,
    renamed: renamedBy(code.text, inText),
    opaque: blind.sort((a, b) => a.at - b.at).map(({ what, at }) => ({ what, start: places.position(at) })),
  };
}

/** In the order of the text; in code points of the new one. */
function renamedBy(text: string, edits: readonly Edit[]): Moved["renamed"] {
  let at = 0;
  let done = 0;
  return edits.map((edit) => {
    const was = text.slice(edit.from, edit.to);
    at += codePoints(text.slice(done, edit.from));
    done = edit.to;
    const one = { at, length: codePoints(edit.text), was };
    at += one.length;
    return one;
  });
}

const codePoints = (text: string): number => [...text].length;

/** Names that are not among the tokens as they are in the tree, and those that no token shows. */
function notExchanged(
  mentions: readonly Mention[],
  found: Mentions,
  edits: readonly Edit[],
  schemas: ReadonlySet<string>,
): readonly Blind[] {
  const done = new Set(edits.map(({ from }) => from));
  const lost = mentions
    .filter(({ schema, piece, at }) => schema !== undefined && schemas.has(schema) && !done.has(piece.toFile(at)))
    .map(({ schema, name, piece, at }) => ({
      what: `${schema}.${name}, written in an unusual way`,
      at: piece.toFile(at),
    }));
  const escaped = piecesOf(found).flatMap((piece) =>
    piece
      .tokens()
      .filter(({ text }) => /^u&"/i.test(text))
      .map(({ start }) => ({ what: "a name with Unicode escapes", at: piece.toFile(start) })),
  );
  return [...lost, ...escaped];
}

const piecesOf = ({ statements, mentions }: Mentions): readonly Piece[] => [
  ...new Set([...statements, ...mentions].map(({ piece }) => piece)),
];

/** A relation without its schema, or one that would be changed where it is. */
function namedElsewhere(
  { schema, name, access, isOnlyRead, piece, at }: Mention,
  schemas: ReadonlySet<string>,
): readonly Blind[] {
  const found = (what: string) => [{ what, at: piece.toFile(at) }];
  if (access === "column" || access === "type") return [];
  if (schema === undefined) return name.startsWith("pg_") && isOnlyRead ? [] : found(`${name} without its schema`);
  if (schemas.has(schema) || isOnlyRead || access === "read") return [];
  return found(`a change to ${schema}.${name}, which is not in a schema of the project's outputs`);
}

/**
 * What PostgreSQL would not let production replace any more: what is read by a materialized view or by a function whose
 * body it keeps as a tree, and types of columns. A plain view is no trouble, it can follow.
 */
function holdsOn(mention: Mention, { statements }: Mentions, move: Move): readonly Blind[] {
  const { schema, name, piece, at, isOnlyRead } = mention;
  if (schema === undefined || !isOnlyRead || !move.schemas.has(schema)) return [];
  if (move.readFrom(schema, name, WHAT[mention.access] ?? "relation") === move.writtenTo(schema)) return [];
  const statement = statements.findLast((one) => one.piece === piece && one.from <= at);
  const { kind = "", body = {} } = statement ?? {};
  const holds =
    (kind === "CreateTableAsStmt" && body.objtype === "OBJECT_MATVIEW") ||
    (kind === "CreateFunctionStmt" && (body.sql_body !== undefined || mention.access === "type")) ||
    (mention.access === "type" && MAKES_COLUMNS.has(kind));
  if (!holds) return [];
  return [{ what: `something that holds on to ${schema}.${name}, which is not built here yet`, at: piece.toFile(at) }];
}

const MAKES_COLUMNS = new Set(["CreateStmt", "AlterTableStmt", "CompositeTypeStmt", "CreateDomainStmt", "ViewStmt"]);

const WHAT: Readonly<Partial<Record<Mention["access"], What>>> = { type: "type", call: "function" };

/**
 * In bytes of the file. Names that the syntax tree knows are read from where they are, if that is all that happens to
 * them. Every other `schema.` in the tokens is taken for something that may be changed; `columns` are those that are none.
 */
function namesInSchemas(
  found: Mentions,
  calls: readonly Mention[],
  columns: ReadonlySet<number>,
  move: Move,
): readonly Edit[] {
  const onlyRead = new Map<number, Mention>();
  const changed = new Set<number>();
  for (const mention of [...found.mentions, ...calls]) {
    const at = mention.piece.toFile(mention.at);
    if (mention.isOnlyRead) onlyRead.set(at, mention);
    else changed.add(at);
  }
  const edits = new Map<number, Edit>();
  const look = (piece: Piece, isBody: boolean) => {
    const tokens = piece.tokens();
    tokens.forEach((token, n) => {
      const schema = nameIn(token);
      const next = tokens[n + 2];
      if (!move.schemas.has(schema) || tokens[n + 1]?.text !== "." || !next || tokens[n - 1]?.text === ".") return;
      const from = piece.toFile(token.start);
      if (columns.has(from) || edits.has(from) || (isBody && isVariable(tokens[n - 1]))) return;
      const read = changed.has(from) ? undefined : onlyRead.get(from);
      const what = read ? (WHAT[read.access] ?? "relation") : isBody ? "type" : undefined;
      const to = what ? move.readFrom(schema, nameIn(next), what) : move.writtenTo(schema);
      edits.set(from, replaced(piece, token, to));
    });
  };
  for (const piece of piecesOf(found)) look(piece, false);
  // What no statement and no expression of a PL/pgSQL body has said are types of variables.
  for (const body of found.bodies) look(body, true);
  return [...edits.values()];
}

/** `schema.x := …` and `INTO schema.x` name a record's field; a type stands behind a variable's name. */
const isVariable = (before: Token | undefined): boolean =>
  before === undefined || /^([;,]|begin|then|else|loop|into|diagnostics|for|foreach)$/i.test(before.text);

/** `CREATE SCHEMA s`, `GRANT … ON SCHEMA s, t`, `… IN SCHEMA s`, `COMMENT ON SCHEMA s`. */
function schemasAlone({ statements }: Mentions, move: Move): readonly Edit[] {
  return statements.flatMap(({ kind, piece, from }, n): readonly Edit[] => {
    if (!["CreateSchemaStmt", "GrantStmt", "CommentStmt"].includes(kind)) return [];
    const following = statements[n + 1];
    const all = piece.tokens();
    const end = following?.piece === piece ? tokenAt(all, following.from) : all.length;
    const tokens = all.slice(tokenAt(all, from), end);
    let at = tokens.findIndex(({ text }) => text.toLowerCase() === "schema") + 1;
    if (at === 0) return [];
    while (["if", "not", "exists"].includes(tokens[at]?.text.toLowerCase() ?? "")) at++;
    const edits: Edit[] = [];
    for (; tokens[at]; at += 2) {
      const schema = nameIn(tokens[at]!);
      if (move.schemas.has(schema)) edits.push(replaced(piece, tokens[at]!, move.writtenTo(schema)));
      if (tokens[at + 1]?.text !== ",") break;
    }
    return edits;
  });
}

function replaced(piece: Piece, { start, end }: { readonly start: number; readonly end: number }, name: string): Edit {
  const from = piece.toFile(start);
  const text = piece.isQuoted ? quoted(name).replaceAll("'", "''") : quoted(name);
  return { from, to: from + (end - start), text };
}
