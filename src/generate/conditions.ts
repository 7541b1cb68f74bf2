/** Checks judged without PostgreSQL, as far as that is sure. */
import type { Comparison, Condition, Operand } from "../sql/conditions/condition.ts";
import type { TypeFacts } from "../warehouse/facts/types.ts";
import { partOf, secondsOf } from "./values/days.ts";
import { compareDecimals, decimalOf } from "./values/decimal.ts";
import { likePattern, type Pattern, regexPattern } from "./values/pattern.ts";

/** null is SQL's; undefined: only PostgreSQL can tell. */
type Verdict = boolean | null | undefined;

/** What is known of a row: undefined for a column that has no value yet. */
export interface KnownRow {
  value(column: string): string | null | undefined;
  type(column: string): TypeFacts | undefined;
}

export function judge(condition: Condition, row: KnownRow): Verdict {
  switch (condition.is) {
    case "unknown":
      return undefined;
    case "and":
      return together(condition.all, row, false);
    case "or":
      return together(condition.all, row, true);
    case "not": {
      const verdict = judge(condition.of, row);
      return typeof verdict === "boolean" ? !verdict : verdict;
    }
    case "null": {
      const value = valueOf(condition.of, row);
      return value === undefined ? undefined : value.text === null;
    }
    case "true": {
      const value = valueOf(condition.of, row);
      return value === undefined ? undefined : value.text === null ? null : booleanOf(value.text);
    }
    case "compare": {
      const left = valueOf(condition.left, row);
      const right = valueOf(condition.right, row);
      if (!left || !right) return undefined;
      if (left.text === null || right.text === null) return null;
      return compared(left.text, condition.op, right.text, left.type ?? right.type);
    }
    case "in": {
      const value = valueOf(condition.of, row);
      if (!value) return undefined;
      const { text, type } = value;
      if (text === null) return null;
      const verdicts = condition.texts.map((one) => compared(text, "=", one, type));
      return verdicts.includes(true) ? true : verdicts.includes(undefined) ? undefined : false;
    }
    case "matches": {
      const value = valueOf(condition.of, row);
      if (!value) return undefined;
      if (value.text === null) return null;
      return patternOf(condition)?.matches(value.text);
    }
  }
}

/** AND, or OR where `decides` is true: the first that decides is enough. */
function together(all: readonly Condition[], row: KnownRow, decides: boolean): Verdict {
  const verdicts = all.map((one) => judge(one, row));
  if (verdicts.includes(decides)) return decides;
  if (verdicts.includes(undefined)) return undefined;
  return verdicts.includes(null) ? null : !decides;
}

const patterns = new Map<string, Pattern | undefined>();

/** The pattern of a condition; a project has few. */
export function patternOf({ pattern, how, anyCase }: Extract<Condition, { is: "matches" }>): Pattern | undefined {
  const key = `${how}${anyCase}${pattern}`;
  if (!patterns.has(key)) patterns.set(key, (how === "regex" ? regexPattern : likePattern)(pattern, anyCase));
  return patterns.get(key);
}

interface Value {
  readonly text: string | null;
  /** Absent for a constant. */
  readonly type?: TypeFacts;
}

const INTEGER: TypeFacts = { is: "base", name: "int4", modifiers: [] };
const TEXTS: ReadonlySet<string> = new Set(["text", "varchar", "bpchar", "citext"]);
const NUMBERS: ReadonlySet<string> = new Set(["int2", "int4", "int8", "numeric", "float4", "float8", "oid"]);
const TIMES: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);

/** undefined where it is not known. */
function valueOf(operand: Operand, row: KnownRow): Value | undefined {
  if (operand.is === "constant") return { text: operand.text };
  if (operand.is === "column") {
    const text = row.value(operand.name);
    const type = row.type(operand.name);
    if (text === undefined || !type) return undefined;
    const narrowed = withoutDomains(type);
    const isPadded = narrowed.is === "base" && narrowed.name === "bpchar";
    return { text: text !== null && isPadded ? text.trimEnd() : text, type: narrowed };
  }
  const of = valueOf(operand.of, row);
  if (!of) return undefined;
  const name = of.type?.is === "base" ? of.type.name : "";
  if (operand.is === "part") {
    if (of.text === null) return { text: null, type: INTEGER };
    // What a timestamptz shows depends on the session's time zone.
    const seconds = name === "date" || name === "timestamp" ? secondsOf(of.text) : undefined;
    const part = seconds === undefined ? undefined : partOf(operand.field, seconds);
    return part === undefined ? undefined : { text: String(part), type: INTEGER };
  }
  if (!TEXTS.has(name)) return undefined;
  if (operand.name === "length") {
    return { text: of.text === null ? null : String([...of.text].length), type: INTEGER };
  }
  return { text: of.text === null ? null : changed(operand.name, of.text), type: of.type! };
}

const changed = (name: "lower" | "upper" | "trim", text: string): string =>
  name === "lower" ? text.toLowerCase() : name === "upper" ? text.toUpperCase() : text.replaceAll(/^ +| +$/g, "");

export const withoutDomains = (type: TypeFacts): TypeFacts => (type.is === "domain" ? withoutDomains(type.of) : type);

const TRUE = /^\s*(t|tr|tru|true|y|ye|yes|on|1)\s*$/i;
const FALSE = /^\s*(f|fa|fal|fals|false|n|no|of|off|0)\s*$/i;
const booleanOf = (text: string): boolean | undefined =>
  TRUE.test(text) ? true : FALSE.test(text) ? false : undefined;

function compared(left: string, op: Comparison, right: string, type: TypeFacts | undefined): Verdict {
  const order = orderOf(left, right, type);
  if (order === undefined) return undefined;
  if (order === "different") return op === "=" ? false : op === "<>" ? true : undefined;
  switch (op) {
    case "=":
      return order === 0;
    case "<>":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

/** `different`: not the same, but the order is a matter of collation. */
function orderOf(left: string, right: string, type: TypeFacts | undefined): number | "different" | undefined {
  if (type?.is === "enum") {
    const [a, b] = [type.labels.indexOf(left), type.labels.indexOf(right)];
    return a < 0 || b < 0 ? undefined : a - b;
  }
  if (type?.is !== "base") return undefined;
  if (NUMBERS.has(type.name)) {
    const [a, b] = [decimalOf(left), decimalOf(right)];
    return a && b && compareDecimals(a, b);
  }
  if (TIMES.has(type.name)) {
    const [a, b] = [secondsOf(left), secondsOf(right)];
    const sameZone = type.name !== "timestamptz" || zoneOf(left) === zoneOf(right);
    return a === undefined || b === undefined || !sameZone ? undefined : a - b;
  }
  if (type.name === "bool") {
    const [a, b] = [booleanOf(left), booleanOf(right)];
    return a === undefined || b === undefined ? undefined : Number(a) - Number(b);
  }
  if (!TEXTS.has(type.name)) return undefined;
  if (left === right) return 0;
  return type.name === "citext" && left.toLowerCase() === right.toLowerCase() ? 0 : "different";
}

const zoneOf = (text: string): string => /(?:Z|[+-]\d{2}(?::?\d{2})?)\s*$/.exec(text.slice(10))?.[0] ?? "";
