/** Short ways to write down pieces of SQL and what takes their place. */
import { readSelector } from "../../../src/sql/pieces/selector.ts";
import type { PatchResult, Replacement, Row, Selector } from "../../../src/sql/pieces/types.ts";

export const code = (text: string) => ({ text, line: 1, column: 1 });

export function at(text: string): Selector {
  const read = readSelector(text);
  if (!read.ok) throw new Error(`${text}: ${read.message}`);
  return read.selector;
}

/** Columns as `a` or `a int`. */
export const by = (selector: string, rows: readonly Row[], columns?: readonly string[]): Replacement => ({
  selector: at(selector),
  rows,
  ...(columns
    ? {
        columns: columns.map((column) => {
          const [name, ...type] = column.split(" ");
          return { name: name!, ...(type.length > 0 ? { type: type.join(" ") } : {}) };
        }),
      }
    : {}),
});
export const textOf = (result: PatchResult): string =>
  result.ok ? result.text : `${result.error.error}: ${result.error.message}`;
/** What `by(…, [[1]], ["a"])` becomes. */
export const V = "SELECT * FROM (VALUES (1)) AS rows (a)";
