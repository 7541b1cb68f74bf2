/** A person's own statements in a test's database: what they give, as texts with their types. */
import type pg from "pg";
import type { TableName } from "../../project/types.ts";
import { forgetPrepared } from "../session/batch.ts";
import { list, qualified } from "../names.ts";
import { typedColumns, type ValueColumn } from "../read/value_columns.ts";

export interface QueriedRows {
  readonly columns: readonly ValueColumn[];
  /** As PostgreSQL writes values when a worker reads them, null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows that the last statement gave or wrote. */
  readonly count: number;
}

/** For one transaction; TimeZone is left alone, as it may well be what a statement is about. */
const AS_TEXT = {
  DateStyle: "ISO, YMD",
  IntervalStyle: "iso_8601",
  bytea_output: "hex",
  extra_float_digits: "3",
} as const;

type Setting = keyof typeof AS_TEXT;

const setLocally = (name: (setting: Setting) => string, value: (setting: Setting) => string): string =>
  `SELECT ${(Object.keys(AS_TEXT) as Setting[])
    .map((setting) => `pg_catalog.set_config('${name(setting)}', ${value(setting)}, true)`)
    .join(", ")}`;

const itself = (setting: Setting): string => setting;
const kept = (setting: Setting): string => `ctf_kept.${setting}`;
const current = (name: string): string => `pg_catalog.current_setting('${name}')`;
const BEGIN = [
  setLocally(kept, (setting) => current(setting)),
  setLocally(itself, (setting) => `'${AS_TEXT[setting]}'`),
].join("; ");
const PUT_BACK = setLocally(itself, (setting) => current(kept(setting)));

interface Result {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number; readonly dataTypeModifier: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rowCount: number | null;
}

const RAW = { getTypeParser: () => (text: string) => text };

/** What the last of a person's statements gives, within a transaction that is open. @throws what PostgreSQL says against them */
export async function queryRows(client: pg.Client, text: string): Promise<QueriedRows> {
  await forgetAll(client);
  return read(client, text, () => forgetAll(client));
}

/** A person's statements may say DEALLOCATE, or prepare something under a name of CTF's. */
export async function forgetAll(client: pg.Client): Promise<void> {
  await client.query("DEALLOCATE ALL");
  forgetPrepared(client);
}

async function read(client: pg.Client, text: string, then: () => Promise<void>): Promise<QueriedRows> {
  await client.query(BEGIN);
  const query = { text, rowMode: "array", types: RAW } as unknown as pg.QueryConfig;
  const answer = (await client.query(query)) as unknown as Result | readonly Result[];
  await then();
  const { fields = [], rows, rowCount } = (Array.isArray(answer) ? answer.at(-1) : answer) as Result;
  const columns = await typedColumns(
    client,
    fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
      name,
      typeOid: dataTypeID,
      typmod: dataTypeModifier,
      notNull: false,
    })),
  );
  await client.query(PUT_BACK);
  return { columns, rows, count: rowCount ?? 0 };
}

/** All rows of a table, in the order of its key, or in one that is the same for the same rows. */
export function tableRows(client: pg.Client, table: TableName, key: readonly string[]): Promise<QueriedRows> {
  const order = key.length > 0 ? list(key) : 'rows::pg_catalog.text COLLATE "C"';
  return read(client, `SELECT * FROM ${qualified(table)} AS rows ORDER BY ${order}`, async () => {});
}
