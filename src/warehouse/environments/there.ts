/** What an environment is made from: one question to the database, before anything is planned. */
import type pg from "pg";
import type { Question } from "../../plan/environment/environment.ts";
import { fileOf, schemasToAskFor } from "../../plan/environment/environment.ts";
import { rowsOf } from "../session/batch.ts";
import { sqlstate } from "../errors.ts";

/**
 * All that stands in the schemas of the environment and of those that it defers to, and the files that they have written,
 * as `Environment.there` has it.
 */
export async function whatIsThere(
  client: pg.Client,
  question: Question,
  files: readonly string[],
): Promise<readonly string[]> {
  const rows = await rowsOf(
    client,
    `SELECT 'relation ' || n.nspname || '.' || c.relname AS entry
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY ($1)
     UNION ALL SELECT 'function ' || n.nspname || '.' || p.proname
     FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY ($1)
     UNION ALL SELECT 'type ' || n.nspname || '.' || t.typname
     FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = ANY ($1)`,
    [schemasToAskFor(question)],
  );
  const moved = question.lookIn.flatMap(({ target, prefix }) =>
    prefix === "" ? [] : files.map((path) => fileOf(target, path)),
  );
  const written = moved.length === 0 ? [] : await filesWritten(client, moved);
  return [...rows.map(({ entry }) => entry as string), ...written.map((path) => `file ${path}`)];
}

/** Those that a run on this database has written. */
async function filesWritten(client: pg.Client, paths: readonly string[]): Promise<readonly string[]> {
  try {
    const rows = await rowsOf(
      client,
      "SELECT DISTINCT o.path FROM ctf.transform_run t, pg_catalog.unnest(t.outputs) o (path) WHERE t.status = 'succeeded' AND o.path = ANY ($1)",
      [paths],
    );
    return rows.map(({ path }) => path as string);
  } catch (error) {
    if (["42P01", "3F000"].includes(sqlstate(error) ?? "")) return [];
    throw error;
  }
}

/** Which database a session is in: the same for two sessions if and only if they are in one database of one server. */
export async function databaseIdentity(client: pg.Client): Promise<string> {
  const rows = await rowsOf(
    client,
    `SELECT pg_catalog.concat_ws(' ', (SELECT system_identifier FROM pg_catalog.pg_control_system()),
       pg_catalog.pg_postmaster_start_time(), pg_catalog.pg_is_in_recovery(), d.oid) AS identity
     FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()`,
  );
  return rows[0]?.["identity"] as string;
}
