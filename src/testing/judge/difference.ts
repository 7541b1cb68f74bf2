/** Expected rows against those that are there, as people compare them: by key where there is one. */
import type { ComparedColumn, Surplus } from "../../warehouse/testbed/compare.ts";
import type { CellText } from "../../warehouse/testbed/values.ts";

/** A row that is there and not expected, or expected and not there. */
interface OddRow extends Pick<Surplus, "cells" | "ranks"> {
  /** Which expected row it is, from 0. */
  readonly expected?: number;
}

/** The same key on both sides, and other values. */
interface ChangedRow {
  readonly expected: OddRow;
  readonly actual: OddRow;
  /** Which of the columns differ. */
  readonly differs: readonly boolean[];
}

export interface Difference {
  readonly columns: readonly string[];
  /** Places in `columns` of what the key has of them: they tell which row it is, also where they do not differ. */
  readonly keys: readonly number[];
  readonly missing: readonly OddRow[];
  readonly unexpected: readonly OddRow[];
  readonly changed: readonly ChangedRow[];
}

/** What floating-point numbers may differ by, as a share of them. */
const FLOAT_TOLERANCE = 1e-9;

/** Undefined if nothing differs. `key`: the columns that tell one row from another, where they are known. */
export function differenceOf(
  columns: readonly ComparedColumn[],
  surplus: readonly Surplus[],
  key: readonly string[],
  tolerance: number | undefined,
): Difference | undefined {
  const missing: OddRow[] = [];
  const unexpected: OddRow[] = [];
  for (const { cells, ranks, times, expected } of surplus) {
    // Of equal rows, the last ones are those that are too many.
    if (times < 0) missing.push(...expected.slice(times).map((row) => ({ cells, ranks, expected: row })));
    else for (let n = 0; n < times; n++) unexpected.push({ cells, ranks });
  }
  const within = columns.map(({ isFloat, isNumber }) =>
    isFloat ? (tolerance ?? FLOAT_TOLERANCE) : isNumber ? (tolerance ?? 0) : 0,
  );
  const same = (a: OddRow, b: OddRow, n: number) =>
    a.ranks[n] === b.ranks[n] || areClose(a.cells[n]!, b.cells[n]!, within[n]!);
  const all = columns.map((_, n) => n);
  if (within.some((share) => share > 0)) pair(missing, unexpected, (a, b) => all.every((n) => same(a, b, n)));
  if (missing.length === 0 && unexpected.length === 0) return undefined;

  const names = columns.map(({ name }) => name);
  const keys = key.map((column) => names.indexOf(column));
  const isKeyed = keys.length > 0 && !keys.includes(-1) && keys.length < names.length;
  const isOne = missing.length === 1 && unexpected.length === 1 && names.length > 1;
  const belongs = isKeyed ? (a: OddRow, b: OddRow) => keys.every((n) => same(a, b, n)) : () => isOne;
  const changed = pair(missing, unexpected, belongs).map(([expected, actual]): ChangedRow => ({
    expected,
    actual,
    differs: all.map((n) => !same(expected, actual, n)),
  }));
  return {
    columns: names,
    keys: keys.filter((n) => n !== -1),
    missing: missing.toSorted(byNumber),
    unexpected,
    changed: changed.toSorted((a, b) => byNumber(a.expected, b.expected)),
  };
}

const byNumber = (a: OddRow, b: OddRow): number => (a.expected ?? 0) - (b.expected ?? 0);

/** Takes out of both lists what belongs together. */
function pair(
  missing: OddRow[],
  unexpected: OddRow[],
  belongs: (expected: OddRow, actual: OddRow) => boolean,
): readonly (readonly [OddRow, OddRow])[] {
  const pairs: (readonly [OddRow, OddRow])[] = [];
  for (const expected of [...missing]) {
    const at = unexpected.findIndex((actual) => belongs(expected, actual));
    if (at < 0) continue;
    pairs.push([expected, unexpected[at]!]);
    unexpected.splice(at, 1);
    missing.splice(missing.indexOf(expected), 1);
  }
  return pairs;
}

function areClose(a: CellText, b: CellText, within: number): boolean {
  if (a === null || b === null || within === 0) return false;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= within * Math.max(Math.abs(x), Math.abs(y));
}
