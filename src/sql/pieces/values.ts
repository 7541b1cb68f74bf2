/** One value as SQL. */
import { Literal, type Value } from "./types.ts";

/** Why a value can't be written. It never says the value. */
export class Unwritable extends Error {}

/** `type`: of the column, if that is known; then the value is a text that PostgreSQL reads as the type. */
export function valueSql(value: Value, type: string | undefined): string {
  if (value === null || value === undefined) return type === undefined ? "NULL" : `NULL::${type}`;
  if (type === undefined) return untyped(value);
  return `${literal(isJson(type) ? jsonOf(value) : textOf(value))}::${type}`;
}

const isJson = (type: string): boolean => /^(pg_catalog\.)?jsonb?$/i.test(type.trim());

function untyped(value: Value): string {
  if (value instanceof Literal) return `${literal(value.text)}::${value.type}`;
  if (value instanceof Date) return `${literal(textOf(value))}::timestamptz`;
  if (value instanceof Uint8Array) return `${literal(textOf(value))}::bytea`;
  if (Array.isArray(value)) return arrayOf(value);
  switch (typeof value) {
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      return Number.isFinite(value) ? String(value) : `${literal(textOf(value))}::float8`;
    case "object":
      return isPlain(value) ? `${literal(jsonOf(value))}::jsonb` : literal(textOf(value));
    default:
      return literal(textOf(value));
  }
}

function arrayOf(values: readonly Value[]): string {
  if (values.every((value) => value === null || value === undefined)) {
    throw new Unwritable("of an array without values nobody can tell the type; give the column a type");
  }
  return `ARRAY[${values.map((value) => (value === null || value === undefined ? "NULL" : untyped(value))).join(", ")}]`;
}

/** The text that PostgreSQL's input functions read. */
function textOf(value: Value): string {
  if (value instanceof Literal) return value.text;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Unwritable("the date is invalid");
    return dateText(value);
  }
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `{${value.map(elementText).join(",")}}`;
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      return isPlain(value) ? jsonOf(value) : ownText(value!);
    default:
      throw new Unwritable(`a ${typeof value} is no value of a table`);
  }
}

/** ISO 8601, in years that PostgreSQL reads: 10000 instead of +010000, 0044 BC instead of -000043. */
function dateText(date: Date): string {
  const iso = date.toISOString();
  const year = date.getUTCFullYear();
  if (year > 0) return iso.replace(/^\+0*/, "");
  return `${String(1 - year).padStart(4, "0")}${iso.slice(iso.indexOf("-", 1))} BC`;
}

function elementText(value: Value): string {
  if (value === null || value === undefined) return "NULL";
  if (Array.isArray(value)) return textOf(value);
  return `"${textOf(value).replace(/["\\]/g, "\\$&")}"`;
}

/** Decimals, Temporal's dates and others write themselves. */
function ownText(value: object): string {
  const text: unknown = "toJSON" in value && typeof value.toJSON === "function" ? value.toJSON() : undefined;
  if (typeof text === "string") return text;
  throw new Unwritable(`a ${value.constructor?.name ?? "strange object"} has no text of its own (toJSON)`);
}

const isPlain = (value: unknown): boolean => {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  return prototype === Object.prototype || prototype === null;
};

function jsonOf(value: Value): string {
  if (value instanceof Literal) return value.text;
  if (typeof value === "string") return value; // the text of a json value
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch {
    // a circle, or a bigint
  }
  throw new Unwritable("it can't be written as json");
}

/** In single quotes, whatever `standard_conforming_strings` says. */
function literal(text: string): string {
  if (text.includes("\0")) throw new Unwritable("PostgreSQL's texts can't hold a NUL character");
  if (!text.isWellFormed()) throw new Unwritable("it holds half a character (a lone surrogate)");
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
