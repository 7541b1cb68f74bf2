/** Tables without foreign keys, for tests that say table by table what each holds. */
import type pg from "pg";
import { batch, rowsOf } from "../session/batch.ts";

/**
 * Those of people's own statements are there (declared ones are left out of a testbed's tables): with them, no table could
 * be given other rows while another refers to the old ones.
 */
export async function dropForeignKeys(client: pg.Client): Promise<void> {
  const keys = await rowsOf(
    client,
    `SELECT pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::pg_catalog.regclass, c.conname) AS text
     FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
     WHERE c.contype = 'f' AND c.conparentid = 0 AND n.nspname <> 'ctf'`,
  );
  if (keys.length > 0)
    await batch(
      client,
      keys.map(({ text }) => ({ text: text as string })),
    );
}
