/** Tables and views that the records prove CTF built, and that no definition names any more. */
import type pg from "pg";
import type { TableName } from "../../project/types.ts";
import { batch, rowsOf } from "../batch.ts";
import { sqlstate } from "../errors.ts";
import { qualified } from "../names.ts";

export interface Abandoned extends TableName {
  readonly type: "table" | "view";
  /** The transform that built it. */
  readonly transform: string;
  readonly publishedAt: string;
  readonly bytes: number;
}

/**
 * The proof is the oid: a table that somebody made anew under the same name is not listed. `prefix`: the environment's, empty
 * for a target without; what others have in the same database is none of its business.
 */
export async function findAbandoned(
  client: pg.Client,
  { project, prefix }: { readonly project: string; readonly prefix: string },
  declared: readonly string[],
): Promise<readonly Abandoned[]> {
  try {
    const rows = await rowsOf(
      client,
      `SELECT n.nspname AS schema, c.relname AS name, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS type,
         o.transform, pg_catalog.to_char(o.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "publishedAt",
         pg_catalog.pg_total_relation_size(c.oid) AS bytes
       FROM ctf.output o
       JOIN ctf.run r ON r.id = o.published_by
       JOIN pg_catalog.pg_class c ON c.oid = o.relation
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE r.project = $1 AND r.prefix = $3 AND n.nspname || '.' || c.relname = o.name AND o.name <> ALL ($2::text[])
       ORDER BY c.relkind DESC, o.name`,
      [project, declared, prefix],
    );
    return rows as unknown as readonly Abandoned[];
  } catch (error) {
    if (["42P01", "3F000"].includes(sqlstate(error) ?? "")) return [];
    throw error;
  }
}

/** Drops one, if nothing depends on it. @throws BatchError */
export async function dropAbandoned(client: pg.Client, relation: Abandoned): Promise<void> {
  await batch(client, [
    { text: "SELECT pg_catalog.set_config('lock_timeout', '5s', true)" },
    { text: `DROP ${relation.type === "view" ? "VIEW" : "TABLE"} ${qualified(relation)}` },
    { text: "DELETE FROM ctf.output WHERE name = $1", values: [`${relation.schema}.${relation.name}`] },
  ]);
}
