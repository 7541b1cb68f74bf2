/** Which rows a file of a declared format can hold so that they are read again as what they are. */
import { encoded } from "../../../files/encodings.ts";
import type { FileColumn } from "../../../generate/fill/file_rows.ts";
import type { CsvFormat, FileFormat, FixedWidthFormat } from "../../../project/file_formats.ts";
import type { CellText } from "../../../warehouse/testbed/values.ts";

type Row = readonly CellText[];

/** `columns`: what the row's cells are. */
export function fits(format: FileFormat, columns: readonly FileColumn[], row: Row): boolean {
  if ("encoding" in format && row.some((cell) => cell !== null && !encoded(cell, format.encoding))) return false;
  if (format.type === "csv") return fitsCsv(format, row);
  // There, JSON's own null is that of the column.
  if (format.type === "json_lines") return !columns.some(({ isJson }, n) => isJson && row[n]?.trim() === "null");
  return format.type !== "fixed_width" || fitsFields(format, columns, row);
}

/** A line of blanks is passed over, and a lone NULL is an empty one. */
function fitsCsv({ delimiter, null: none }: CsvFormat, row: Row): boolean {
  const isNothing = row.every((cell) => cell === null);
  return !isNothing || (none + (row.length > 1 ? delimiter : "")).trim() !== "";
}

/** What is cut off to fit its field would be another value; blanks are NULL. */
function fitsFields({ fields }: FixedWidthFormat, columns: readonly FileColumn[], row: Row): boolean {
  return columns.every(({ header, isBoolean }, n) => {
    const field = fields.find(({ name }) => name === header);
    const cell = row[n] ?? null;
    if (!field || cell === null) return true;
    if (field.date !== undefined) return !cell.includes("infinity");
    if (isBoolean && field.true) return true;
    if (cell !== cell.trim() || cell === "" || /[\r\n]/.test(cell)) return false;
    // Positions are counted as JavaScript does, where such a character is two.
    if (/[\u{10000}-\u{10ffff}]/u.test(cell)) return false;
    const isScaled = field.decimals !== undefined || field.overpunch;
    if (isScaled && !/^-?\d+(?:\.\d+)?$/.test(cell)) return false;
    return field.length === undefined || cell.replace(isScaled ? /[.-]/g : "", "").length <= field.length;
  });
}

/** Columns that come back as the very text: a date in a field of its own form keeps what that form has room for. */
export const keepsText = (format: FileFormat, header: string): boolean => {
  if (format.type !== "fixed_width") return true;
  const field = format.fields.find(({ name }) => name === header);
  return field?.date === undefined && field?.decimals === undefined;
};

/** Texts that mean something to the format: as a part of a value they are nothing but themselves. */
export function trickyTexts(format: FileFormat): readonly string[] {
  const common = [
    'say "no"',
    "it's",
    "a,b;c|d",
    "two\nlines",
    "a\r\nb",
    "\ttab\t",
    "\\N",
    "\\.",
    "NULL",
    "#1",
    "{",
    " x ",
  ];
  if (format.type !== "csv") return common;
  const { delimiter, quote, escape, null: none } = format;
  const own = [
    `a${delimiter}b`,
    `${quote}${quote}`,
    `x${escape}`,
    `${quote}a${delimiter}`,
    none === "" ? "null" : none,
  ];
  return [...new Set([...own, ...common])].filter((text) => text !== "");
}
