import type { Client } from "pg";
import { present } from "./rows.ts";
import type { LiveStatistics } from "./types.ts";

/** Extended statistics (CREATE STATISTICS) on tables. */
export async function readStatistics(client: Client, tables: readonly number[]): Promise<LiveStatistics[]> {
  const { rows } = await client.query(
    `SELECT s.stxrelid AS "table", n.nspname AS schema, s.stxname AS name,
            pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
            ARRAY(SELECT a.attname::pg_catalog.text
                    FROM pg_catalog.unnest(s.stxkeys::pg_catalog.int2[]) WITH ORDINALITY AS k (number, place)
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = k.number
                   ORDER BY k.place) AS columns,
            coalesce(pg_catalog.pg_get_statisticsobjdef_expressions(s.oid), '{}') AS expressions,
            ARRAY(SELECT CASE k.kind WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' ELSE 'mcv' END
                    FROM pg_catalog.unnest(s.stxkind) WITH ORDINALITY AS k (kind, place)
                   WHERE k.kind IN ('d', 'f', 'm') ORDER BY k.place) AS kinds,
            pg_catalog.obj_description(s.oid, 'pg_statistic_ext') AS comment
       FROM pg_catalog.pg_statistic_ext s
       JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
      WHERE s.stxrelid = ANY ($1::pg_catalog.oid[])
      ORDER BY s.stxrelid, s.stxname`,
    [tables],
  );
  return rows.map((row) => present<LiveStatistics>(row));
}
