/** Rows as people write them in a file of tests. */
import type { CellText } from "../../warehouse/testbed/values.ts";

/** A row as an item of a list. */
export const itemText = (columns: readonly string[], cells: readonly CellText[]): string =>
  `{${columns.map((column, n) => `${keyText(column)}: ${valueText(cells[n]!)}`).join(", ")}}`;

/** So that it is read again as the very text: anything unusual in double quotes. */
export function valueText(text: CellText): string {
  if (text === null) return "null";
  const isPlain =
    /^[\w.+/-]+([ :][\w.+/-]+)*$/.test(text) && !/^(null|~|true|false|[-.]+)$/i.test(text) && !text.startsWith("-.");
  return isPlain && !/[:#] /.test(text) && !text.endsWith(":") ? text : JSON.stringify(text);
}

const keyText = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));
