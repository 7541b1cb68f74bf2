/** Whether two results have the same rows, in whatever order. Sums of floating-point numbers depend on theirs a little. */
import type { CellText } from "../../../warehouse/testbed/values.ts";
import type { OutputColumn, OutputRows } from "./outcome.ts";

type Cells = readonly CellText[];

const TOLERANCE = 1e-9;

/** The names of the columns in which they differ; undefined if they are the same. */
export function differingColumns(a: readonly OutputRows[], b: readonly OutputRows[]): readonly string[] | undefined {
  for (const [n, one] of a.entries()) {
    const differs = differing(one.columns, one.rows, b[n]?.rows ?? []);
    if (differs) return differs;
  }
  return undefined;
}

function differing(
  columns: readonly OutputColumn[],
  a: readonly Cells[],
  b: readonly Cells[],
): readonly string[] | undefined {
  const [left, right] = [surplus(a, b), surplus(b, a)];
  const open = [...right];
  const odd = left.filter((row) => {
    const at = open.findIndex((other) => columns.every(({ isFloat }, n) => isSame(row[n]!, other[n]!, isFloat)));
    if (at >= 0) open.splice(at, 1);
    return at < 0;
  });
  if (odd.length === 0 && open.length === 0) return undefined;
  const first = odd[0];
  const nearest = first && open.toSorted((x, y) => distance(first, x) - distance(first, y))[0];
  if (!first || !nearest || a.length !== b.length) return columns.map(({ name }) => name);
  return columns.flatMap(({ name }, n) => (first[n] === nearest[n] ? [] : [name]));
}

const distance = (a: Cells, b: Cells): number => a.filter((cell, n) => cell !== b[n]).length;

/** Rows that the first has more often. */
function surplus(a: readonly Cells[], b: readonly Cells[]): readonly Cells[] {
  const counts = new Map<string, number>();
  for (const row of b) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1);
  return a.filter((row) => {
    const key = JSON.stringify(row);
    const left = counts.get(key) ?? 0;
    counts.set(key, left - 1);
    return left <= 0;
  });
}

function isSame(a: CellText, b: CellText, isFloat: boolean): boolean {
  if (a === b) return true;
  if (!isFloat || a === null || b === null) return false;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
}
