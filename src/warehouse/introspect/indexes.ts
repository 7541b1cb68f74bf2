import type { Client } from "pg";
import { present } from "./rows.ts";
import type { LiveIndex, LiveIndexKey } from "./types.ts";

/** Indexes that someone asked for; those that only stand behind a constraint are left out. */
export async function readIndexes(client: Client, tables: readonly number[]): Promise<LiveIndex[]> {
  const { rows } = await client.query(
    `SELECT i.indrelid AS "table", c.relname AS name,
            pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
            i.indisunique AS "unique", i.indnullsnotdistinct AS "nullsNotDistinct", i.indisvalid AS valid,
            am.amname AS method, pg_catalog.pg_indexam_has_property(am.oid, 'can_order') AS ordered,
            pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) AS "where",
            coalesce(c.reloptions, '{}') AS options,
            pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
            ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = i.indexrelid AND a.attnum > i.indnkeyatts ORDER BY a.attnum) AS include,
            (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                      'column', tc.attname,
                      'expression', CASE WHEN tc.attname IS NULL
                                         THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.place, true) ||
                                              coalesce(' COLLATE ' || co.oid::pg_catalog.regcollation, '') END,
                      'order', CASE WHEN i.indoption[k.place - 1] & 1 = 1 THEN 'desc' ELSE 'asc' END,
                      'nulls', CASE WHEN i.indoption[k.place - 1] & 2 = 2 THEN 'first' ELSE 'last' END,
                      'opclass', CASE WHEN NOT o.opcdefault OR ka.attoptions IS NOT NULL
                                      THEN CASE WHEN pg_catalog.pg_opclass_is_visible(o.oid) THEN ''
                                                ELSE pg_catalog.quote_ident(onsp.nspname) || '.' END ||
                                           pg_catalog.quote_ident(o.opcname) ||
                                           coalesce(' (' || pg_catalog.array_to_string(ka.attoptions, ', ') || ')', '')
                                  END,
                      'collation', CASE WHEN i.indcollation[k.place - 1] <> tc.attcollation
                                        THEN i.indcollation[k.place - 1]::pg_catalog.regcollation END)
                    ORDER BY k.place)
               FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS k (place)
               JOIN pg_catalog.pg_attribute ka ON ka.attrelid = i.indexrelid AND ka.attnum = k.place
               JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[k.place - 1]
               JOIN pg_catalog.pg_namespace onsp ON onsp.oid = o.opcnamespace
               LEFT JOIN pg_catalog.pg_collation co
                 ON co.oid = i.indcollation[k.place - 1] AND co.oid <> 'pg_catalog."default"'::pg_catalog.regcollation
               LEFT JOIN pg_catalog.pg_attribute tc
                 ON tc.attrelid = i.indrelid AND tc.attnum = i.indkey[k.place - 1] AND tc.attnum <> 0) AS keys
       FROM pg_catalog.pg_index i
       JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
       JOIN pg_catalog.pg_am am ON am.oid = c.relam
      WHERE i.indrelid = ANY ($1::pg_catalog.oid[])
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                         WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
      ORDER BY i.indrelid, c.relname`,
    [tables],
  );
  return rows.map((row) => ({
    ...present<LiveIndex>(row),
    keys: (row.keys as Record<string, unknown>[]).map((key) => present<LiveIndexKey>(key)),
  }));
}
