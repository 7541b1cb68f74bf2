/** Schema ctf in the warehouse: the tables of the records, and how an older one becomes today's. */
import type pg from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { batch, BatchError, rowsOf, type Statement } from "../session/batch.ts";
import { newerRecords } from "./codes.ts";
import { sqlstate } from "../errors.ts";
import { RECORDS_LOCK } from "../session/locks.ts";
import { runStates, transformStates } from "./states.ts";

const oneOf = (states: readonly string[]) => states.map((state) => `'${state}'`).join(", ");

/** Each is a list of statements; the version is its place in the list, from 1. Never change one that was released. */
const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE ctf.run (
      id text PRIMARY KEY,
      project text NOT NULL,
      target text NOT NULL,
      selection text NOT NULL,
      variables jsonb NOT NULL,
      status text NOT NULL CHECK (status IN (${oneOf(runStates)})),
      who text NOT NULL,
      host text NOT NULL,
      ctf_version text NOT NULL,
      resumed text REFERENCES ctf.run,
      started_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      CHECK ((status = 'running') = (finished_at IS NULL))
    )`,
    `CREATE INDEX ON ctf.run (started_at)`,
    `COMMENT ON TABLE ctf.run IS 'One row for each run of CTF.'`,
    `CREATE TABLE ctf.transform_run (
      run text NOT NULL REFERENCES ctf.run,
      transform text NOT NULL,
      kind text NOT NULL,
      outputs text[] NOT NULL,
      code_version text NOT NULL,
      status text NOT NULL CHECK (status IN (${oneOf(transformStates)})),
      attempts int NOT NULL DEFAULT 0,
      started_at timestamptz,
      finished_at timestamptz,
      build_schema text,
      row_count bigint,
      inserted bigint,
      updated bigint,
      unchanged bigint,
      deleted bigint,
      phases jsonb,
      explain jsonb,
      diagnostics jsonb,
      PRIMARY KEY (run, transform),
      CHECK (status <> 'built' OR build_schema IS NOT NULL),
      CHECK ((status IN ('succeeded', 'failed', 'skipped', 'interrupted')) = (finished_at IS NOT NULL))
    )`,
    `CREATE INDEX ON ctf.transform_run (transform, started_at)`,
    `COMMENT ON TABLE ctf.transform_run IS 'One row for each transform in each run of CTF; times by phase are seconds.'`,
    `CREATE TABLE ctf.output (
      name text PRIMARY KEY,
      transform text NOT NULL,
      relation oid NOT NULL,
      made text[] NOT NULL,
      published_by text NOT NULL,
      published_at timestamptz NOT NULL DEFAULT now()
    )`,
    `COMMENT ON TABLE ctf.output IS 'What CTF built: the newest relation of each output (its oid proves that it is ours) and the names of the indexes, constraints and statistics that CTF made on it.'`,
    `CREATE SEQUENCE ctf.build_number`,
  ],
  [
    `ALTER TABLE ctf.transform_run ADD COLUMN rows_read bigint, ADD COLUMN rejected bigint`,
    `CREATE TABLE ctf.loaded_file (
      output text NOT NULL,
      path text NOT NULL,
      checksum text NOT NULL,
      size bigint NOT NULL,
      row_count bigint NOT NULL,
      rejected bigint NOT NULL,
      run text NOT NULL,
      loaded_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (output, path)
    )`,
    `COMMENT ON TABLE ctf.loaded_file IS 'The files whose rows were appended to an output: none of them is loaded twice. checksum is SHA-256 of the file as it is stored.'`,
  ],
  [
    `ALTER TABLE ctf.run ADD COLUMN prefix text NOT NULL DEFAULT ''`,
    `COMMENT ON COLUMN ctf.run.prefix IS 'What stood before the schemas of outputs: the environment; empty for a target without.'`,
    `CREATE TABLE ctf.environment_schema (
      name text PRIMARY KEY,
      schema oid NOT NULL,
      project text NOT NULL,
      prefix text NOT NULL,
      target text NOT NULL,
      made_at timestamptz NOT NULL DEFAULT now()
    )`,
    `COMMENT ON TABLE ctf.environment_schema IS 'The schemas that CTF made for environments (their oid proves it).'`,
  ],
  [`ALTER TABLE ctf.transform_run ADD COLUMN ignored bigint`],
  [
    `ALTER TABLE ctf.output ADD COLUMN previous oid, ADD COLUMN previous_to oid`,
    `COMMENT ON COLUMN ctf.output.previous IS 'The table that was replaced by previous_to and is kept (keep_previous).'`,
  ],
  [
    `ALTER TABLE ctf.output ADD COLUMN set_on_columns jsonb`,
    `COMMENT ON COLUMN ctf.output.set_on_columns IS 'The columns that CTF built, each with what it set on it: not null, default, identity.'`,
  ],
];

async function version(client: pg.Client): Promise<number> {
  try {
    const rows = await rowsOf(client, "SELECT pg_catalog.max(version) AS version FROM ctf.migration");
    return (rows[0]?.["version"] as number | null) ?? 0;
  } catch (error) {
    if (error instanceof BatchError && (sqlstate(error) === "42P01" || sqlstate(error) === "3F000")) return 0;
    throw error;
  }
}

/** Brings schema ctf up to date where it is; a command that only looks makes none. Tells whether it is there. */
export async function migrateIfThere(client: pg.Client): Promise<boolean> {
  if ((await version(client)) === 0) return false;
  await migrate(client);
  return true;
}

/** Makes schema ctf, or brings it up to date. */
export async function migrate(client: pg.Client): Promise<void> {
  const before = await version(client);
  if (before > migrations.length) {
    throw new DiagnosticError([
      newerRecords({
        message: `schema ctf in the warehouse is at version ${before}, and this CTF knows ${migrations.length}`,
        hint: "Update CTF.",
      }),
    ]);
  }
  if (before === migrations.length) return;
  await batch(client, [
    { text: "BEGIN" },
    { text: "SELECT pg_catalog.pg_advisory_xact_lock($1, 0)", values: [RECORDS_LOCK] },
    { text: "CREATE SCHEMA IF NOT EXISTS ctf" },
    {
      text: "CREATE TABLE IF NOT EXISTS ctf.migration (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
    },
  ]);
  try {
    // Another run may have done it while this one waited for the lock.
    const from = await version(client);
    const statements = migrations
      .slice(from)
      .flatMap((texts, n): readonly Statement[] => [
        ...texts.map((text) => ({ text })),
        { text: "INSERT INTO ctf.migration (version) VALUES ($1)", values: [from + n + 1] },
      ]);
    await batch(client, [...statements, { text: "COMMIT" }]);
  } catch (error) {
    await batch(client, [{ text: "ROLLBACK" }]);
    throw error;
  }
}
