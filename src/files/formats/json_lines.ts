/** JSON lines: one object a line. Numbers keep the digits that the file has, objects and arrays their text. */
import type { BrokenRecord } from "../types.ts";

/** A member of the object. Its value's own text stands in the line from `start` to `end`. */
type Member = (key: string, value: string | null, start: number, end: number) => void;

class Malformed extends Error {}

const STRING = 34;
const BACKSLASH = 92;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Gives each member of the object in `text`: strings as they are, null as null, everything else as its own text.
 * What is wrong is returned in our words.
 */
export function members(
  text: string,
  member: Member,
): { readonly reason: string; readonly message: string } | undefined {
  try {
    readObject(text, member);
    return undefined;
  } catch (error) {
    if (error instanceof Malformed) return { reason: "22P02", message: error.message };
    throw error;
  }
}

function readObject(text: string, member: Member): void {
  let at = blanks(text, 0);
  if (text[at] !== "{") throw new Malformed("it is not a JSON object");
  at = blanks(text, at + 1);
  if (text[at] === "}") return atEnd(text, at + 1);
  for (;;) {
    if (text.charCodeAt(at) !== STRING) throw malformed();
    const keyEnd = stringEnd(text, at);
    const key = stringAt(text, at, keyEnd);
    at = blanks(text, keyEnd);
    if (text[at] !== ":") throw malformed();
    at = blanks(text, at + 1);
    const end = valueEnd(text, at);
    member(key, valueAt(text, at, end), at, end);
    at = blanks(text, end);
    if (text[at] === "}") return atEnd(text, at + 1);
    if (text[at] !== ",") throw malformed();
    at = blanks(text, at + 1);
  }
}

const malformed = () => new Malformed("it is not well-formed JSON");

function atEnd(text: string, at: number): void {
  if (blanks(text, at) < text.length) throw new Malformed("something comes after the object");
}

function blanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 13) return at;
    at++;
  }
}

/** After the closing quote. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === STRING) return at + 1;
    if (code === BACKSLASH) at++;
    else if (code < 32) break;
  }
  throw malformed();
}

function stringAt(text: string, start: number, end: number): string {
  const content = text.slice(start + 1, end - 1);
  return content.includes("\\") ? (parsed(text.slice(start, end)) as string) : content;
}

function valueEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === STRING) return stringEnd(text, at);
  if (text.startsWith("true", at) || text.startsWith("null", at)) return at + 4;
  if (text.startsWith("false", at)) return at + 5;
  if (code === 123 || code === 91) return nestedEnd(text, at);
  NUMBER.lastIndex = at;
  if (NUMBER.test(text)) return NUMBER.lastIndex;
  throw malformed();
}

/** After the bracket that closes the one at `from`; whether what is within is right, `parsed` finds. */
function nestedEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === STRING) at = stringEnd(text, at) - 1;
    else if (code === 123 || code === 91) depth++;
    else if ((code === 125 || code === 93) && --depth === 0) return at + 1;
  }
  throw malformed();
}

function valueAt(text: string, start: number, end: number): string | null {
  const code = text.charCodeAt(start);
  if (code === STRING) return stringAt(text, start, end);
  if (code === 110) return null;
  const source = text.slice(start, end);
  if (code === 123 || code === 91) parsed(source);
  return source;
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw malformed();
  }
}

/** PostgreSQL stores neither a zero byte nor half a character, however they were written. */
export function unstorable(
  values: readonly (string | null)[],
  columns: readonly string[],
  line: number,
): BrokenRecord | undefined {
  const n = values.findIndex((value) => value !== null && (value.includes("\0") || !value.isWellFormed()));
  if (n < 0) return undefined;
  return {
    line,
    column: columns[n]!,
    reason: "22P05",
    message: `${columns[n]} has a character that PostgreSQL can't store`,
  };
}
