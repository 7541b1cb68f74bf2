// Dice that always fall the same way for the same seed, and dates as day numbers.

/** A generator with a stream of its own for each name (mulberry32 over an FNV-1a hash). */
export function randomFrom(seed, name) {
  let state = (2166136261 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 16777619) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (low, high) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    /** A whole number from low to high, both included. */
    integer,
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)],
    /** One of [[value, weight], …]. */
    weighted: (list) => {
      let left = next() * list.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of list) if ((left -= weight) < 0) return value;
      return list.at(-1)[0];
    },
    digits: (count) => Array.from({ length: count }, () => integer(0, 9)).join(""),
  };
}

const DAY = 86_400_000;

/** Days since 1970 of a date such as 2018-04-17. */
export const day = (text) => Date.parse(`${text}T00:00:00Z`) / DAY;

export const dateText = (days) => new Date(days * DAY).toISOString().slice(0, 10);

/** A timestamp within that day, as the systems of New Jersey write it. */
export const timestampText = (random, days) => {
  const clock = [random.integer(6, 21), random.integer(0, 59), random.integer(0, 59)];
  return `${dateText(days)} ${clock.map((part) => String(part).padStart(2, "0")).join(":")}-05:00`;
};

/** The first day of the month that lies `months` after the one of `days`. */
export const monthStart = (days, months = 0) => {
  const date = new Date(days * DAY);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY;
};

export const yearOf = (days) => new Date(days * DAY).getUTCFullYear();

/** The day on which the files were drawn: nothing that became known later is in them. */
export const EXTRACTED = day("2018-04-15");
