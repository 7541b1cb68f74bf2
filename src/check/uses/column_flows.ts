/** How the columns of a query are made: packed into a list of numbers, and read from it. */
import type { QueryFlows } from "./types.ts";

/** One column that a query gives; `value`, `decides` and `copies` are numbers of `QueryFlows.inputs`. */
export interface ColumnFlow {
  readonly name: string;
  /** What its value is computed from. */
  readonly value: readonly number[];
  /** What only decides on it. */
  readonly decides: readonly number[];
  /** Those of `value` that it hands on unchanged: the only one, or that of each query of a UNION. */
  readonly copies: readonly number[];
  /** Of its expression. */
  readonly start?: { readonly line: number; readonly column: number };
}

/** Of each column: line and column, 0 for none; then three lists with their lengths. */
export const packed = (columns: readonly ColumnFlow[]): Pick<QueryFlows, "columns" | "ways"> => ({
  columns: columns.map(({ name }) => name),
  ways: columns.flatMap(({ value, decides, copies, start }) => [
    start?.line ?? 0,
    start?.column ?? 0,
    value.length,
    ...value,
    decides.length,
    ...decides,
    copies.length,
    ...copies,
  ]),
});

export function columnFlows({ columns, ways }: Pick<QueryFlows, "columns" | "ways">): readonly ColumnFlow[] {
  let at = 0;
  const list = (): readonly number[] => {
    const from = at + 1;
    at = from + ways[at]!;
    return ways.slice(from, at);
  };
  return columns.map((name) => {
    const [line, column] = [ways[at]!, ways[at + 1]!];
    at += 2;
    const value = list();
    const decides = list();
    const copies = list();
    return {
      name,
      value,
      decides,
      copies,
      ...(line > 0 && { start: { line, column } }),
    };
  });
}
