/** Numbers within what a type can hold, what checks ask for, and what a column's name makes plausible. */
import type { Bound, Limits } from "../limits.ts";
import { bigBetween, type Random } from "../random.ts";
import { decimalOf, decimalText, unitsOf } from "./decimal.ts";

/** Both ends are possible; in units of 10^-scale. */
export interface Span {
  readonly low: bigint;
  readonly high: bigint;
  readonly scale: number;
}

const oneOf = (scale: number): bigint => 10n ** BigInt(Math.max(0, scale));

/** The least (or, with -1, the greatest) number of units within a bound; undefined for NaN and infinity. */
function within({ text, open }: Bound, scale: number, up: 1n | -1n): bigint | undefined {
  const decimal = decimalOf(text);
  if (!decimal) return undefined;
  const { units, exact } = unitsOf(decimal, scale);
  if (exact) return open ? units + up : units;
  // It was cut towards zero: that is within the bound on one side of zero, and beyond it on the other.
  return decimal.digits > 0n === (up === 1n) ? units + up : units;
}

const most = (
  values: readonly (bigint | undefined)[],
  start: bigint,
  isBetter: (a: bigint, b: bigint) => boolean,
): bigint =>
  values.reduce<bigint>((best, value) => (value !== undefined && isBetter(value, best) ? value : best), start);

/** What is possible within the limits. */
export const windowOf = (limits: Limits, { low, high, scale }: Span): Span => ({
  low: most(
    limits.low.map((bound) => within(bound, scale, 1n)),
    low,
    (a, b) => a > b,
  ),
  high: most(
    limits.high.map((bound) => within(bound, scale, -1n)),
    high,
    (a, b) => a < b,
  ),
  scale,
});

/** The plausible part of a window, or what lies nearest to where it is bounded. */
export function plausiblePart(window: Span, limits: Limits, plausible: readonly [low: number, high: number]): Span {
  const { low, high, scale } = window;
  const from = BigInt(plausible[0]) * oneOf(scale);
  const to = BigInt(plausible[1]) * oneOf(scale);
  if (from <= high && to >= low) return { low: from > low ? from : low, high: to < high ? to : high, scale };
  const size = high - low < to - from ? high - low : to - from;
  return limits.low.length > 0 ? { low, high: low + size, scale } : { low: high - size, high, scale };
}

export const someNumber = ({ low, high, scale }: Span, random: Random): string | undefined =>
  low > high ? undefined : decimalText(bigBetween(random, low, high), scale);

/** The k-th, from 1 or from where the limits begin, in whole steps. */
export function countedNumber(window: Span, limits: Limits, k: number): string | undefined {
  const { low, high, scale } = window;
  const one = oneOf(scale);
  const first = limits.low.length === 0 && low < one && high >= one ? one : low;
  const value = first + BigInt(k - 1) * one;
  return value > high ? undefined : decimalText(value, scale);
}
