/** The value of one column of one row. */
import type { ColumnFacts } from "../warehouse/facts/types.ts";
import { type KnownRow, withoutDomains } from "./conditions.ts";
import { type Limits, limitsOf } from "./limits.ts";
import { randomOf } from "./random.ts";
import type { Shape } from "./shape.ts";
import type { Habits } from "./types.ts";
import { countedValue, someValue } from "./values/make.ts";
import { earlierName, shareOfNulls } from "./values/plausible.ts";

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
  { seed, until, nulls, table, id, attempt, late }: About,
  k?: number,
): string | null | undefined {
  const { name, examples } = column;
  const checks = shape.checks.filter(({ columns }) => columns.includes(name)).map(({ condition }) => condition);
  const limits = limitsOf(name, checks, row, randomOf(seed, table, id, attempt), late);
  const nothing = column.notNull ? undefined : null;
  if (limits.isNull === true) return nothing;
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

/** What ends should not end before it begins, even where no check says so. */
function softLow({ name, of }: ColumnFacts, { columns }: Shape, row: KnownRow): string | undefined {
  const earlier = earlierName(name, [...columns.keys()]);
  const type = earlier === undefined ? undefined : row.type(earlier);
  if (earlier === undefined || !type || typeName(type) !== typeName(of)) return undefined;
  return row.value(earlier) ?? undefined;
}

function typeName(type: ColumnFacts["of"]): string {
  const own = withoutDomains(type);
  return own.is === "base" ? own.name : own.is;
}
