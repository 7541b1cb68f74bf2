import type { Client } from "pg";
import type { TableName } from "../../project/types.ts";
import { present } from "./rows.ts";
import type { LiveRelation } from "./types.ts";

const SELECT_RELATIONS = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name,
         CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned_table' WHEN 'v' THEN 'view'
                        WHEN 'm' THEN 'materialized_view' ELSE 'foreign_table' END AS kind,
         pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text AS owner,
         pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
         coalesce(c.reloptions, '{}') AS options,
         CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid, true) END AS query
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')`;

/** Those of the named tables and views that exist, in the order of the names. */
export async function findRelations(client: Client, names: readonly TableName[]): Promise<LiveRelation[]> {
  const { rows } = await client.query(
    `${SELECT_RELATIONS}
     AND (n.nspname, c.relname) IN (SELECT s, t FROM ROWS FROM (
           pg_catalog.unnest($1::pg_catalog.name[]), pg_catalog.unnest($2::pg_catalog.name[])) AS wanted (s, t))`,
    [names.map((n) => n.schema), names.map((n) => n.name)],
  );
  const found = rows.map((row) => present<LiveRelation>(row));
  return names.flatMap((n) => found.filter((f) => f.schema === n.schema && f.name === n.name));
}

/** All tables and views of a schema by name, without the partitions, which belong to their table. */
export async function relationsIn(client: Client, schema: string): Promise<LiveRelation[]> {
  const { rows } = await client.query(
    `${SELECT_RELATIONS} AND n.nspname = $1 AND NOT c.relispartition ORDER BY c.relname`,
    [schema],
  );
  return rows.map((row) => present<LiveRelation>(row));
}
