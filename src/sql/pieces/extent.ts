/** From where to where a piece stands in the text, found among its tokens. */
import { parse } from "../parser.ts";
import { tokenAt } from "../passage.ts";
import { withoutPlaces } from "../questions/fingerprint.ts";
import { closing, opens } from "../tokens.ts";
import type { Tree } from "../tree.ts";
import { placeIn, type Item, type ItemOf, type Outline } from "./outline.ts";

/** The first and the last token, by their places among all. */
export interface Extent {
  readonly first: number;
  readonly last: number;
}

/** Undefined if it can't be told. */
export function extentOf(outline: Outline, item: Item): Extent | undefined {
  const { tokens, at } = { tokens: outline.passage.tokens(), at: tokenAt(outline.passage.tokens(), item.at) };
  switch (item.kind) {
    case "statement":
      return { first: at, last: lastOf(outline, at) };
    case "cte": {
      const open = opening(outline, item);
      return { first: open + 1, last: closing(tokens, open) - 1 };
    }
    case "subquery":
      return subqueryExtent(outline, item.body.subquery ?? item.body.subselect);
    case "table":
      return tableExtent(outline, item, at);
    case "insert_into":
    case "create_table_as": {
      if (item.parent?.kind === "statement") return extentOf(outline, item.parent); // with WITH, if it has one
      const word = item.kind === "insert_into" ? "insert" : "create";
      let first = at;
      while (first > 0 && says(outline, first) !== word) first--;
      return { first, last: lastOf(outline, at) };
    }
    case "body":
      return item.of.into === undefined ? insertBody(outline, item.of) : tableAsBody(outline, item.of);
  }
}

const says = ({ passage }: Outline, n: number): string => passage.tokens()[n]?.text.toLowerCase() ?? "";

/** The last token of the statement, or of the bracket, that goes on at a token. */
function lastOf({ passage }: Outline, from: number): number {
  const tokens = passage.tokens();
  let n = from;
  for (let depth = 0; n < tokens.length; n++) {
    depth += opens(tokens[n]!.text);
    if (depth < 0 || tokens[n]!.text === ";") break;
  }
  return n - 1;
}

/** The bracket that opens a WITH query's body: after its name, its columns, AS and MATERIALIZED. */
function opening(outline: Outline, { at, body }: ItemOf<"cte">): number {
  const tokens = outline.passage.tokens();
  let n = tokenAt(tokens, at) + 1;
  if (body.aliascolnames !== undefined) n = closing(tokens, n) + 1;
  while (says(outline, n) !== "(") n++;
  return n;
}

/** With SEARCH and CYCLE, which end a WITH query. */
export function cteEnd(outline: Outline, item: ItemOf<"cte">): number {
  const tokens = outline.passage.tokens();
  const close = closing(tokens, opening(outline, item));
  if (item.body.search_clause === undefined && item.body.cycle_clause === undefined) return close;
  // The next WITH query or the statement itself goes on behind it.
  const next = item.clause.ctes[item.clause.ctes.indexOf(item) + 1];
  if (next) return tokenAt(tokens, next.at) - 2;
  const words = new Set(["select", "insert", "update", "delete", "merge", "values", "table", "("]);
  let n = close + 1;
  while (n < tokens.length && !words.has(says(outline, n))) n++;
  return n - 1;
}

/** `s.t`, `ONLY s.t`, `ONLY (s.t)`, `s.t *`, and the whole of `TABLE s.t`. */
function tableExtent(outline: Outline, item: ItemOf<"table">, at: number): Extent {
  let [first, last] = [at, at];
  while (says(outline, last + 1) === ".") last += 2;
  if (item.range.inh === undefined) {
    const isBracketed = says(outline, first - 1) === "(" && says(outline, first - 2) === "only";
    first -= isBracketed ? 2 : 1;
    if (isBracketed) last += 1;
  }
  if (says(outline, last + 1) === "*") last += 1;
  if (isTableStatement(outline, first)) first -= 1;
  return { first, last };
}

/** `TABLE s.t` is short for `SELECT * FROM s.t`. */
export const isTableStatement = (outline: Outline, first: number): boolean => says(outline, first - 1) === "table";

/**
 * The tree does not say where a subquery stands: it is what stands in the innermost brackets around one of its parts
 * and gives, parsed by itself, the very same tree.
 */
function subqueryExtent({ passage }: Outline, query: unknown): Extent | undefined {
  const tokens = passage.tokens();
  const source = Buffer.from(passage.text);
  const tree = withoutPlaces(query);
  const place = placeIn(query);
  if (place === 0) return undefined;
  let depth = 0;
  for (let n = tokenAt(tokens, place) - 1; n >= 0; n--) {
    depth += opens(tokens[n]!.text);
    if (depth !== 1) continue;
    depth = 0; // go on outwards
    const extent = { first: n + 1, last: closing(tokens, n) - 1 };
    if (tokens[n]!.text !== "(" || extent.last < extent.first) continue;
    const inside = parse(source.toString("utf8", tokens[extent.first]!.start, tokens[extent.last]!.end));
    const alone = inside.ok && inside.tree.stmts?.length === 1 ? inside.tree.stmts[0]!.stmt : undefined;
    if (alone && withoutPlaces(alone) === tree) return extent;
  }
  return undefined;
}

/** Behind the table, its alias, its columns and OVERRIDING; before ON CONFLICT and RETURNING. */
function insertBody(outline: Outline, of: Tree): Extent {
  const tokens = outline.passage.tokens();
  const first = afterColumns(outline, of) + (of.override === undefined || of.override === "OVERRIDING_NOT_SET" ? 0 : 3);
  const { onConflictClause, returningClause } = of;
  if (onConflictClause !== undefined) {
    return { first, last: tokenAt(tokens, Number((onConflictClause as Tree).location)) - 1 };
  }
  if (returningClause === undefined) return { first, last: lastOf(outline, first) };
  let n = tokenAt(tokens, placeIn(returningClause));
  while (says(outline, n) !== "returning") n--;
  return { first, last: n - 1 };
}

/** The token behind `INSERT INTO t AS x`. */
export function afterTarget(outline: Outline, of: Tree): number {
  const relation = of.relation as Tree;
  let n = tokenAt(outline.passage.tokens(), Number(relation.location)) + 1;
  while (says(outline, n) === ".") n += 2;
  if (relation.alias !== undefined) n += says(outline, n) === "as" ? 2 : 1;
  return n;
}

function afterColumns(outline: Outline, of: Tree): number {
  const n = afterTarget(outline, of);
  return of.cols === undefined ? n : closing(outline.passage.tokens(), n) + 1;
}

function tableAsBody(outline: Outline, of: Tree): Extent {
  const { rel } = of.into as { readonly rel: Tree };
  const tokens = outline.passage.tokens();
  let n = tokenAt(tokens, Number(rel.location));
  for (let depth = 0; depth > 0 || says(outline, n) !== "as"; n++) depth += opens(tokens[n]!.text);
  const last = lastOf(outline, n + 1);
  const isData = says(outline, last) === "data" && ["with", "no"].includes(says(outline, last - 1));
  const words = !isData ? 0 : says(outline, last - 1) === "no" ? 3 : 2;
  return { first: n + 1, last: last - words };
}
