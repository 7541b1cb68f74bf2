/** What a person wrote of a value, as PostgreSQL reads it. */
import type { TypeFacts } from "../warehouse/facts/types.ts";
import { withoutDomains } from "./conditions.ts";
import { decimalOf, decimalText } from "./values/decimal.ts";
import { arrayText } from "./values/literals.ts";

/** A JSON list for an array becomes PostgreSQL's array; everything else is left as it is. */
export function givenText(type: TypeFacts | undefined, text: string | null): string | null {
  const own = type && withoutDomains(type);
  if (text === null || own?.is !== "array" || !text.startsWith("[")) return text;
  const items = jsonItems(text);
  return items ? arrayText(items.map((item) => givenText(own.of, item))) : text;
}

/** The items of a flat list, numbers as they are written; undefined for anything else, such as `[2:3]={1,2}`. */
function jsonItems(text: string): readonly (string | null)[] | undefined {
  if (!isJson(text)) return undefined;
  const items: (string | null)[] = [];
  const token = /\s*("(?:[^"\\]|\\.)*"|[^\s,[\]{}"]+)\s*(,|$)/y;
  const inner = text.trim().slice(1, -1);
  if (inner.trim() === "") return items;
  while (token.lastIndex < inner.length) {
    const found = token.exec(inner);
    if (!found) return undefined;
    const word = found[1]!;
    items.push(word === "null" ? null : word.startsWith('"') ? (JSON.parse(word) as string) : word);
  }
  return items;
}

function isJson(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

const WHOLE: ReadonlySet<string> = new Set(["int2", "int4", "int8", "numeric"]);

/** The same text for texts that PostgreSQL takes for the same value, as far as keys need it: `007` and `7`. */
export function sameText(type: TypeFacts | undefined, text: string): string {
  // Most keys are such numbers, or no numbers at all.
  if (/^[1-9]\d{0,17}$/.test(text)) return text;
  const own = type && withoutDomains(type);
  if (own?.is !== "base") return text;
  if (own.name === "bpchar") return text.trimEnd();
  if (own.name === "citext" || own.name === "uuid") return text.toLowerCase();
  const decimal = WHOLE.has(own.name) ? decimalOf(text) : undefined;
  return decimal
    ? decimalText(decimal.digits, decimal.scale)
        .replace(/(\.\d*?)0+$/, "$1")
        .replace(/\.$/, "")
    : text;
}
