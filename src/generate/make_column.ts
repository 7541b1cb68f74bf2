/** The value of one column of one row. */
import type { ColumnFacts } from "../warehouse/facts/types.ts";
import { type KnownRow, withoutDomains } from "./conditions.ts";
import { type Limits, limitsOf, NO_LIMITS } from "./limits.ts";
import { randomOf } from "./random.ts";
import type { Shape } from "./shape.ts";
import type { Habits } from "./types.ts";
import { edgeValues } from "./values/edges.ts";
import { countedValue, someValue } from "./values/make.ts";
import { shareOfNulls } from "./values/plausible.ts";

/** What a made value depends on. */
export interface About extends Habits {
  readonly table: string;
  readonly id: string;
  readonly attempt: number;
  /** Much has been tried: what a value is refused for may be meant to be NULL. */
  readonly late: boolean;
}

/**
 * With `k`, the k-th of values that never repeat. null for NULL, undefined where nothing is known that fits.
 */
export function makeColumn(
  column: ColumnFacts,
  shape: Shape,
  row: KnownRow,
  { seed, until, nulls, profile, table, id, attempt, late }: About,
  k?: number,
): string | null | undefined {
  const { name, examples } = column;
  const checks = shape.checks.filter(({ columns }) => columns.includes(name)).map(({ condition }) => condition);
  const limits =
    checks.length === 0 ? NO_LIMITS : limitsOf(name, checks, row, randomOf(seed, table, id, attempt), late);
  const nothing = column.notNull ? undefined : null;
  if (limits.isNull === true) return nothing;
  if (k === undefined && profile !== "plausible") {
    const edge = edgeOf(column, limits, profile, seed + attempt + placeOf(id));
    if (edge !== undefined) return edge;
  }
  const random = randomOf(seed, table, id, name, attempt);
  if (late && nothing === null && checks.length > 0 && limits.isNull === undefined && random.int(0, 3) === 0)
    return null;
  if (nulls && nothing === null && !examples && limits.isNull === undefined && random.next() < shareOfNulls(name))
    return null;
  if (examples) {
    const possible = column.notNull ? examples.filter((example) => example !== null) : examples;
    const among = limits.among[0];
    const allowed = among ? possible.filter((example) => example === null || among.includes(example)) : possible;
    return k === undefined ? (allowed.length > 0 ? random.pick(allowed) : nothing) : allowed[k - 1];
  }
  const make = (within: Limits): string | undefined =>
    k === undefined
      ? someValue(column.of, { name, limits: within, until }, random)
      : countedValue(column.of, { name, limits: within, until }, k);
  const since = softLow(column, shape, row);
  return (
    (since === undefined ? undefined : make({ ...limits, low: [...limits.low, { text: since, open: false }] })) ??
    make(limits) ??
    nothing
  );
}

/**
 * One row after the other gets the next of them, then one an ordinary value: with a dozen rows, all have come. What a column's
 * values are said to be is not left, but for NULL.
 */
function edgeOf(
  { name, of, notNull, examples }: ColumnFacts,
  limits: Limits,
  profile: "edge" | "extreme",
  turn: number,
): string | null | undefined {
  const isFree = !examples && !limits.pattern && !limits.letters && limits.among.length === 0;
  const values = isFree ? edgeValues(of, limits, profile) : [];
  const mayBeNull = profile === "edge" && !notNull && limits.isNull === undefined;
  // Columns begin with different ones, so that not all are NULL in the same row.
  const at = (turn + name.length + name.charCodeAt(0)) % (values.length + (mayBeNull ? 2 : 1));
  return at === values.length + 1 ? null : values[at];
}

/** A row's number; of a parent that is told by its key, one that goes with this. */
function placeOf(id: string): number {
  if (id.startsWith("#")) return Number(id.slice(1));
  let sum = 0;
  for (let i = 0; i < id.length; i++) sum += id.charCodeAt(i);
  return sum;
}

/** What ends should not end before it begins, even where no check says so. */
function softLow({ name, of }: ColumnFacts, shape: Shape, row: KnownRow): string | undefined {
  const earlier = shape.earlier.get(name);
  const type = earlier === undefined ? undefined : row.type(earlier);
  if (earlier === undefined || !type || typeName(type) !== typeName(of)) return undefined;
  return row.value(earlier) ?? undefined;
}

function typeName(type: ColumnFacts["of"]): string {
  const own = withoutDomains(type);
  return own.is === "base" ? own.name : own.is;
}
