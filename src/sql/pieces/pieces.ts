/** Pieces of SQL, selected and replaced by rows: plain functions of texts. The caller has awaited `loadParser()`. */
import type { Position } from "../../diagnostics/diagnostic.ts";
import { applyEdits, compose, withEdits, type Edit, type Part } from "../edits.ts";
import { parse } from "../parser.ts";
import { placesIn, positionIn, type Places, type SqlText } from "../positions.ts";
import { as, isObject, type Node, type Tree } from "../tree.ts";
import { extentOf } from "./extent.ts";
import { isIn, isInAny, matches, nameText, selectorsOf, several, type Match } from "./match.ts";
import { outlineOf, type Item, type Outline } from "./outline.ts";
import { runnable } from "./query.ts";
import { exchange, replaceable } from "./replace.ts";
import { selectorText } from "./selector.ts";
import type { Candidate, PatchResult, PieceError, Replaced, Replacement, Selector, TableRef } from "./types.ts";

/** An outline with the places of its text. */
interface Opened {
  readonly code: SqlText;
  readonly outline: Outline;
  readonly places: Places;
}

class Refused extends Error {
  readonly error: PieceError;
  constructor(error: PieceError) {
    super(error.message);
    this.error = error;
  }
}

/** The text with every match of each replacement's selector exchanged for its rows; the rest stays byte for byte. */
export function patch(code: SqlText, replacements: readonly Replacement[]): PatchResult {
  return answer(() => {
    const opened = open(code);
    const { edits, replaced } = exchanged(opened, replacements, () => true);
    return { ok: true, ...applyEdits(code, edits), replaced };
  });
}

/** The text of one piece, or of a row of statements, with replacements made in it. */
export function pieceText(code: SqlText, selector: Selector, replacements: readonly Replacement[] = []): PatchResult {
  return answer(() => {
    const opened = open(code);
    const found = matched(opened, selector, matches(opened.outline, selector));
    const isOne = found.length === 1 || found.every(({ kind }) => kind === "statement");
    if (!isOne) refuse(opened, selector, several(selector, found));
    const [first, last] = [rangeOf(opened, selector, found[0]!), rangeOf(opened, selector, found.at(-1)!)];
    const all = new Set(found);
    const inside = (item: Item): boolean => all.has(item) || isInAny(item, all);
    const { edits, replaced } = exchanged(opened, replacements, inside);
    return { ok: true, ...compose(code, withEdits({ from: first.from, to: last.to }, edits)), replaced };
  });
}

/**
 * One piece as a SELECT that can be run by itself, with the WITH queries that it reads in front; of an INSERT and a
 * CREATE TABLE AS, their query. Replacements that the piece does not read are an error (`no_match`).
 */
export function pieceQuery(code: SqlText, selector: Selector, replacements: readonly Replacement[] = []): PatchResult {
  return answer(() => {
    const opened = open(code);
    const found = matched(opened, selector, matches(opened.outline, selector));
    if (found.length > 1) refuse(opened, selector, several(selector, found));
    const piece = replaceable(opened.outline, found[0]!);
    const gone = new Set(replacements.flatMap((one) => replacedItems(opened, one)));
    const query = runnable(opened.outline, piece, gone);
    if (!query.ok) {
      const where = query.at === undefined ? "" : `line ${opened.places.position(query.at).line}: `;
      throw new Refused(problem(opened, "cannot_run", selector, where + query.message, []));
    }
    const parts = query.parts.map((part): Part => {
      const { places } = opened;
      return { ...part, from: places.index(part.from), to: places.index(part.to) };
    });
    const { edits, replaced } = exchanged(opened, replacements, query.holds);
    return {
      ok: true,
      ...compose(
        code,
        parts.flatMap((part) => ("text" in part ? [part] : withEdits(part, edits))),
      ),
      replaced,
    };
  });
}

/** What the piece reads itself, each once and by its name only: `cte(x)` and `table(s.t)`. */
export function readBy(code: SqlText, selector: Selector): readonly Candidate[] | PieceError {
  const found = answer(() => {
    const opened = open(code);
    const [piece] = matched(opened, selector, matches(opened.outline, selector));
    const { items, reads } = opened.outline;
    const ctes = (reads.get(piece!) ?? []).filter(({ cte }) => cte !== piece && !isIn(cte, piece));
    const tables = items.filter((item) => item.kind === "table" && isIn(item, piece));
    const read = [...new Set([...ctes.map(({ cte }) => cte), ...tables])];
    const named = candidatesOf(opened, read).map((one, n) => ({ ...one, selector: nameText(read[n]!) }));
    return {
      ok: true,
      candidates: named.filter((one, n) => named.findIndex((other) => other.selector === one.selector) === n),
    };
  });
  return found.ok ? found.candidates : found.error;
}

interface Target {
  readonly table: TableRef;
  /** Those that are named; none, where the table's own are meant in their order. */
  readonly columns: readonly string[];
}

/** What the rows of a piece are inserted into; undefined of a piece that is no INSERT's query, or not one only. */
export function targetOf(code: SqlText, selector: Selector): Target | undefined {
  const found = answer(() => {
    const opened = open(code);
    const [item, ...others] = matched(opened, selector, matches(opened.outline, selector));
    const piece = item && others.length === 0 ? replaceable(opened.outline, item) : undefined;
    return { ok: true, target: piece?.kind === "body" ? insertedInto(piece.of) : undefined };
  });
  return found.ok ? found.target : undefined;
}

function insertedInto(statement: Tree): Target | undefined {
  const { relation } = statement;
  if (!isObject(relation) || typeof relation.relname !== "string") return undefined;
  const schema = typeof relation.schemaname === "string" ? { schema: relation.schemaname } : {};
  const columns = ((statement.cols ?? []) as readonly Node[]).flatMap((node) => as("ResTarget", node)?.name ?? []);
  // Parts of one column (`a[1], a[2]`) can't be told apart by its name.
  if (new Set(columns).size < columns.length) return undefined;
  return { table: { ...schema, name: relation.relname }, columns };
}

/** Every piece that can be selected, in the order of the text. None if it does not parse. */
export function piecesOf(code: SqlText): readonly Candidate[] {
  const found = answer(() => {
    const opened = open(code);
    return {
      ok: true,
      candidates: candidatesOf(
        opened,
        opened.outline.items.filter(({ kind }) => kind !== "body"),
      ),
    };
  });
  return found.ok ? found.candidates : [];
}

type Answer<T> = T | { readonly ok: false; readonly error: PieceError };

function answer<T extends { readonly ok: boolean }>(make: () => T): Answer<T & { readonly ok: true }> {
  try {
    return make() as T & { readonly ok: true };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, error: error.error };
    if (!(error instanceof RangeError)) throw error; // nested deeper than the stack
    const start: Position = { line: 1, column: 1 };
    return { ok: false, error: { error: "syntax", message: "the SQL is nested too deeply", start } };
  }
}

function open(code: SqlText): Opened {
  const parsed = parse(code.text);
  if (!parsed.ok) {
    const { message, offset } = parsed.problem;
    throw new Refused({ error: "syntax", message: `SQL: ${message}`, start: positionIn(code, offset) });
  }
  return { code, outline: outlineOf(code.text)!, places: placesIn(code) };
}

/** The edits of all replacements for the pieces that are wanted. What stands inside of a replaced piece is gone with it. */
function exchanged(
  opened: Opened,
  replacements: readonly Replacement[],
  isWanted: (item: Item) => boolean,
): { readonly edits: readonly Edit[]; readonly replaced: readonly Replaced[] } {
  const { outline, places } = opened;
  const byReplacement = replacements.map((one) => replacedItems(opened, one).filter(isWanted));
  const all = new Set(byReplacement.flat());
  const edits: Edit[] = [];
  const replaced = replacements.map((replacement, n): Replaced => {
    const { selector } = replacement;
    const mine = byReplacement[n]!;
    if (mine.some((item) => byReplacement.some((other, m) => m < n && other.includes(item)))) {
      throw new Refused(problem(opened, "overlap", selector, "another replacement is for the same piece", mine));
    }
    const left = mine.filter((item) => !isInAny(item, all));
    if (left.length === 0) {
      const why = mine.length > 0 ? "stands only inside of what is replaced" : "is not read by the piece that is run";
      throw new Refused(problem(opened, "no_match", selector, `${selectorText(selector)} ${why}`, []));
    }
    for (const item of left) {
      const result = exchange(outline, item, replacement);
      if (!result.ok) {
        const { message, ...rest } = result.error;
        const whole = problem(opened, "cannot_replace", selector, `${selectorText(selector)}: ${message}`, [item]);
        throw new Refused({ ...whole, ...rest } as PieceError);
      }
      for (const { from, to, text } of result.edits)
        edits.push({ from: places.index(from), to: places.index(to), text });
    }
    return { selector: selectorText(selector), places: candidatesOf(opened, left).map(({ start }) => start) };
  });
  return { edits, replaced };
}

function replacedItems(opened: Opened, { selector }: Replacement): readonly Item[] {
  const found = matched(opened, selector, matches(opened.outline, selector));
  const all = new Set(found);
  if (found.some((item) => isInAny(item, all))) {
    const message = `${selectorText(selector)} means pieces of which one stands inside of the other`;
    throw new Refused(problem(opened, "nested_match", selector, message, found));
  }
  if (found.length > 1 && found.some(({ kind }) => kind === "statement"))
    refuse(opened, selector, several(selector, found));
  return found.map((item) => replaceable(opened.outline, item));
}

function matched(opened: Opened, selector: Selector, match: Match): readonly Item[] {
  return match.ok ? match.items : refuse(opened, selector, match);
}

function refuse(opened: Opened, selector: Selector, match: Match): never {
  if (match.ok) throw new Error("a match is no refusal");
  throw new Refused(problem(opened, match.error, selector, match.message, match.candidates));
}

type Kind = Exclude<PieceError["error"], "syntax" | "row_mismatch" | "unwritable_value">;

/** More than anybody reads. */
const MANY = 12;

function problem(opened: Opened, error: Kind, selector: Selector, message: string, items: readonly Item[]): PieceError {
  const candidates = candidatesOf(opened, items.slice(0, MANY));
  const shown = candidates.map((one) => `${one.selector} in line ${one.start.line}`);
  const isChoice = error === "no_match" || error === "several_matches" || error === "nested_match";
  const choice = isChoice && shown.length > 0 ? `; there ${shown.length === 1 ? "is" : "are"} ${shown.join(", ")}` : "";
  return { error, selector: selectorText(selector), message: `${message}${choice}`, candidates };
}

function candidatesOf({ outline, places }: Opened, items: readonly Item[]): readonly Candidate[] {
  const selectors = selectorsOf(outline, items);
  return items.map((item, n): Candidate => {
    const extent = item.kind === "body" || item.kind === "subquery" ? extentOf(outline, item) : undefined;
    const start = places.position(extent ? outline.passage.tokens()[extent.first]!.start : startOf(outline, item));
    return { selector: selectors[n]!, start };
  });
}

function startOf({ passage }: Outline, { at }: Item): number {
  return passage.tokens().find(({ start }) => start >= at)?.start ?? at;
}

function rangeOf(
  { outline, places, ...opened }: Opened,
  selector: Selector,
  item: Item,
): { readonly from: number; readonly to: number } {
  const extent = extentOf(outline, item);
  const tokens = outline.passage.tokens();
  if (!extent) {
    const message = `${selectorText(selector)}: nobody can tell from where to where it goes`;
    throw new Refused(problem({ outline, places, ...opened }, "cannot_run", selector, message, [item]));
  }
  return { from: places.index(tokens[extent.first]!.start), to: places.index(tokens[extent.last]!.end) };
}
