/** ctf.output: what CTF made, output by output. */
import { tableText, type TableName } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { qualified } from "../names.ts";
import type { Work } from "../work.ts";

/** Proof, for `ctf prune` and for the next swap, of what CTF made. */
export const recordOutput = (work: Work, output: TableName, made: readonly string[]): Statement => ({
  text: `INSERT INTO ctf.output (name, transform, relation, made, published_by)
         VALUES ($1, $2, pg_catalog.to_regclass($3)::pg_catalog.oid, $4, $5)
         ON CONFLICT (name) DO UPDATE SET transform = excluded.transform, relation = excluded.relation,
           made = excluded.made, published_by = excluded.published_by, published_at = excluded.published_at`,
  values: [tableText(output), work.planned.id, qualified(output), made, work.record.run],
});

/** The names of what CTF made on the table up to now. */
export async function madeBefore(work: Work, output: TableName): Promise<readonly string[]> {
  const rows = await rowsOf(work.client, "SELECT pg_catalog.to_jsonb(made) AS made FROM ctf.output WHERE name = $1", [
    tableText(output),
  ]);
  return (rows[0]?.["made"] as readonly string[] | undefined) ?? [];
}
