/** Types without an order that people reason about: how a value looks, and how many of them are counted. */
import type { Random } from "../random.ts";

interface BaseType {
  some(random: Random, modifiers: readonly number[]): string;
  /** The k-th, from 1; undefined when there are no more. */
  counted?(k: number, modifiers: readonly number[]): string | undefined;
}

const hex = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.int(0, 15).toString(16)).join("");
const pad = (n: number, width: number): string => String(n).padStart(width, "0");
const hexOf = (k: number, width: number): string => k.toString(16).padStart(width, "0");
const clock = (minutes: number): string => `${pad(Math.floor(minutes / 60) % 24, 2)}:${pad(minutes % 60, 2)}:00`;
const pairs = (text: string): string => (text.match(/../g) ?? []).join(":");
const point = (random: Random): string => `(${random.int(-90, 90)},${random.int(-90, 90)})`;
const points = (random: Random, count: number): string => Array.from({ length: count }, () => point(random)).join(",");
const bits = (random: Random, count: number): string => Array.from({ length: count }, () => random.int(0, 1)).join("");
const word = (random: Random): string => random.pick(["red", "green", "blue", "amber", "violet"]);
const bitsOf = (k: number, length: number): string | undefined =>
  k < 2 ** Math.min(length, 30) ? k.toString(2).padStart(length, "0") : undefined;

export const BASE_TYPES: Readonly<Record<string, BaseType>> = {
  bool: { some: (r) => r.pick(["true", "false"]), counted: (k) => ["false", "true"][k - 1] },
  time: { some: (r) => clock(r.int(0, 1439)), counted: (k) => (k > 1440 ? undefined : clock(k - 1)) },
  timetz: { some: (r) => `${clock(r.int(0, 1439))}+00`, counted: (k) => (k > 1440 ? undefined : `${clock(k - 1)}+00`) },
  interval: { some: (r) => `${r.int(1, 60)} days`, counted: (k) => `${k} days` },
  uuid: {
    some: (r) => `${hex(r, 8)}-${hex(r, 4)}-4${hex(r, 3)}-8${hex(r, 3)}-${hex(r, 12)}`,
    counted: (k) => `00000000-0000-4000-8000-${hexOf(k, 12)}`,
  },
  bytea: { some: (r) => `\\x${hex(r, 8)}`, counted: (k) => `\\x${hexOf(k, 8)}` },
  json: { some: (r) => `{"${word(r)}": ${r.int(1, 99)}}`, counted: (k) => `{"n": ${k}}` },
  jsonb: { some: (r) => `{"${word(r)}": ${r.int(1, 99)}}`, counted: (k) => `{"n": ${k}}` },
  xml: { some: (r) => `<note>${word(r)}</note>`, counted: (k) => `<n>${k}</n>` },
  inet: {
    some: (r) => `192.0.2.${r.int(1, 254)}`,
    counted: (k) => `10.${(k >> 16) & 255}.${(k >> 8) & 255}.${k & 255}`,
  },
  cidr: { some: (r) => `10.${r.int(0, 255)}.0.0/16`, counted: (k) => `10.${(k >> 8) & 255}.${k & 255}.0/24` },
  macaddr: { some: (r) => pairs(`02${hex(r, 10)}`), counted: (k) => pairs(`02${hexOf(k, 10)}`) },
  macaddr8: { some: (r) => pairs(`02${hex(r, 14)}`), counted: (k) => pairs(`02${hexOf(k, 14)}`) },
  bit: { some: (r, [length = 1]) => bits(r, length), counted: (k, [length = 1]) => bitsOf(k - 1, length) },
  varbit: {
    some: (r, [length = 8]) => bits(r, Math.min(length, 8)),
    counted: (k, [length = 30]) => bitsOf(k, Math.min(length, 30)),
  },
  tsvector: { some: (r) => `'${word(r)}':1 '${word(r)}':2`, counted: (k) => `'word${k}':1` },
  tsquery: { some: (r) => `'${word(r)}' & '${word(r)}'`, counted: (k) => `'word${k}'` },
  point: { some: point },
  line: { some: (r) => `{${r.int(1, 9)},${r.int(1, 9)},${r.int(-9, 9)}}` },
  lseg: { some: (r) => `[${points(r, 2)}]` },
  box: { some: (r) => points(r, 2) },
  path: { some: (r) => `[${points(r, 3)}]` },
  polygon: { some: (r) => `(${points(r, 3)})` },
  circle: { some: (r) => `<${point(r)},${r.int(1, 9)}>`, counted: (k) => `<(0,0),${k}>` },
  pg_lsn: { some: (r) => `0/${hex(r, 6).toUpperCase()}`, counted: (k) => `0/${k.toString(16).toUpperCase()}` },
  xid: { some: (r) => String(r.int(1, 1000)), counted: String },
  hstore: { some: (r) => `"${word(r)}"=>"${r.int(1, 99)}"`, counted: (k) => `"n"=>"${k}"` },
  ltree: { some: (r) => `Top.${word(r)}`, counted: (k) => `Top.n${k}` },
};
