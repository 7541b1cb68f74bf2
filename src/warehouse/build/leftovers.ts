/** Closed schemas that nobody needs any more: of killed runs, and of builds that a later run made again. */
import type pg from "pg";
import { batch, rowsOf } from "../session/batch.ts";
import { RECORDS_LOCK } from "../session/locks.ts";
import { identifier } from "../names.ts";

/** Drops them. A build that can still be published by `--resume`, or that belongs to a living run, stays. */
export async function dropLeftovers(client: pg.Client): Promise<void> {
  const rows = await rowsOf(
    client,
    `SELECT n.nspname AS name FROM pg_catalog.pg_namespace n
     WHERE n.nspname ~ '^ctf_(build|old)_[0-9]+$' AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
       AND NOT EXISTS (
         SELECT FROM ctf.transform_run t JOIN ctf.run r ON r.id = t.run
         WHERE t.build_schema = pg_catalog.replace(n.nspname, 'ctf_old_', 'ctf_build_')
           AND (r.status = 'running' OR (t.status = 'built' AND NOT EXISTS (
             SELECT FROM ctf.transform_run later JOIN ctf.run its ON its.id = later.run
             WHERE later.transform = t.transform AND its.prefix = r.prefix AND later.run > t.run
               AND later.status IN ('succeeded', 'built')))))
       AND NOT EXISTS (SELECT FROM ctf.run r WHERE r.status = 'running')`,
  );
  for (const { name } of rows) {
    // Two runs that begin at once find the same ones.
    await batch(client, [
      { text: "SELECT pg_catalog.pg_advisory_xact_lock($1, 0)", values: [RECORDS_LOCK] },
      { text: `DROP SCHEMA IF EXISTS ${identifier(name as string)} CASCADE` },
    ]);
  }
}
