/** A file of made-up rows in the format that its source declares, and lines of it that no load can take. */
import type { CsvFormat, FileFormat } from "../../../project/types.ts";
import type { CellText } from "../../../warehouse/testbed/values.ts";

/** Formats that files can be made up in. */
export type WrittenFormat = Extract<FileFormat, { readonly type: "csv" | "json_lines" }>;

export const isWritten = (format: FileFormat): format is WrittenFormat =>
  format.type === "json_lines" || (format.type === "csv" && format.quote !== "");

/** Without one where the format has none. */
export const headerOf = (format: WrittenFormat, names: readonly string[]): readonly string[] =>
  format.type === "csv" && format.header ? [csvLine(format, names)] : [];

export const lineOf = (format: WrittenFormat, names: readonly string[], row: readonly CellText[]): string =>
  format.type === "csv"
    ? csvLine(format, row)
    : JSON.stringify(Object.fromEntries(names.map((name, n) => [name, row[n] ?? null])));

/** Something that is no row at all. */
export const noRow = (format: WrittenFormat, names: readonly string[]): string =>
  format.type === "csv" ? csvLine(format, [...names, "one too many"]) : "{";

export const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(""));

/** Everything that is there stands in quotes: without them it could be the text for NULL. */
const csvLine = ({ delimiter, quote, escape, null: nothing }: CsvFormat, cells: readonly CellText[]): string =>
  cells
    .map((cell) => {
      if (cell === null) return nothing;
      const escaped = escape === quote ? cell : cell.replaceAll(escape, escape + escape);
      return quote + escaped.replaceAll(quote, escape + quote) + quote;
    })
    .join(delimiter);
