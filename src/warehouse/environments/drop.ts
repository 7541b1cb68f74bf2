/** Dropping an environment, in transactions of some objects each: PostgreSQL keeps a lock for every object until its end. */
import type pg from "pg";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { identifier } from "../names.ts";
import { endDeadRuns } from "../records/run.ts";
import type { Contents, ObjectType, Whose } from "./contents.ts";

const TOGETHER = 50;

/** Each before what it may depend on. */
const ORDER: readonly ObjectType[] = ["view", "materialized view", "table", "function", "type", "sequence"];

/** Runs that are at work in it. */
export async function runsIn(client: pg.Client, { project, prefix }: Whose): Promise<readonly string[]> {
  await endDeadRuns(client);
  const rows = await rowsOf(
    client,
    "SELECT id FROM ctf.run WHERE project = $1 AND prefix = $2 AND status = 'running' ORDER BY id",
    [project, prefix],
  );
  return rows.map(({ id }) => id as string);
}

/** All of it, then its schemas, then its records. Stopped halfway, it can be done again. @throws BatchError */
export async function dropEnvironment(
  client: pg.Client,
  { objects, schemas }: Contents,
  { project, prefix }: Whose,
): Promise<void> {
  const patience: Statement = { text: "SELECT pg_catalog.set_config('lock_timeout', '5s', true)" };
  for (const type of ORDER) {
    const identities = objects.filter((one) => one.type === type).map(({ identity }) => identity);
    const word = type === "function" ? "ROUTINE" : type.toUpperCase();
    for (let at = 0; at < identities.length; at += TOGETHER) {
      const some = identities.slice(at, at + TOGETHER);
      // What one takes along with it is not there any more when its turn comes.
      await batch(client, [patience, { text: `DROP ${word} IF EXISTS ${some.join(", ")} CASCADE` }]);
    }
  }
  for (const schema of schemas) {
    await batch(client, [
      patience,
      { text: `DROP SCHEMA IF EXISTS ${identifier(schema)} CASCADE` },
      { text: "DELETE FROM ctf.output WHERE pg_catalog.starts_with(name, $1 || '.')", values: [schema] },
      { text: "DELETE FROM ctf.loaded_file WHERE pg_catalog.starts_with(output, $1 || '.')", values: [schema] },
      { text: "DELETE FROM ctf.environment_schema WHERE name = $1", values: [schema] },
    ]);
  }
  const its = "SELECT id FROM ctf.run WHERE project = $1 AND prefix = $2 AND status <> 'running'";
  await batch(client, [
    { text: `DELETE FROM ctf.transform_run WHERE run IN (${its})`, values: [project, prefix] },
    {
      text: "DELETE FROM ctf.run WHERE project = $1 AND prefix = $2 AND status <> 'running'",
      values: [project, prefix],
    },
  ]);
}
