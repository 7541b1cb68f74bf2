import type { Position } from "../diagnostics/diagnostic.ts";
import type { Code, TableName } from "../project/types.ts";
import { parse } from "./parser.ts";
import { byteOffsets, positionIn } from "./positions.ts";

/** A table or view as a query names it. */
export interface RelationRead {
  readonly schema?: string;
  readonly name: string;
  /** Where it is named first, in the person's file. */
  readonly start: Position;
}

interface Found {
  readonly schema?: string;
  readonly name: string;
  /** In UTF-8 bytes. */
  readonly offset: number;
}

type Tree = Readonly<Record<string, unknown>>;
/** Names of the WITH queries that can be seen from a place. */
type Scope = ReadonlySet<string>;

/**
 * The tables and views that a SELECT reads, each once, in the order of their first mention; names of WITH queries and
 * functions are none. Text that does not parse reads nothing: `checkOneSelect` says what is wrong with it. The caller
 * has awaited `loadParser()`.
 */
export function relationsRead(code: Pick<Code, "text" | "line" | "column">): readonly RelationRead[] {
  const parsed = parse(code.text);
  if (!parsed.ok) return [];
  const first = new Map<string, Found>();
  for (const found of inNode(parsed.tree, new Set()).sort((a, b) => a.offset - b.offset)) {
    const key = JSON.stringify([found.schema, found.name]);
    if (!first.has(key)) first.set(key, found);
  }
  const offsets = byteOffsets(code.text);
  return [...first.values()].map(({ offset, ...relation }) => ({
    ...relation,
    start: positionIn(code, codePoints(code.text.slice(0, offsets(offset)))),
  }));
}

const codePoints = (text: string): number => [...text].length;

function inNode(node: unknown, outer: Scope): Found[] {
  if (Array.isArray(node)) return node.flatMap((item) => inNode(item, outer));
  if (!isTree(node)) return [];
  const ctes = isTree(node.withClause) ? inWith(node.withClause, outer) : { scope: outer, found: [] };
  const found = Object.entries(node).flatMap(([key, value]) => {
    // Tables that are written to stand in the tree without this wrapper; locking clauses name aliases.
    if (key === "RangeVar") return inRangeVar(value as Tree, ctes.scope);
    return key === "withClause" || key === "lockingClause" ? [] : inNode(value, ctes.scope);
  });
  return [...ctes.found, ...found];
}

/** A WITH query sees those before it; after RECURSIVE all of them see each other (PostgreSQL manual, SELECT). */
function inWith(clause: Tree, outer: Scope): { scope: Scope; found: Found[] } {
  const ctes = (clause.ctes as readonly { readonly CommonTableExpr: Tree }[]).map((cte) => cte.CommonTableExpr);
  const scope = new Set(outer);
  if (clause.recursive) for (const cte of ctes) scope.add(String(cte.ctename));
  const found = ctes.flatMap((cte) => {
    const inside = inNode(cte.ctequery, new Set(scope));
    scope.add(String(cte.ctename));
    return inside;
  });
  return { scope, found };
}

function inRangeVar(relation: Tree, scope: Scope): Found[] {
  const name = String(relation.relname);
  const offset = Number(relation.location ?? 0);
  if (relation.schemaname) return [{ schema: String(relation.schemaname), name, offset }];
  return scope.has(name) ? [] : [{ name, offset }];
}

/** The tables and views that statements create by CREATE TABLE, CREATE TABLE AS and CREATE VIEW under a qualified name. */
export function relationsMade(code: Pick<Code, "text">): readonly TableName[] {
  const parsed = parse(code.text);
  if (!parsed.ok) return [];
  return (parsed.tree.stmts ?? []).flatMap(({ stmt = {} }) => {
    const made =
      "CreateStmt" in stmt
        ? stmt.CreateStmt.relation
        : "ViewStmt" in stmt
          ? stmt.ViewStmt.view
          : "CreateTableAsStmt" in stmt
            ? stmt.CreateTableAsStmt.into?.rel
            : undefined;
    return made?.schemaname && made.relname ? [{ schema: made.schemaname, name: made.relname }] : [];
  });
}

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;
