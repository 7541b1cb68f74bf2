/**
 * Some rows of real tables, always the same for a seed, such that what belongs together stays together. Values that nobody
 * may see never leave the warehouse: for a key among them, the server gives a token instead, the same for the same value,
 * made with a secret that is thrown away afterwards.
 */
import type pg from "pg";
import type { TableName } from "../../project/types.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { identifier, list, literal, qualified } from "../names.ts";

export interface SampledTable {
  readonly table: TableName;
  /** What the sample is drawn by; none: by the whole row. */
  readonly key: readonly string[];
  /** Columns to be read as they are. */
  readonly copied: readonly string[];
  /** Columns of which only tokens are read. */
  readonly tokens: readonly string[];
  readonly limit: number;
  /** Only rows whose `columns` are among these of the other table's sample. */
  readonly within?: { readonly columns: readonly string[]; readonly of: SampledTable; readonly its: readonly string[] };
}

export interface Sampling {
  readonly seed: number;
  readonly secret: string;
}

const STATEMENT_TIMEOUT = "5min";

/** A snapshot in which nothing can be changed, with texts that every server reads alike. */
export const beginReading = (client: pg.Client) =>
  batch(client, [
    { text: "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY" },
    ...Object.entries({
      statement_timeout: STATEMENT_TIMEOUT,
      datestyle: "ISO, YMD",
      intervalstyle: "postgres",
      timezone: "UTC",
      bytea_output: "hex",
      extra_float_digits: "1",
      xmlbinary: "base64",
    }).map(([name, value]) => ({ text: "SELECT pg_catalog.set_config($1, $2, true)", values: [name, value] })),
  ]);

export type SampledRow = Readonly<Record<string, string | null>>;

/** Columns that are neither copied nor tokens are not there. */
export async function sampleOf(
  client: pg.Client,
  sampled: SampledTable,
  { seed, secret }: Sampling,
): Promise<readonly SampledRow[]> {
  const columns = [
    ...sampled.copied.map((name) => `t.${identifier(name)}::pg_catalog.text AS ${identifier(name)}`),
    ...sampled.tokens.map((name) => `${tokenOf(name)} AS ${identifier(name)}`),
  ];
  const text = `SELECT ${columns.join(", ")} FROM (${rowsIn(sampled, seed)}) AS t`;
  // A parameter, where there is one: statements are more often logged than their values.
  return (await rowsOf(client, text, sampled.tokens.length > 0 ? [secret] : undefined)) as readonly SampledRow[];
}

const tokenOf = (column: string): string =>
  `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to($1::pg_catalog.text || t.${identifier(column)}::pg_catalog.text, 'UTF8')), 'hex')`;

/** The least by a hash: no table is sorted for it. */
function rowsIn({ table, key, limit, within }: SampledTable, seed: number): string {
  const by = key.length > 0 ? `ROW(${key.map((name) => `r.${identifier(name)}`).join(", ")})` : "r";
  const only = within
    ? ` WHERE (${within.columns.map((name) => `r.${identifier(name)}`).join(", ")}) IN (
          SELECT ${list(within.its)} FROM (${rowsIn(within.of, seed)}) AS p)`
    : "";
  return `SELECT r.* FROM ${qualified(table)} AS r${only}
     ORDER BY pg_catalog.hashtextextended(${by}::pg_catalog.text, ${literal(String(seed))}::pg_catalog.int8) LIMIT ${limit}`;
}
