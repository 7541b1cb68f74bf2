/** What the prompt of `ctf db psql` asks the catalogues. Each takes its parameters in order and gives a table to show. */

/** Relations outside of PostgreSQL's own schemas; $1 is a pattern with `*`, or null. */
export const listRelations = `
SELECT n.nspname AS schema, c.relname AS name,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' END AS type,
       pg_catalog.pg_get_userbyid(c.relowner) AS owner,
       CASE WHEN c.reltuples >= 0 AND c.relkind IN ('r', 'm', 'p') THEN c.reltuples::bigint END AS about_rows,
       pg_catalog.obj_description(c.oid, 'pg_class') AS description
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = ANY ($2) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND ($1::text IS NULL OR c.relname LIKE $1 OR n.nspname || '.' || c.relname LIKE $1)
 ORDER BY 1, 2`;

/** $1: a relation as one writes it in SQL. */
export const listColumns = `
SELECT a.attname AS column, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attnotnull THEN 'not null' ELSE '' END AS nullable,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default,
       pg_catalog.col_description(a.attrelid, a.attnum) AS description
  FROM pg_catalog.pg_attribute a
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum`;

/** Indexes and constraints of a relation, as SQL. */
export const listIndexesAndConstraints = `
SELECT name, definition
  FROM (SELECT 1 AS part, i.indexrelid::pg_catalog.regclass::text AS name,
               pg_catalog.pg_get_indexdef(i.indexrelid) AS definition
          FROM pg_catalog.pg_index i WHERE i.indrelid = $1::pg_catalog.regclass
        UNION ALL
        SELECT 2, c.conname, pg_catalog.pg_get_constraintdef(c.oid)
          FROM pg_catalog.pg_constraint c
         WHERE c.conrelid = $1::pg_catalog.regclass AND c.contype IN ('c', 'f', 'x')) AS found
 ORDER BY part, name`;

export const cancelBackend = `SELECT pg_catalog.pg_cancel_backend($1)`;
