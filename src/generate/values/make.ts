/** Values of every type that people use, as PostgreSQL's texts. undefined: none is known that fits. */
import type { TypeFacts } from "../../warehouse/facts/types.ts";
import { judge } from "../conditions.ts";
import { type Limits, limitsOf, NO_LIMITS } from "../limits.ts";
import { type Random, randomOf } from "../random.ts";
import { arrayText, recordText } from "./literals.ts";
import { BASE_TYPES } from "./base_types.ts";
import { countedNumber, plausiblePart, someNumber, type Span, windowOf } from "./numbers.ts";
import { dateText, secondsOf } from "./days.ts";
import { plausibleSpan, plausibleTime } from "./plausible.ts";
import { countedText, someText } from "./texts.ts";
import { countedTime, someTime } from "./times.ts";

/** What the value is for: its column's name, and what checks ask of it. */
export interface Wanted {
  readonly name: string;
  readonly limits: Limits;
  /** The last moment of made dates, in seconds since 1970. */
  readonly until: number;
}

/** Enough to find one of a few hundred. */
const TRIES = 50;

export function someValue(type: TypeFacts, wanted: Wanted, random: Random): string | undefined {
  const { limits } = wanted;
  const among = amongAll(limits);
  if (among) return among.length > 0 ? random.pick(among) : undefined;
  switch (type.is) {
    case "enum":
      return type.labels.length > 0 ? random.pick(type.labels) : undefined;
    case "array": {
      const items = Array.from({ length: random.int(1, 3) }, () => someValue(type.of, inside(wanted), random));
      return items.includes(undefined) ? undefined : arrayText(items as string[], isBox(type.of));
    }
    case "range":
      return someDays(type.of, wanted, random) ?? someRange(type.of, wanted, random, random.int(0, 400));
    case "multirange": {
      const first = random.int(0, 200);
      const ranges = [first, first + 2].map((k) => countedRange(type.of, wanted, k));
      return ranges.includes(undefined) ? undefined : `{${ranges.join(",")}}`;
    }
    case "composite": {
      const parts = type.attributes.map(({ name, type }) =>
        someValue(type, { ...wanted, name, limits: NO_LIMITS }, random),
      );
      return parts.includes(undefined) ? undefined : recordText(parts as string[]);
    }
    case "domain":
      return ofDomain(type, wanted, (limits) => someValue(type.of, { ...wanted, limits }, random), random);
    case "base":
      return someBase(type.name, type.modifiers, wanted, random);
  }
}

/** The k-th of a row of values that never repeat, from 1. */
export function countedValue(type: TypeFacts, wanted: Wanted, k: number): string | undefined {
  const { limits, name } = wanted;
  const among = amongAll(limits);
  if (among) return among[k - 1];
  switch (type.is) {
    case "enum":
      return type.labels[k - 1];
    case "array": {
      const item = countedValue(type.of, inside(wanted), k);
      return item === undefined ? undefined : arrayText([item], isBox(type.of));
    }
    case "range":
      return countedRange(type.of, wanted, k);
    case "multirange": {
      const range = countedRange(type.of, wanted, k);
      return range === undefined ? undefined : `{${range}}`;
    }
    case "composite": {
      const parts = type.attributes.map((part) =>
        countedValue(part.type, { ...wanted, name: part.name, limits: NO_LIMITS }, k),
      );
      return parts.includes(undefined) ? undefined : recordText(parts as string[]);
    }
    case "domain":
      return ofDomain(type, wanted, (limits) => countedValue(type.of, { ...wanted, limits }, k), randomOf("domain", k));
    case "base": {
      const span = numberSpan(type.name, type.modifiers);
      if (span) return countedNumber(windowOf(limits, span), limits, k);
      const longest = textLength(type.name, type.modifiers);
      if (longest !== undefined) return countedText(name, limits, longest, k);
      return countedTime(type.name, limits, wanted.until, k) ?? BASE_TYPES[type.name]?.counted?.(k, type.modifiers);
    }
  }
}

const inside = ({ name, until }: Wanted): Wanted => ({ until, name: name.replace(/s$/, ""), limits: NO_LIMITS });

const isBox = (type: TypeFacts): boolean => type.is === "base" && type.name === "box";

/** What is in all lists. */
function amongAll({ among }: Limits): readonly string[] | undefined {
  const [first, ...rest] = among;
  return first?.filter((text) => rest.every((list) => list.includes(text)));
}

/** One that its checks hold for, as far as that can be told here. */
function ofDomain(
  { of, checks }: Extract<TypeFacts, { is: "domain" }>,
  { limits }: Wanted,
  make: (limits: Limits) => string | undefined,
  random: Random,
): string | undefined {
  const conditions = checks.map(({ condition }) => condition);
  const none = { value: () => undefined, type: () => undefined };
  const own = limitsOf("value", conditions, none, random);
  const all: Limits = {
    ...limits,
    ...own,
    low: [...limits.low, ...own.low],
    high: [...limits.high, ...own.high],
    among: [...limits.among, ...own.among],
    shortest: Math.max(limits.shortest, own.shortest),
    longest: Math.min(limits.longest, own.longest),
    ...(limits.pattern && { pattern: limits.pattern }),
  };
  let text: string | undefined;
  for (let i = 0; i < TRIES; i++) {
    text = make(all);
    if (text === undefined) return undefined;
    const value = text;
    const row = { value: () => value, type: () => of };
    if (conditions.every((condition) => judge(condition, row) !== false)) return text;
  }
  return undefined;
}

function someBase(
  type: string,
  modifiers: readonly number[],
  { name, limits, until }: Wanted,
  random: Random,
): string | undefined {
  const span = numberSpan(type, modifiers);
  if (span) return someNumber(plausiblePart(windowOf(limits, span), limits, plausibleSpan(name)), random);
  const longest = textLength(type, modifiers);
  if (longest !== undefined) return someText(name, limits, longest, random);
  return someTime(type, limits, plausibleTime(name, until), random) ?? BASE_TYPES[type]?.some(random, modifiers);
}

function numberSpan(type: string, [precision, scale = 0]: readonly number[]): Span | undefined {
  switch (type) {
    case "int2":
      return { low: -32_768n, high: 32_767n, scale: 0 };
    case "int4":
      return { low: -(2n ** 31n), high: 2n ** 31n - 1n, scale: 0 };
    case "int8":
      return { low: -(2n ** 63n), high: 2n ** 63n - 1n, scale: 0 };
    case "oid":
      return { low: 0n, high: 2n ** 32n - 1n, scale: 0 };
    // What both of them hold exactly.
    case "float4":
      return { low: -999_999n, high: 999_999n, scale: 2 };
    case "float8":
      return { low: -(10n ** 14n), high: 10n ** 14n, scale: 2 };
    case "money":
      return { low: -(10n ** 16n), high: 10n ** 16n, scale: 2 };
    case "numeric": {
      if (precision === undefined) return { low: -(10n ** 30n), high: 10n ** 30n, scale: 2 };
      const digits = 10n ** BigInt(precision) - 1n;
      return { low: -digits, high: digits, scale };
    }
    default:
      return undefined;
  }
}

/** undefined for what is no text. */
function textLength(type: string, [length]: readonly number[]): number | undefined {
  switch (type) {
    case "text":
    case "citext":
      return Infinity;
    case "varchar":
      return length ?? Infinity;
    case "bpchar":
      return length ?? 1000;
    case "name":
      return 63;
    case "char":
      return 1;
    default:
      return undefined;
  }
}

/** Ranges that follow each other and never overlap. */
function countedRange(of: TypeFacts, wanted: Wanted, k: number): string | undefined {
  return someRange(of, wanted, undefined, k);
}

function someRange(of: TypeFacts, { until }: Wanted, random: Random | undefined, k: number): string | undefined {
  const from = countedValue(of, { name: "", limits: NO_LIMITS, until }, 30 * k + 1);
  const to = countedValue(of, { name: "", limits: NO_LIMITS, until }, 30 * k + 1 + (random?.int(1, 300) ?? 30));
  return from === undefined || to === undefined ? undefined : `[${quotedBound(from)},${quotedBound(to)})`;
}

/** Weeks to two years, of the time in which made dates lie. */
function someDays(of: TypeFacts, { name, until }: Wanted, random: Random): string | undefined {
  if (of.is !== "base" || of.name !== "date") return undefined;
  const from = someTime("date", NO_LIMITS, plausibleTime(name, until), random);
  const first = from === undefined ? undefined : secondsOf(from);
  if (first === undefined) return undefined;
  return `[${from},${dateText(Math.floor(first / 86_400) + random.int(14, 700))})`;
}

const quotedBound = (text: string): string =>
  /^[\w.:+-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
