/**
 * Tables and views that the records prove CTF built, and that no definition names any more; and what their tables held before,
 * where that is kept (`keep_previous`) and no definition asks for it.
 */
import type pg from "pg";
import { tableText, type TableName } from "../../project/types.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { sqlstate } from "../errors.ts";
import { qualified } from "../names.ts";

export interface Abandoned extends TableName {
  readonly type: "table" | "view" | "previous";
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
  declared: { readonly outputs: readonly string[]; readonly keeping: readonly string[] },
): Promise<readonly Abandoned[]> {
  try {
    const rows = await rowsOf(
      client,
      // Views before the tables that they read, and all before the records of their output are gone.
      `SELECT * FROM (SELECT n.nspname AS schema, c.relname AS name, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS type,
         o.transform, pg_catalog.to_char(o.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "publishedAt",
         pg_catalog.pg_total_relation_size(c.oid) AS bytes
       FROM ctf.output o
       JOIN ctf.run r ON r.id = o.published_by
       JOIN pg_catalog.pg_class c ON c.oid = o.relation
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE r.project = $1 AND r.prefix = $3 AND n.nspname || '.' || c.relname = o.name AND o.name <> ALL ($2::text[])
       UNION ALL
       SELECT n.nspname, c.relname, 'previous', o.transform,
         pg_catalog.to_char(o.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), pg_catalog.pg_total_relation_size(c.oid)
       FROM ctf.output o
       JOIN ctf.run r ON r.id = o.published_by
       JOIN pg_catalog.pg_class c ON c.oid = o.previous
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ctf_previous'
       WHERE r.project = $1 AND r.prefix = $3 AND o.name <> ALL ($4::text[])) a
       ORDER BY a.type = 'previous' DESC, a.type DESC, a.schema, a.name`,
      [project, declared.outputs, prefix, declared.keeping],
    );
    return rows as unknown as readonly Abandoned[];
  } catch (error) {
    if (["42P01", "3F000", "42703"].includes(sqlstate(error) ?? "")) return [];
    throw error;
  }
}

/** Drops one, if nothing depends on it. @throws BatchError */
export async function dropAbandoned(client: pg.Client, relation: Abandoned): Promise<void> {
  await batch(client, [
    { text: "SELECT pg_catalog.set_config('lock_timeout', '5s', true)" },
    relation.type === "previous"
      ? {
          text: "UPDATE ctf.output SET previous = NULL, previous_to = NULL WHERE previous = pg_catalog.to_regclass($1)",
          values: [qualified(relation)],
        }
      : { text: "DELETE FROM ctf.output WHERE name = $1", values: [tableText(relation)] },
    { text: `DROP ${relation.type === "view" ? "VIEW" : "TABLE"} ${qualified(relation)}` },
  ]);
}
