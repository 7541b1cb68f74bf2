/** Rows as the bytes of a file of a declared format. */
import type { CsvFormat, FileFormat, FixedField, FixedWidthFormat } from "../../project/file_formats.ts";
import { encoded } from "../../files/encodings.ts";
import type { FileColumn, FileRows } from "./file_rows.ts";
import { decimalOf, unitsOf } from "../values/decimal.ts";
import { secondsOf } from "../values/days.ts";

/** @throws Error for what only a python transform can read */
export async function fileBytes(format: FileFormat, columns: readonly FileColumn[], rows: FileRows): Promise<Buffer> {
  switch (format.type) {
    case "csv":
      return bytesIn(csvText(format, columns, rows), format.encoding);
    case "json_lines":
      return Buffer.from(rows.map((row) => `${jsonLine(columns, row)}\n`).join(""));
    case "fixed_width":
      return bytesIn(fixedText(format, columns, rows), format.encoding);
    case "parquet":
      return (await import("./parquet_file.ts")).parquetBytes(columns, rows);
    case "raw":
      throw new Error("nobody knows how such a file is written");
  }
}

/** What an encoding does not have is written in letters without accents, which all of them have. */
const bytesIn = (text: string, encoding: string): Buffer =>
  encoded(text, encoding) ?? Buffer.from(text.normalize("NFD").replaceAll(/\P{ASCII}/gu, ""), "latin1");

function csvText(
  { header, delimiter, quote, escape, null: none }: CsvFormat,
  columns: readonly FileColumn[],
  rows: FileRows,
): string {
  const needsQuotes = new RegExp(
    `[${`${delimiter}${quote}`.replaceAll(/[\\\]^-]/g, "\\$&")}\\r\\n]|^\\s|\\s$|^\\\\\\.$`,
  );
  const cell = (value: string | null): string => {
    if (value === null) return none;
    if (value !== none && value !== "" && !needsQuotes.test(value)) return value;
    const inner = [...value].map((c) => (c === quote || c === escape ? escape + c : c)).join("");
    return quote + inner + quote;
  };
  const line = (values: readonly (string | null)[]): string => `${values.map(cell).join(delimiter)}\n`;
  return (header ? line(columns.map((column) => column.header)) : "") + rows.map(line).join("");
}

const jsonLine = (columns: readonly FileColumn[], row: readonly (string | null)[]): string =>
  `{${columns.map((column, i) => `${JSON.stringify(column.header)}: ${jsonValue(column, row[i] ?? null)}`).join(", ")}}`;

function jsonValue({ isNumber, isBoolean, isJson }: FileColumn, value: string | null): string {
  if (value === null) return "null";
  if (isNumber && /^-?\d+(\.\d+)?$/.test(value)) return value;
  const truth = isBoolean ? truthOf(value) : undefined;
  if (truth !== undefined) return String(truth);
  return isJson && isJsonText(value) ? value.replaceAll(/\s*\n\s*/g, " ") : JSON.stringify(value);
}

/** undefined for a text that is neither. */
const truthOf = (value: string): boolean | undefined =>
  /^(t|true)$/i.test(value) ? true : /^(f|false)$/i.test(value) ? false : undefined;

function isJsonText(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function fixedText({ fields }: FixedWidthFormat, columns: readonly FileColumn[], rows: FileRows): string {
  const width = Math.max(...fields.map(({ start, length }) => start - 1 + (length ?? 0)));
  return rows
    .map((row) => {
      const line = Array.from({ length: width }, () => " ");
      let tail = "";
      for (const field of fields) {
        const n = columns.findIndex(({ header }) => header === field.name);
        const text = fieldText(field, n < 0 ? null : (row[n] ?? null), columns[n]);
        if (field.length === undefined) tail = text;
        else [...text.slice(0, field.length).padEnd(field.length)].forEach((c, i) => (line[field.start - 1 + i] = c));
      }
      return `${line.join("")}${tail}\n`;
    })
    .join("");
}

const PLUS = "{ABCDEFGHI";
const MINUS = "}JKLMNOPQR";

function fieldText(field: FixedField, value: string | null, column: FileColumn | undefined): string {
  if (value === null) return "";
  if (field.date !== undefined) return dated(field.date, value);
  const truth = field.true && column?.isBoolean ? truthOf(value) : undefined;
  if (truth !== undefined) return (truth ? field.true : field.false)?.[0] ?? "";
  if (field.decimals === undefined && !field.overpunch) return value;
  const decimal = decimalOf(value);
  if (!decimal) return value;
  const { units } = unitsOf(decimal, field.decimals ?? 0);
  const digits = String(units < 0n ? -units : units).padStart(field.length ?? 1, "0");
  const fits = field.length === undefined ? digits : digits.slice(-field.length);
  if (!field.overpunch) return units < 0n ? `-${fits.slice(1)}` : fits;
  return fits.slice(0, -1) + (units < 0n ? MINUS : PLUS)[Number(fits.at(-1))]!;
}

function dated(format: string, value: string): string {
  const seconds = secondsOf(value);
  if (seconds === undefined) return value;
  const iso = new Date(seconds * 1000).toISOString();
  const start = Date.UTC(Number(iso.slice(0, 4)), 0, 1);
  const parts: Readonly<Record<string, string>> = {
    YYYY: iso.slice(0, 4),
    YY: iso.slice(2, 4),
    MM: iso.slice(5, 7),
    DDD: String(Math.floor((seconds * 1000 - start) / 86_400_000) + 1).padStart(3, "0"),
    DD: iso.slice(8, 10),
    HH24: iso.slice(11, 13),
    MI: iso.slice(14, 16),
    SS: iso.slice(17, 19),
  };
  return format.replaceAll(/YYYY|YY|MM|DDD|DD|HH24|MI|SS/g, (part) => parts[part]!);
}
