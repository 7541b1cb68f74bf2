/** Parquet's values as PostgreSQL's texts. The library's own would round decimals and times, so it gets plain types. */
import { isUtf8 } from "node:buffer";
import type { FileMetaData, ParquetParsers, SchemaElement, SchemaTree } from "hyparquet";
import { MARKER } from "../decode.ts";

export type ToText = (value: unknown) => string | null;

/** What the library converts into what this room wants. */
export const parsers: Partial<ParquetParsers> = {
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && utf8(bytes),
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && utf8(bytes),
  // Only INT96 comes here: every other kind of timestamp is handed over as its number.
  timestampFromNanoseconds: (nanos) => nanos,
};

const utf8 = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return isUtf8(bytes) ? text : text.replaceAll("\uFFFD", MARKER);
};

const PLAIN = /^(DECIMAL|DATE|TIME|TIMESTAMP|BSON|INTERVAL|GEOMETRY|GEOGRAPHY|TIME_\w+|TIMESTAMP_\w+)$/;

/** The same file's metadata, in which these types are not named, so that their numbers and bytes come as they are. */
export function withPlainLeaves(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element): SchemaElement => {
    const plain = { ...element };
    if (element.logical_type && PLAIN.test(element.logical_type.type)) delete plain.logical_type;
    if (element.converted_type && PLAIN.test(element.converted_type)) delete plain.converted_type;
    if (element.converted_type === "ENUM") plain.converted_type = "UTF8";
    return plain;
  });
  return { ...metadata, schema };
}

/** Lists become array literals, structs and maps JSON, bytes hex. */
export function textOf(tree: SchemaTree): ToText {
  const element = elementOf(tree);
  if (element) {
    const text = textOf(element);
    const nested = elementOf(element) !== undefined;
    return (value) =>
      value === null || value === undefined ? null : arrayText(value as Iterable<unknown>, text, nested);
  }
  if (tree.children.length > 0) {
    const json = jsonOf(tree);
    return (value) => (value === null || value === undefined ? null : json(value));
  }
  const text = scalarText(tree.element);
  return (value) => (value === null || value === undefined ? null : text(value));
}

/** What a list is a list of; undefined for what is none. */
function elementOf(tree: SchemaTree): SchemaTree | undefined {
  const [child, ...others] = tree.children;
  const isList = tree.element.converted_type === "LIST" && child && others.length === 0;
  if (isList && child.element.repetition_type === "REPEATED") {
    return child.children.length === 1 ? child.children[0] : asSingle(child);
  }
  return tree.element.repetition_type === "REPEATED" ? asSingle(tree) : undefined;
}

const asSingle = (tree: SchemaTree): SchemaTree => ({
  ...tree,
  element: { ...tree.element, repetition_type: "REQUIRED" },
});

function arrayText(values: Iterable<unknown>, text: ToText, nested: boolean): string {
  const parts = Array.from(values, (value) => {
    const part = text(value);
    if (part === null) return "NULL";
    return nested ? part : `"${part.replaceAll(/["\\]/g, "\\$&")}"`;
  });
  return `{${parts.join(",")}}`;
}

type ToJson = (value: unknown) => string;

function jsonOf(tree: SchemaTree): ToJson {
  const json = jsonOfPresent(tree);
  return (value) => (value === null || value === undefined ? "null" : json(value));
}

function jsonOfPresent(tree: SchemaTree): ToJson {
  const element = elementOf(tree);
  if (element) {
    const json = jsonOf(element);
    return (value) => `[${Array.from(value as Iterable<unknown>, json).join(",")}]`;
  }
  if (tree.element.converted_type === "MAP" && tree.children[0]?.children[1]) {
    const json = jsonOf(tree.children[0].children[1]);
    return (value) => objectText(Object.entries(value as object).map(([key, one]) => [key, json(one)]));
  }
  if (tree.children.length > 0) {
    const members = tree.children.map((child) => [child.element.name, jsonOf(child)] as const);
    return (value) => {
      const struct = value as Readonly<Record<string, unknown>>;
      return objectText(members.map(([name, json]) => [name, json(struct[name])]));
    };
  }
  const text = scalarText(tree.element);
  const bare = isNumber(tree.element);
  return (value) => {
    const one = text(value);
    return (bare && /^-?\d/.test(one)) || typeof value === "boolean" ? one : JSON.stringify(one);
  };
}

const objectText = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([key, json]) => `${JSON.stringify(key)}: ${json}`).join(", ")}}`;

/** Its text is a number's in JSON, too. */
function isNumber({ type, logical_type: logical, converted_type: converted }: SchemaElement): boolean {
  if (logical?.type === "DECIMAL" || converted === "DECIMAL") return true;
  if (logical && /^(DATE|TIME|TIMESTAMP)$/.test(logical.type)) return false;
  if (converted && /^(DATE|TIME|TIMESTAMP)/.test(converted)) return false;
  return type === "INT32" || type === "INT64" || type === "FLOAT" || type === "DOUBLE";
}

function scalarText(element: SchemaElement): (value: unknown) => string {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === "DECIMAL" || converted === "DECIMAL") {
    const scale = (logical?.type === "DECIMAL" ? logical.scale : element.scale) ?? 0;
    return (value) => decimalText(integerOf(value), scale);
  }
  if (logical?.type === "DATE" || converted === "DATE") return (value) => dateText(BigInt(value as number));
  const time = timeOf(element);
  if (time) return (value) => time(BigInt(value as number | bigint));
  if (type === "INT96") return (value) => timestampText(value as bigint, 9, "+00");
  if (logical?.type === "INTERVAL" || converted === "INTERVAL") return (value) => intervalText(value as Uint8Array);
  if (type === "FLOAT" || logical?.type === "FLOAT16") return (value) => floatText(value as number, true);
  if (type === "DOUBLE") return (value) => floatText(value as number, false);
  return (value) =>
    value instanceof Uint8Array
      ? `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`
      : String(value);
}

const DIGITS = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const;

/** Times of day and timestamps; the old names without `isAdjustedToUTC` mean UTC. */
function timeOf({
  logical_type: logical,
  converted_type: converted,
}: SchemaElement): ((value: bigint) => string) | undefined {
  if (logical?.type === "TIMESTAMP") {
    const zone = logical.isAdjustedToUTC ? "+00" : "";
    const digits = DIGITS[logical.unit];
    return (value) => timestampText(value, digits, zone);
  }
  if (logical?.type === "TIME") return (value) => clockText(value, DIGITS[logical.unit]);
  const old = /^(TIME|TIMESTAMP)_(MILLIS|MICROS)$/.exec(converted ?? "");
  if (!old) return undefined;
  const digits = DIGITS[old[2] as "MILLIS" | "MICROS"];
  return old[1] === "TIME" ? (value) => clockText(value, digits) : (value) => timestampText(value, digits, "+00");
}

/** Signed, the highest byte first. */
function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  if (value.length === 0) return 0n;
  const hex = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  return BigInt.asIntN(value.length * 8, BigInt(`0x${hex}`));
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const DAY = 86_400n;
const two = (value: number): string => String(value).padStart(2, "0");

/** PostgreSQL has no year 0: the one before year 1 is 1 BC, and it says so behind everything else. */
function dayText(days: bigint): { readonly day: string; readonly era: string } {
  const date = new Date(Number(days) * 86_400_000);
  const year = date.getUTCFullYear();
  const shown = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return { day: `${shown}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`, era: year > 0 ? "" : " BC" };
}

function dateText(days: bigint): string {
  const { day, era } = dayText(days);
  return day + era;
}

/** `digits` of a second: 3 for milliseconds, and so on. */
function clockText(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const seconds = Number(value / unit);
  const fraction = value % unit === 0n ? "" : `.${String(value % unit).padStart(digits, "0")}`;
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

function timestampText(value: bigint, digits: number, zone = ""): string {
  const unit = DAY * 10n ** BigInt(digits);
  const within = ((value % unit) + unit) % unit;
  const { day, era } = dayText((value - within) / unit);
  return `${day} ${clockText(within, digits)}${zone}${era}`;
}

function intervalText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [months, days, milliseconds] = [0, 4, 8].map((at) => view.getUint32(at, true));
  return `${months} mons ${days} days ${milliseconds! / 1000} secs`;
}

/** A float's shortest text that is the same float again. */
function floatText(value: number, single: boolean): string {
  if (Object.is(value, -0)) return "-0";
  if (!single || !Number.isFinite(value)) return String(value);
  for (let precision = 6; precision < 9; precision++) {
    const short = Number(value.toPrecision(precision));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
