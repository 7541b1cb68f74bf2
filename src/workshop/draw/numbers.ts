/** Numbers as the drawings write them. */

/** For programs: more digits than these are noise. */
export const toMicroseconds = (seconds: number): number => Number(seconds.toFixed(6));

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** `0.012 s`, `3.45 s`, `12 min` */
export const seconds = (value: number): string => `${inUnitOf(value, value)} ${unitOf(value)}`;

/** From the fastest run to the slowest: `3.41–3.60 s` */
export function spread({ fastest, slowest }: { readonly fastest: number; readonly slowest: number }): string {
  const [from, to] = [inUnitOf(fastest, slowest), inUnitOf(slowest, slowest)];
  return `${from === to ? to : `${from}–${to}`} ${unitOf(slowest)}`;
}

const unitOf = (value: number): string => (value >= 600 ? "min" : "s");

/** A number of seconds in the unit, and with the digits, that the other is written with. */
const inUnitOf = (value: number, other: number): string =>
  other >= 600 ? (value / 60).toFixed(0) : value.toFixed(other < 0.1 ? 3 : other < 10 ? 2 : other < 100 ? 1 : 0);

/** How many times as long as the fastest: `610 ×`; `1 ×` is the fastest. */
export function timesOf(one: { readonly seconds: number }, all: readonly { readonly seconds: number }[]): string {
  const times = one.seconds / Math.min(...all.map(({ seconds }) => seconds));
  return `${times < 9.95 ? Number(times.toFixed(1)) : perSecond(times)} ×`;
}

/** With two significant digits, as measurements repeat no more exactly: `36,000`. */
export function perSecond(value: number): string {
  if (value <= 0 || !Number.isFinite(value)) return "0";
  const power = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return (Math.round(value / power) * power).toLocaleString("en-US");
}
