/** SQL in which the clock stands still. */
import type { Position } from "../../diagnostics/diagnostic.ts";
import { applyEdits } from "../edits.ts";
import { passageOf, wholeFile, type Passage } from "../passage.ts";
import { placesIn, type SqlText } from "../positions.ts";
import type { Found, Search } from "./search.ts";
import { freezePassage } from "./walk.ts";

/** Something that may read the clock and could not be exchanged. */
interface Unfreezable {
  /** As in "… can't be frozen". */
  readonly what: string;
  readonly start: Position;
  /** `clock`: its result depends on the clock for certain. `perhaps`: nobody can see whether, or it matters little. */
  readonly reads: "clock" | "perhaps";
}

export interface Frozen {
  readonly text: string;
  /** From an offset in the new text (in code points from 0, as PostgreSQL counts them) to the person's file. */
  readonly toFile: (offset: number) => Position;
  readonly unfreezable: readonly Unfreezable[];
}

/** Whether a text is an ISO 8601 instant with its zone, as `now` must be. */
export function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:\d\d)?)$/.test(text) &&
    !Number.isNaN(Date.parse(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00")))
  );
}

/**
 * Statements as if it were `now`, an instant as `2018-04-17T00:00:00Z`: now() and its family, CURRENT_… and LOCAL…,
 * `'today'::date` and the like, and age() of one argument, also in bodies of SQL and PL/pgSQL functions. Types,
 * precisions, names of columns and the session's TimeZone mean what they did; everything else stays as it is, byte for
 * byte. `typeOf` gives the types of columns that are known by name (`timestamptz`), so that `valid_to > 'today'` can be
 * told from a text. Text that does not parse comes back as it is. The caller has awaited `loadParser()`.
 */
export function freezeTime(
  code: SqlText,
  now: string,
  typeOf: (column: string) => string | undefined = () => undefined,
): Frozen {
  return frozen(code, now, wholeFile(code.text), typeOf);
}

/**
 * The same for one expression, such as a column's default. `type`: what it becomes, as PostgreSQL names it
 * (`timestamptz`), so that a bare `'now'` can be told from a text.
 */
export function freezeExpression(code: SqlText, now: string, type?: string): Frozen {
  const prefix = "SELECT ";
  const start = prefix.length;
  const passage: Passage = {
    ...passageOf(prefix + code.text, (byte) => Math.max(0, byte - start), false),
    isExpression: true,
  };
  return frozen(code, now, passage, () => undefined, type);
}

function frozen(code: SqlText, now: string, passage: Passage, typeOf: Search["typeOf"], type?: string): Frozen {
  const found: Found = { edits: [], unfreezable: [] };
  const instant = `'${now.replaceAll("'", "''")}'::timestamptz`;
  try {
    freezePassage({ passage, instant, found, typeOf }, type);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // nested deeper than the stack
    found.unfreezable.push({ what: "what is nested this deeply", at: 0, reads: "perhaps" });
  }
  const places = placesIn(code);
  const edits = found.edits.map(({ from, to, text }) => ({ from: places.index(from), to: places.index(to), text }));
  const unfreezable = found.unfreezable
    .sort((a, b) => a.at - b.at)
    .map(({ what, at, reads }) => ({ what, start: places.position(at), reads }));
  return { ...applyEdits(code, edits), unfreezable };
}
