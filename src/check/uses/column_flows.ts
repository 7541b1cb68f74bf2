/** How the columns of a query are made: packed into a list of numbers, and read from it. */
import type { QueryFlows } from "./types.ts";

/** One column that a query gives; `value`, `decides` and `copyOf` are numbers of `QueryFlows.inputs`. */
export interface ColumnFlow {
  readonly name: string;
  /** What its value is computed from. */
  readonly value: readonly number[];
  /** What only decides on it. */
  readonly decides: readonly number[];
  /** Set if it is the value of that input, unchanged. */
  readonly copyOf?: number;
  /** Of its expression. */
  readonly start?: { readonly line: number; readonly column: number };
}

/** Of each column: what it is a copy of, counted from 1, line and column, each 0 for none; then two lists with their lengths. */
export const packed = (columns: readonly ColumnFlow[]): Pick<QueryFlows, "columns" | "ways"> => ({
  columns: columns.map(({ name }) => name),
  ways: columns.flatMap(({ value, decides, copyOf = -1, start }) => [
    copyOf + 1,
    start?.line ?? 0,
    start?.column ?? 0,
    value.length,
    ...value,
    decides.length,
    ...decides,
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
    const [copy, line, column] = [ways[at]!, ways[at + 1]!, ways[at + 2]!];
    at += 3;
    const value = list();
    const decides = list();
    return {
      name,
      value,
      decides,
      ...(copy > 0 && { copyOf: copy - 1 }),
      ...(line > 0 && { start: { line, column } }),
    };
  });
}
