/** What reads the clock in PostgreSQL, and what stands for it when the clock stands still. */
import { isObject, strings, type Node, type Tree } from "../tree.ts";

/** Types that hold a moment, as the grammar's tree names them. */
export const MOMENTS = new Set(["date", "time", "timetz", "timestamp", "timestamptz"]);
const TEXT = new Set(["text", "varchar", "bpchar", "name"]);

const SPECIAL: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: "date",
  SVFOP_CURRENT_TIME: "timetz",
  SVFOP_CURRENT_TIME_N: "timetz",
  SVFOP_CURRENT_TIMESTAMP: "timestamptz",
  SVFOP_CURRENT_TIMESTAMP_N: "timestamptz",
  SVFOP_LOCALTIME: "time",
  SVFOP_LOCALTIME_N: "time",
  SVFOP_LOCALTIMESTAMP: "timestamp",
  SVFOP_LOCALTIMESTAMP_N: "timestamp",
};

const FUNCTIONS: Readonly<Record<string, string>> = {
  now: "timestamptz",
  transaction_timestamp: "timestamptz",
  statement_timestamp: "timestamptz",
  clock_timestamp: "timestamptz",
  timeofday: "text",
};

/** They read the clock, but only to make something unique of it. */
export const MAKE_UNIQUE = new Set(["uuidv7", "uuid_generate_v1", "uuid_generate_v1mc"]);

/** A reading of the clock: of which type, without and with its precision. */
export interface Reading {
  readonly type: string;
  readonly exactType: string;
}

/** `kind` and `body` of a node: is it one of `now()`'s family or of CURRENT_…'s? */
export function readingOf(kind: string, body: Tree): Reading | undefined {
  if (kind === "SQLValueFunction") {
    const type = SPECIAL[String(body.op)];
    if (type === undefined) return undefined;
    const precision = String(body.op).endsWith("_N") ? `(${Number(body.typmod ?? 0)})` : "";
    return { type, exactType: `${type}${precision}` };
  }
  if (kind !== "FuncCall" || body.args !== undefined) return undefined;
  const name = builtinName(body.funcname as readonly Node[]);
  const type = name !== undefined && Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  return type === undefined ? undefined : { type, exactType: type };
}

/** Its value at an instant: a literal, cast where the type depends on the session's TimeZone. It binds like a function. */
export function valueOf({ type, exactType }: Reading, instant: string): string {
  if (type === "text") return `pg_catalog.to_char(${instant}, 'Dy Mon DD HH24:MI:SS.US YYYY TZ')`;
  return exactType === "timestamptz" ? instant : `${instant}::${exactType}`;
}

/** The same where only a function may stand: in FROM. */
export function functionOf(reading: Reading, instant: string): string {
  return reading.type === "text" ? valueOf(reading, instant) : `CAST(${instant} AS ${reading.exactType})`;
}

/** The name of a function or type that is PostgreSQL's own if anybody's: without a schema, or in pg_catalog. */
export function builtinName(names: readonly Node[] | undefined): string | undefined {
  const parts = strings(names);
  if (parts.length === 2 && parts[0] === "pg_catalog") return parts[1];
  return parts.length === 1 ? parts[0] : undefined;
}

/** What a cast's type says of the text that is cast. */
export type Target = "moment" | "text" | "moments" | "other" | "unknown";

export function targetOf(typeName: unknown): { readonly target: Target; readonly type: string } {
  const tree = isObject(typeName) ? typeName : {};
  const type = builtinName(tree.names as readonly Node[]);
  if (type === undefined) return { target: "unknown", type: "" };
  if (/^(date|ts|tstz)(multi)?range$/.test(type)) return { target: "moments", type };
  if (MOMENTS.has(type)) return { target: tree.arrayBounds === undefined ? "moment" : "moments", type };
  if (TEXT.has(type)) return { target: "text", type };
  return { target: BUILTIN.has(type) ? "other" : "unknown", type };
}

/** Types whose texts can't be moments; any other name may be a domain over one. */
const BUILTIN = new Set(
  "int2 int4 int8 numeric float4 float8 bool json jsonb uuid bytea interval regclass regtype char inet cidr xml".split(
    " ",
  ),
);

/** The words that PostgreSQL's date input reads as a moment. */
const WORDS: Readonly<Record<string, string>> = {
  now: "",
  today: "::date",
  tomorrow: "::date + 1",
  yesterday: "::date - 1",
};

/** `'today'` and its like as an expression; undefined for any other text. */
export function wordValue(text: string, instant: string): string | undefined {
  const word = /^\s*(now|today|tomorrow|yesterday)(\s*\(\s*\))?\s*$/i.exec(text)?.[1];
  return word === undefined ? undefined : `(${instant}${WORDS[word.toLowerCase()]})`;
}

/** `'tomorrow 10:00'` and `'{now}'` have such a word among others. */
export const hasWord = (text: string): boolean => /(^|[^a-z])(now|today|tomorrow|yesterday)([^a-z]|$)/i.test(text);
