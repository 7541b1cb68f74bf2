/** What is said of a table and of its parts: comments, and the labels of security providers. */
import { NEW, OLD, onNew, sameIndexes, sameSequences, sameStatistics } from "./names.ts";

const said = (kind: string, name: string, oid: string, catalog: string, from: string) => `
SELECT pg_catalog.format('COMMENT ON ${kind} %s IS %L', ${name}, pg_catalog.obj_description(${oid}, '${catalog}'))
FROM ${from} AND pg_catalog.obj_description(${oid}, '${catalog}') IS NOT NULL`;

/** Only where the declaration does not comment: $3 lists the columns that it describes, and "" for the table itself. */
export const comments = `
SELECT CASE c.number WHEN 0 THEN pg_catalog.format('COMMENT ON TABLE %s IS %L', $2::text, c.was)
                     ELSE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', $2::text, c.name, c.was) END AS statement
FROM (
  SELECT 0 AS number, '' AS name, pg_catalog.obj_description(${OLD}, 'pg_class') AS was, pg_catalog.obj_description(${NEW}, 'pg_class') AS now
  UNION ALL
  SELECT o.attnum, o.attname, pg_catalog.col_description(o.attrelid, o.attnum), pg_catalog.col_description(n.attrelid, n.attnum)
  FROM pg_catalog.pg_attribute o JOIN pg_catalog.pg_attribute n ON n.attrelid = ${NEW} AND n.attname = o.attname
  WHERE o.attrelid = ${OLD} AND o.attnum > 0 AND NOT o.attisdropped
) c
WHERE c.was IS DISTINCT FROM c.now AND c.name <> ALL ($3::text[])
UNION ALL ${said("TYPE", "$2::text", "o.reltype", "pg_type", `pg_catalog.pg_class o WHERE o.oid = ${OLD}`)}
UNION ALL ${said("INDEX", "n.indexrelid::regclass", "o.indexrelid", "pg_class", sameIndexes())}
UNION ALL ${said("SEQUENCE", "n.oid::regclass", "o.oid", "pg_class", sameSequences())}
UNION ALL ${said("STATISTICS", "pg_catalog.format('%I.%I', ns.nspname, n.stxname)", "o.oid", "pg_statistic_ext", sameStatistics())}
UNION ALL
SELECT pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', o.conname, $2::text, pg_catalog.obj_description(o.oid, 'pg_constraint'))
FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_constraint n ON n.conrelid = ${NEW} AND n.conname = o.conname
WHERE o.conrelid = ${OLD} AND pg_catalog.obj_description(o.oid, 'pg_constraint') IS NOT NULL
UNION ALL
SELECT pg_catalog.format('SECURITY LABEL FOR %I ON %s IS %L', l.provider,
         CASE l.objsubid WHEN 0 THEN 'TABLE ' || $2::text ELSE pg_catalog.format('COLUMN %s.%I', $2::text, a.attname) END, l.label)
FROM pg_catalog.pg_seclabel l LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND l.objsubid > 0
WHERE l.classoid = 'pg_catalog.pg_class'::regclass AND l.objoid = ${OLD} AND (l.objsubid = 0 OR ${onNew("a.attname")})`;
