/**
 * Fixed-width files. Trailing blanks may be cut off: where a line ends before a field begins, or within a text, the rest
 * counts as blanks, and blanks are NULL. A number with implied decimals or a sign in its last digit has to be there whole:
 * a part of it would be another number.
 */
import type { Span } from "../../diagnostics/diagnostic.ts";
import type { FixedField } from "../../project/file_formats.ts";
import { dateReader } from "./dates.ts";
import type { ReadLine } from "./lines.ts";

/** A field's text without blanks around it → its value; undefined where it does not fit. */
type Convert = (text: string) => string | null | undefined;

interface Reader {
  readonly column: string;
  readonly start: number;
  readonly end: number;
  readonly reason: string;
  readonly misfit: string;
  /** Absent for plain text, which keeps the blanks before it. */
  readonly convert?: Convert;
  /** Has to be there whole. */
  readonly whole: boolean;
}

/** The fields in the order of the values; `columns` are their names in the output. */
export function fixedWidthLine(fields: readonly FixedField[], columns: readonly string[], span: Span): ReadLine {
  const readers = fields.map((field, n) => readerOf(field, columns[n]!, span));
  return (text, line) => {
    const values: (string | null)[] = [];
    const fitted = BEYOND_16_BITS.test(text) ? placedIn(text, readers) : readers;
    for (const { column, start, end, convert, whole, reason, misfit } of fitted) {
      if (text.length <= start) {
        values.push(null);
        continue;
      }
      const stop = end < text.length ? end : text.length;
      let last = stop;
      while (last > start && text.charCodeAt(last - 1) === 32) last--;
      if (last === start) {
        values.push(convert?.("") ?? null);
        continue;
      }
      if (!convert) {
        values.push(text.slice(start, last));
        continue;
      }
      if (whole && text.length < end) {
        return { line, column, reason: "22P04", message: `the line ends within ${column}` };
      }
      let first = start;
      while (text.charCodeAt(first) === 32) first++;
      const value = convert(text.slice(first, last));
      if (value === undefined) return { line, column, reason, message: misfit };
      values.push(value);
    }
    return values;
  };
}

const BEYOND_16_BITS = /[\ud800-\udfff]/;

/** Fields begin and end at characters; those of this line that JavaScript counts twice move the ones behind them. */
function placedIn(text: string, readers: readonly Reader[]): readonly Reader[] {
  const places: number[] = [];
  for (let place = 0; place < text.length; place += text.codePointAt(place)! > 0xffff ? 2 : 1) places.push(place);
  const placeOf = (character: number) => places[character] ?? text.length + character - places.length;
  return readers.map((reader) => ({ ...reader, start: placeOf(reader.start), end: placeOf(reader.end) }));
}

function readerOf(field: FixedField, column: string, span: Span): Reader {
  const start = field.start - 1;
  const end = field.length === undefined ? Number.MAX_SAFE_INTEGER : start + field.length;
  const base = { column, start, end };
  if (field.date !== undefined) {
    const misfit = `${column} is not a date as in ${field.date}`;
    return { ...base, reason: "22007", misfit, whole: false, convert: dates(field.date, field.name, span) };
  }
  if (field.true ?? field.false) {
    const misfit = `${column} is none of the values that stand for true and false`;
    return { ...base, reason: "22P02", misfit, whole: false, convert: booleans(field.true ?? [], field.false ?? []) };
  }
  if (field.decimals !== undefined || field.overpunch) {
    const misfit = `${column} is not a number${field.overpunch ? " with its sign in the last digit" : ""}`;
    const convert = numbers(field.decimals ?? 0, field.overpunch ?? false);
    return { ...base, reason: "22P02", misfit, whole: field.length !== undefined, convert };
  }
  return { ...base, reason: "", misfit: "", whole: false };
}

function dates(format: string, field: string, span: Span): Convert {
  const read = dateReader(format, field, span);
  // A time of zeros is midnight, a date of zeros none.
  const none = /[YD]/.test(format) ? /^[0/.: -]*$/ : /^$/;
  return (text) => (none.test(text) ? null : read(text));
}

function booleans(yes: readonly string[], no: readonly string[]): Convert {
  const values = new Map([
    ...yes.map((text) => [text.trim(), "true"] as const),
    ...no.map((text) => [text.trim(), "false"] as const),
  ]);
  return (text) => values.get(text) ?? (text === "" ? null : undefined);
}

const POSITIVE = "{ABCDEFGHI";
const NEGATIVE = "}JKLMNOPQR";

/** Digits, perhaps with a sign before them; with `overpunch` the last may be a letter that holds digit and sign. */
function numbers(decimals: number, overpunch: boolean): Convert {
  return (text) => {
    if (text === "") return null;
    let sign = "";
    let digits = text;
    if (text.startsWith("-") || text.startsWith("+")) {
      sign = text[0] === "-" ? "-" : "";
      digits = text.slice(1);
    } else if (overpunch) {
      const last = text[text.length - 1]!;
      const positive = POSITIVE.indexOf(last);
      const negative = NEGATIVE.indexOf(last);
      if (positive >= 0 || negative >= 0) {
        digits = text.slice(0, -1) + String(Math.max(positive, negative));
        if (negative >= 0) sign = "-";
      }
    }
    if (!/^\d+$/.test(digits)) return undefined;
    if (decimals === 0) return sign + digits;
    const padded = digits.padStart(decimals + 1, "0");
    return `${sign}${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
  };
}
