/** A session that only looks. */
import type { Client } from "pg";
import { batch } from "../batch.ts";
import { connect } from "../connect.ts";

export interface LookOptions {
  readonly variables: Readonly<Record<string, string>>;
  /** Of PostgreSQL. */
  readonly settings: Readonly<Record<string, string>>;
}

/** How values look on any server, whatever its own settings and the role's are. */
export const AS_TEXT: Readonly<Record<string, string>> = {
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "iso_8601",
  bytea_output: "hex",
  extra_float_digits: "1",
  xmloption: "content",
};

/** Everything in it is of one moment, and nothing can be written. */
export async function withSession<T>(
  url: string,
  { variables, settings }: LookOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(url, { variables });
  try {
    await batch(client, [{ text: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" }]);
    await batch(
      client,
      Object.entries(settings).map(([name, value]) => ({
        text: "SELECT pg_catalog.set_config($1, $2, true)",
        values: [name, value],
      })),
    );
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same for two sessions if they are in the same database. */
export async function databaseMark(client: Client): Promise<string> {
  const [result] = await batch(client, [
    {
      text: `SELECT pg_catalog.concat_ws(' ', pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()), d.oid, d.datname) AS mark
               FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()`,
    },
  ]);
  return result!.rows[0]!["mark"] as string;
}
