import type { Client } from "pg";
import { present } from "./rows.ts";
import type { LiveConstraint } from "./types.ts";

/** Names of a table's columns by their numbers, in the numbers' order. */
const columnNames = (table: string, numbers: string): string =>
  `ARRAY(SELECT a.attname::pg_catalog.text
           FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k (number, place)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.number
          ORDER BY k.place)`;

/** Primary keys, unique, check and exclusion constraints and foreign keys; NOT NULL is a column's own. */
export async function readConstraints(client: Client, tables: readonly number[]): Promise<LiveConstraint[]> {
  const { rows } = await client.query(
    `SELECT c.conrelid AS "table", c.conname AS name,
            CASE c.contype WHEN 'p' THEN 'primary_key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
                           WHEN 'f' THEN 'foreign_key' ELSE 'exclusion' END AS type,
            pg_catalog.pg_get_constraintdef(c.oid, true) AS definition,
            c.convalidated AS validated, c.condeferrable AS deferrable,
            ${columnNames("c.conrelid", "c.conkey")} AS columns,
            CASE WHEN c.contype IN ('p', 'u') THEN
              ${columnNames("c.conrelid", "(i.indkey::pg_catalog.int2[])[i.indnkeyatts:]")} END AS include,
            CASE WHEN c.contype IN ('p', 'u') THEN i.indnullsnotdistinct END AS "nullsNotDistinct",
            CASE WHEN c.contype = 'c' THEN pg_catalog.pg_get_expr(c.conbin, c.conrelid, true) END AS expression,
            CASE WHEN c.contype = 'f' THEN pg_catalog.json_build_object(
              'schema', rn.nspname, 'name', r.relname, 'columns', ${columnNames("c.confrelid", "c.confkey")}) END
              AS "references",
            CASE WHEN c.contype = 'f' THEN
              c.confupdtype <> 'a' OR c.confdeltype <> 'a' OR c.confmatchtype <> 's' END AS special,
            pg_catalog.obj_description(c.oid, 'pg_constraint') AS comment
       FROM pg_catalog.pg_constraint c
       LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.conindid
       LEFT JOIN pg_catalog.pg_class r ON r.oid = c.confrelid
       LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
      WHERE c.conrelid = ANY ($1::pg_catalog.oid[]) AND c.contype IN ('p', 'u', 'c', 'f', 'x')
      ORDER BY c.conrelid, pg_catalog.strpos('pucfx', c.contype::pg_catalog.text), c.conname`,
    [tables],
  );
  return rows.map((row) => present<LiveConstraint>(row));
}
