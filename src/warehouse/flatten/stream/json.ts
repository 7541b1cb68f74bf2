/**
 * JSON as PostgreSQL's jsonb reads it: numbers keep their digits, and what jsonb does not take is refused. JSON.parse would
 * round numbers and pass over keys that come twice.
 */

import { DEEPEST } from "../values.ts";

export type Json = string | JsonNumber | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** Its digits, as `numeric` writes them. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type ReadJson =
  | { readonly value: Json; readonly leaves: number }
  | { readonly fault: "malformed" | "repeated_slug" | "too_deep" };

const QUOTE = 34;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- these are what must not be in a text
const CONTROL = /[\u0000-\u001F]/;
/** `numeric` has no more digits before the point, and none beyond that many after it. */
const MOST_DIGITS = 131_072;
const LONGEST_SCALE = 16_383;

class Malformed extends Error {}
class TooDeep extends Error {}

/** The value, and how many scalars are in it. */
export function readJson(text: string): ReadJson {
  const reader = new Reader(text);
  try {
    const value = reader.document();
    return reader.repeated ? { fault: "repeated_slug" } : { value, leaves: reader.leaves };
  } catch (error) {
    if (error instanceof Malformed) return { fault: "malformed" };
    if (error instanceof TooDeep) return { fault: "too_deep" };
    throw error;
  }
}

/** Lives as long as it takes to read one text. */
class Reader {
  private readonly text: string;
  private readonly controls: boolean;
  private at = 0;
  leaves = 0;
  repeated = false;

  constructor(text: string) {
    this.text = text;
    this.controls = CONTROL.test(text);
  }

  document(): Json {
    const value = this.value(0);
    this.blanks();
    if (this.at < this.text.length) throw new Malformed();
    return value;
  }

  private value(depth: number): Json {
    const code = this.blanks();
    if (code === 123 || code === 91) {
      if (depth >= DEEPEST) throw new TooDeep();
      return code === 123 ? this.object(depth + 1) : this.array(depth + 1);
    }
    this.leaves++;
    if (code === QUOTE) return this.string();
    if (code === 116) return this.word("true", true);
    if (code === 102) return this.word("false", false);
    if (code === 110) return this.word("null", null);
    return this.number();
  }

  private object(depth: number): JsonObject {
    const members = new Map<string, Json>();
    this.at++;
    if (this.blanks() === 125) {
      this.at++;
      return members;
    }
    for (let count = 1; ; count++) {
      if (this.blanks() !== QUOTE) throw new Malformed();
      const key = this.string();
      if (this.blanks() !== 58) throw new Malformed();
      this.at++;
      members.set(key, this.value(depth));
      const next = this.blanks();
      this.at++;
      if (next === 125) {
        if (members.size < count) this.repeated = true;
        return members;
      }
      if (next !== 44) throw new Malformed();
    }
  }

  private array(depth: number): readonly Json[] {
    const items: Json[] = [];
    this.at++;
    if (this.blanks() === 93) {
      this.at++;
      return items;
    }
    for (;;) {
      items.push(this.value(depth));
      const next = this.blanks();
      this.at++;
      if (next === 93) return items;
      if (next !== 44) throw new Malformed();
    }
  }

  private string(): string {
    const { text } = this;
    const start = this.at;
    let end = text.indexOf('"', start + 1);
    let escaped = false;
    for (let slash = text.indexOf("\\", start + 1); slash >= 0 && slash < end; slash = text.indexOf("\\", slash + 2)) {
      escaped = true;
      if (slash + 1 >= end) end = text.indexOf('"', slash + 2);
    }
    if (end < 0) throw new Malformed();
    this.at = end + 1;
    const content = text.slice(start + 1, end);
    if (this.controls && CONTROL.test(content)) throw new Malformed();
    return escaped ? unescaped(content) : content;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new Malformed();
    this.at += word.length;
    return value;
  }

  private number(): JsonNumber {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (!found) throw new Malformed();
    this.at = NUMBER.lastIndex;
    return new JsonNumber(plainNumber(found[0], found[1], found[2]));
  }

  /** Passes over them. Gives the character that follows. */
  private blanks(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
      this.at++;
    }
  }
}

function unescaped(content: string): string {
  let text: string;
  try {
    text = JSON.parse(`"${content}"`) as string;
  } catch {
    throw new Malformed();
  }
  if (text.includes("\0") || !text.isWellFormed()) throw new Malformed();
  return text;
}

/** Without an exponent, and without a sign where it is zero. */
function plainNumber(text: string, fraction: string | undefined, exponent: string | undefined): string {
  if (exponent === undefined) return text.startsWith("-0") && /^-[0.]+$/.test(text) ? text.slice(1) : text;
  const by = Number(exponent.slice(1));
  const minus = text.startsWith("-") ? "-" : "";
  const digits = text.slice(minus.length, text.length - exponent.length).replace(".", "");
  const whole = digits.length - (fraction ? fraction.length - 1 : 0);
  const scale = Math.max(0, digits.length - whole - by);
  if (whole + by > MOST_DIGITS || scale > LONGEST_SCALE) throw new Malformed();
  const padded = digits
    .padStart(digits.length + Math.max(0, -by - whole + 1), "0")
    .padEnd(digits.length + Math.max(0, -by - whole + 1) + Math.max(0, by - (digits.length - whole)), "0");
  const split = padded.length - scale;
  const before = padded.slice(0, split).replace(/^0+(?=\d)/, "");
  const after = padded.slice(split);
  const sign = /[1-9]/.test(padded) ? minus : "";
  return `${sign}${before}${after === "" ? "" : `.${after}`}`;
}

/** As jsonb writes it. */
export function jsonText(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(jsonText).join(", ")}]`;
  return `{${[...(value as JsonObject)].map(([key, member]) => `${JSON.stringify(key)}: ${jsonText(member)}`).join(", ")}}`;
}

export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
export const isMap = (value: Json): value is JsonObject => value instanceof Map;
