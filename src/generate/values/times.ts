/** Dates and timestamps. They never depend on today, so that a seed gives the same rows on any day. */
import type { Bound, Limits } from "../limits.ts";
import type { Random } from "../random.ts";
import { dateText, dayOf, partOf, secondsOf, timestampText } from "./days.ts";

const DAY = 86_400;
const FIRST = dayOf(1900, 1, 1) * DAY;
const LAST = dayOf(2100, 1, 1) * DAY;
const TIMES: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);

interface Window {
  readonly low: number;
  readonly high: number;
  readonly hasLow: boolean;
  readonly hasHigh: boolean;
}

function windowOf(type: string, limits: Limits): Window {
  // A timestamp's bound may be a matter of a time zone: a day of distance is right in all of them.
  const slack = type === "timestamptz" ? DAY : 0;
  const step = type === "date" ? DAY : 1;
  const at = ({ text, open }: Bound, up: 1 | -1): number => (secondsOf(text) ?? NaN) + up * (slack + (open ? step : 0));
  const lows = limits.low.map((bound) => at(bound, 1)).filter((n) => !Number.isNaN(n));
  const highs = limits.high.map((bound) => at(bound, -1)).filter((n) => !Number.isNaN(n));
  const round = (seconds: number, how: (n: number) => number) => how(seconds / step) * step;
  return {
    low: lows.length > 0 ? round(Math.max(...lows), Math.ceil) : FIRST,
    high: highs.length > 0 ? round(Math.min(...highs), Math.floor) : LAST,
    hasLow: lows.length > 0,
    hasHigh: highs.length > 0,
  };
}

export function someTime(
  type: string,
  limits: Limits,
  [from, to]: readonly [from: number, to: number],
  random: Random,
): string | undefined {
  if (!TIMES.has(type)) return undefined;
  const window = windowOf(type, limits);
  let { low, high } = window;
  if (from <= high && to >= low) [low, high] = [Math.max(from, low), Math.min(to, high)];
  else if (window.hasLow) high = Math.min(high, low + 365 * DAY);
  else low = Math.max(low, high - 365 * DAY);
  if (low > high) return undefined;
  const days = Math.floor(low / DAY) === Math.floor(high / DAY) ? 0 : random.int(0, Math.floor((high - low) / DAY));
  const seconds = type === "date" ? 0 : random.int(0, Math.min(DAY - 1, high - low));
  const at = Math.min(low + days * DAY + seconds, high);
  return written(type, limits.day === undefined ? at : (onDay(at, limits.day, low, high) ?? at));
}

/** A time on that day of a month, near to this one. */
function onDay(at: number, day: number, low: number, high: number): number | undefined {
  for (let distance = 0; distance <= 62; distance++) {
    for (const near of [at - distance * DAY, at + distance * DAY]) {
      if (near >= low && near <= high && partOf("day", near) === day) return Math.floor(near / DAY) * DAY;
    }
  }
  return undefined;
}

/** One after the other, by days, or by months where the day of the month is given. */
export function countedTime(type: string, limits: Limits, until: number, k: number): string | undefined {
  if (!TIMES.has(type)) return undefined;
  const { low, high, hasLow, hasHigh } = windowOf(type, limits);
  const start = dayOf(new Date(until * 1000).getUTCFullYear(), 1, 1) * DAY;
  const first = hasLow && (low > start || start > high) ? low : hasHigh && high < start ? high - 365 * DAY : start;
  let at = first + (k - 1) * DAY;
  if (limits.day !== undefined) {
    const begin = new Date(first * 1000);
    const isPast = begin.getUTCDate() > limits.day;
    at = dayOf(begin.getUTCFullYear(), begin.getUTCMonth() + k + (isPast ? 1 : 0), limits.day) * DAY;
  }
  return at > high || at < low ? undefined : written(type, at);
}

function written(type: string, seconds: number): string {
  if (type === "date") return dateText(Math.floor(seconds / DAY));
  return `${timestampText(seconds)}${type === "timestamptz" ? "+00" : ""}`;
}
