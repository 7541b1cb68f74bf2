/** A piece as a query of its own. */
import { as, isObject, type Node, type Tree } from "../tree.ts";
import { outerReference } from "./bound.ts";
import { cteEnd, extentOf, type Extent } from "./extent.ts";
import { isIn, isInAny } from "./match.ts";
import { isQuery, type Item, type ItemOf, type Outline } from "./outline.ts";

/** A range of the old text, or a text that was not there; in bytes. */
interface BytePart {
  readonly from: number;
  readonly to: number;
  readonly text?: string;
}

type Runnable =
  | {
      readonly ok: true;
      readonly parts: readonly BytePart[];
      /** Whether a piece of the text stands in it. */
      readonly holds: (item: Item) => boolean;
    }
  /** `at`: where the reason stands, in bytes. */
  | { readonly ok: false; readonly message: string; readonly at?: number };

/** `gone`: pieces that rows will stand in for, so that nothing is read by them. */
export function runnable(outline: Outline, piece: Item, gone: ReadonlySet<Item>): Runnable {
  const query = queryOf(piece);
  if (!query) return { ok: false, message: `${called(piece)} is no query that could be run` };
  const needed = neededBy(outline, piece, gone);
  const outer =
    outerReference(query, piece.outer) ??
    [...needed].flatMap((cte) => (gone.has(cte) ? [] : (outerReference(cte.body.ctequery, cte.outer) ?? [])))[0];
  if (outer) {
    const message = `it reads "${outer.name}" from the query around it, so it can't be run by itself; choose the piece around it`;
    return { ok: false, message, at: outer.at };
  }
  const extent = extentOf(outline, piece);
  if (!extent) return { ok: false, message: "nobody can tell from where to where it goes" };
  const at = outline.passage.tokens()[extent.first]!.start;
  const text = (words: string): BytePart => ({ from: at, to: at, text: words });
  const kept = rangeOf(outline, extent);
  let parts: readonly BytePart[] = piece.kind === "cte" ? [text(`SELECT * FROM `), nameOf(outline, piece)] : [kept];
  let isBare = piece.kind === "cte" || !hasWith(query);
  for (const clause of piece.clauses.toReversed()) {
    const ctes = clause.ctes.filter((cte) => needed.has(cte) || cte === piece);
    if (ctes.length === 0) continue;
    const definitions = ctes.flatMap((cte, n) => [...(n > 0 ? [text(", ")] : []), definition(outline, cte)]);
    const body = isBare ? parts : [text("SELECT * FROM ("), ...parts, text(") AS piece")];
    parts = [text(clause.recursive ? "WITH RECURSIVE " : "WITH "), ...definitions, text(" "), ...body];
    isBare = false;
  }
  const all = new Set<Item>([piece, ...needed]);
  const holds = (item: Item): boolean => all.has(item) || isInAny(item, all);
  return { ok: true, parts, holds };
}

/** The tree of the query that the piece is. */
function queryOf(piece: Item): unknown {
  switch (piece.kind) {
    case "statement":
      return isQuery(piece.node) ? piece.node : undefined;
    case "cte":
      return piece.body.ctequery;
    case "subquery":
      return piece.body.subquery ?? piece.body.subselect;
    case "body": {
      const query = (piece.of.selectStmt ?? piece.of.query) as Node | undefined;
      return as("SelectStmt", query) ? query : undefined;
    }
    default:
      return undefined;
  }
}

const called = ({ kind }: Item): string => (kind === "table" ? "a table" : "this piece");

const hasWith = (query: unknown): boolean =>
  isObject(query) && isObject(query.SelectStmt) && (query.SelectStmt as Tree).withClause !== undefined;

/** The WITH queries outside of the piece that it reads, and those that they read. */
function neededBy(outline: Outline, piece: Item, gone: ReadonlySet<Item>): ReadonlySet<ItemOf<"cte">> {
  const needed = new Set<ItemOf<"cte">>();
  const readers: Item[] = [piece];
  for (let reader = readers.pop(); reader; reader = readers.pop()) {
    for (const { cte, from } of outline.reads.get(reader) ?? []) {
      if (gone.has(from) || isInAny(from, gone) || cte === piece || isIn(cte, piece) || needed.has(cte)) continue;
      needed.add(cte);
      readers.push(cte);
    }
  }
  return needed;
}

/** `name (columns) AS MATERIALIZED (…) SEARCH …` */
function definition(outline: Outline, cte: ItemOf<"cte">): BytePart {
  return { from: cte.at, to: outline.passage.tokens()[cteEnd(outline, cte)]!.end };
}

/** The name as it is written, capitals and quotes included. */
function nameOf(outline: Outline, { at }: ItemOf<"cte">): BytePart {
  return { from: at, to: outline.passage.tokens().find(({ start }) => start === at)!.end };
}

function rangeOf({ passage }: Outline, { first, last }: Extent): BytePart {
  return { from: passage.tokens()[first]!.start, to: passage.tokens()[last]!.end };
}
