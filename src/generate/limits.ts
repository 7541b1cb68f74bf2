/** What checks ask of one column's value, given the values that the row already has. */
import type { Comparison, Condition, Operand } from "../sql/conditions/condition.ts";
import { judge, type KnownRow, patternOf } from "./conditions.ts";
import type { Random } from "./random.ts";
import type { Pattern } from "./values/pattern.ts";

export interface Bound {
  readonly text: string;
  /** The bound itself is not possible. */
  readonly open: boolean;
}

export interface Limits {
  readonly low: readonly Bound[];
  readonly high: readonly Bound[];
  /** Each list must hold the value. */
  readonly among: readonly (readonly string[])[];
  readonly pattern?: Pattern;
  readonly shortest: number;
  readonly longest: number;
  /** The day of the month. */
  readonly day?: number;
  readonly isNull?: boolean;
  readonly letters?: "lower" | "upper";
}

export const NO_LIMITS: Limits = { low: [], high: [], among: [], shortest: 0, longest: Infinity };

/**
 * `random` is the row's, not the column's: it chooses among alternatives, and all columns have to choose alike. That something
 * is NULL is chosen only where nothing else is left, or where `orNull` says that the rest has been tried.
 */
export function limitsOf(
  column: string,
  checks: readonly Condition[],
  row: KnownRow,
  random: Random,
  orNull = false,
): Limits {
  let limits = NO_LIMITS;
  const add = (condition: Condition, isNot: boolean): void => {
    if (condition.is === "not") add(condition.of, !isNot);
    else if (condition.is !== "and" && condition.is !== "or") limits = narrowed(limits, column, condition, isNot, row);
    else if ((condition.is === "and") !== isNot) for (const one of condition.all) add(one, isNot);
    else add(alternative(condition.all, isNot, row, random, orNull), isNot);
  };
  for (const check of checks) add(check, false);
  return limits;
}

/** One of those that may still hold. */
function alternative(
  all: readonly Condition[],
  isNot: boolean,
  row: KnownRow,
  random: Random,
  orNull: boolean,
): Condition {
  const turn = random.int(0, all.length - 1);
  const turned = [...all.slice(turn), ...all.slice(0, turn)];
  const possible = turned.filter((one) => judge(one, row) !== isNot);
  return possible.find(({ is }) => orNull || isNot || is !== "null") ?? possible[0] ?? turned[0]!;
}

/** `code = upper(code)` */
const LETTERS = { lower: true, upper: true };

const INVERSE: Readonly<Record<Comparison, Comparison>> = {
  "=": "<>",
  "<>": "=",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};
const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  "=": "=",
  "<>": "<>",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function narrowed(
  limits: Limits,
  column: string,
  condition: Exclude<Condition, { is: "and" | "or" | "not" }>,
  isNot: boolean,
  row: KnownRow,
): Limits {
  const isOwn = (operand: Operand): boolean => operand.is === "column" && operand.name === column;
  switch (condition.is) {
    case "compare": {
      const op = isNot ? INVERSE[condition.op] : condition.op;
      const right = constantOf(condition.right, row);
      if (right !== undefined) return compared(limits, column, condition.left, op, right);
      const { left: first, right: second } = condition;
      if (op === "=" && isOwn(first) && second.is === "call" && isOwn(second.of) && second.name in LETTERS) {
        return { ...limits, letters: second.name as "lower" | "upper" };
      }
      const left = constantOf(first, row);
      return left === undefined ? limits : compared(limits, column, condition.right, MIRRORED[op], left);
    }
    case "in":
      return isOwn(condition.of) && !isNot ? { ...limits, among: [...limits.among, condition.texts] } : limits;
    case "null":
      return isOwn(condition.of) ? { ...limits, isNull: !isNot } : limits;
    case "true":
      return isOwn(condition.of) ? { ...limits, among: [...limits.among, [isNot ? "false" : "true"]] } : limits;
    case "matches": {
      const pattern = isOwn(condition.of) && !isNot ? patternOf(condition) : undefined;
      return pattern ? { ...limits, pattern } : limits;
    }
    case "unknown":
      return limits;
  }
}

function constantOf(operand: Operand, row: KnownRow): string | undefined {
  if (operand.is === "constant") return operand.text;
  return operand.is === "column" ? (row.value(operand.name) ?? undefined) : undefined;
}

function compared(limits: Limits, column: string, left: Operand, op: Comparison, text: string): Limits {
  if (left.is === "column") {
    if (left.name !== column) return limits;
    if (op === "=") return { ...limits, among: [...limits.among, [text]] };
    if (op === "<>") return limits;
    const bound = { text, open: op === "<" || op === ">" };
    return op === "<" || op === "<="
      ? { ...limits, high: [...limits.high, bound] }
      : { ...limits, low: [...limits.low, bound] };
  }
  if (left.is === "constant" || left.of.is !== "column" || left.of.name !== column) {
    // upper(col) = col
    return limits;
  }
  const number = Number(text);
  if (left.is === "part") return left.field === "day" && op === "=" ? { ...limits, day: number } : limits;
  if (left.name === "length") {
    const from = op === ">" ? number + 1 : op === ">=" || op === "=" ? number : 0;
    const to = op === "<" ? number - 1 : op === "<=" || op === "=" ? number : Infinity;
    return { ...limits, shortest: Math.max(limits.shortest, from), longest: Math.min(limits.longest, to) };
  }
  // trim(code) <> ''
  return limits;
}
