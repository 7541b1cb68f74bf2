import { isGuest } from "../../isolation/roles.ts";

/**
 * What people have set on a published relation beside its definition, as the statements that set it on its successor.
 * PostgreSQL writes them itself: each query gives one a row, in column `statement`.
 */
const role = (oid: string) =>
  `CASE ${oid} WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(${oid})) END`;

const withGrantOption = "CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END";

/** `relation` is an SQL expression for an oid, `name` one for the quoted name of the relation that is to get them. */
export const tableGrants = (relation: string, name: string): string => `
SELECT pg_catalog.format('GRANT %s ON %s TO %s%s', a.privilege_type, ${name}, ${role("a.grantee")}, ${withGrantOption}) AS statement
FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
WHERE c.oid = ${relation} AND a.grantee <> c.relowner`;

export const columnGrants = (relation: string, name: string): string => `
SELECT pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type, t.attname, ${name}, ${role("a.grantee")}, ${withGrantOption}) AS statement
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, pg_catalog.aclexplode(t.attacl) a
WHERE c.oid = ${relation} AND a.grantee <> c.relowner`;

/** Takes all privileges away, such as those that default privileges gave. */
export const revokes = (relation: string, name: string): string => `
SELECT pg_catalog.format('REVOKE ALL ON %s FROM %s', ${name}, ${role("g.grantee")}) AS statement
FROM (
  SELECT a.grantee FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a WHERE c.oid = ${relation} AND a.grantee <> c.relowner
  UNION
  SELECT a.grantee FROM pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) a WHERE t.attrelid = ${relation}
) g`;

/** What guests may do for the moment is given to a new table when it is published: they may be gone by then. */
const noGuest = (grantee: string): string => `NOT ${isGuest(`pg_catalog.pg_get_userbyid(${grantee})`)}`;

// The rest is for tables: $1 is the old one's oid, $2 the new one's name, quoted.

const built = "pg_catalog.to_regclass($2)";
const onBuilt = (attribute: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_attribute n WHERE n.attrelid = ${built} AND n.attname = ${attribute} AND NOT n.attisdropped)`;

/**
 * Which of all this an old table has at all: most have little, and to plan the other queries takes longer than to run
 * them. $1: its oid; $2: the names of what CTF made on it.
 */
export const whatThereIs = `
SELECT
  EXISTS (SELECT FROM pg_catalog.aclexplode(t.relacl) a WHERE a.grantee <> t.relowner AND ${noGuest("a.grantee")})
    OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid AND a.attacl IS NOT NULL)
    OR EXISTS (SELECT FROM pg_catalog.pg_default_acl d WHERE d.defaclnamespace = 0) AS grants,
  EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = t.oid)
    OR EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_description d ON d.objoid = i.indexrelid
      WHERE i.indrelid = t.oid AND d.classoid = 'pg_catalog.pg_class'::regclass)
    OR EXISTS (SELECT FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_description d ON d.objoid = k.oid
      WHERE k.conrelid = t.oid AND d.classoid = 'pg_catalog.pg_constraint'::regclass) AS comments,
  t.reloptions IS NOT NULL OR t.relreplident <> 'd' OR t.relpersistence = 'u' OR t.reltablespace <> 0
    OR EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = t.oid AND i.indisclustered)
    OR EXISTS (SELECT FROM pg_catalog.pg_class o WHERE o.oid = t.reltoastrelid AND o.reloptions IS NOT NULL)
    OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND (a.attstattarget >= 0 OR a.attoptions IS NOT NULL
      OR a.attcompression <> '' OR a.attstorage <> (SELECT y.typstorage FROM pg_catalog.pg_type y WHERE y.oid = a.atttypid))) AS storage,
  t.relrowsecurity OR EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = t.oid) AS "rowSecurity",
  EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = t.oid
      AND (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = i.indexrelid) <> ALL ($2::text[]))
    OR EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid AND k.contype <> 'n' AND k.conname <> ALL ($2::text[]))
    OR EXISTS (SELECT FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = t.oid AND s.stxname <> ALL ($2::text[])) AS "byHand"
FROM pg_catalog.pg_class t WHERE t.oid = $1::bigint::oid`;

export const grants = `
${revokes(built, "$2::text")}
UNION ALL ${tableGrants("$1::bigint::oid", "$2::text")} AND ${noGuest("a.grantee")}
UNION ALL ${columnGrants("$1::bigint::oid", "$2::text")} AND ${onBuilt("t.attname")}`;

/** The old table's indexes (o) with those of the same name on the new one (n). */
const sameIndexes = `
  pg_catalog.pg_index o JOIN pg_catalog.pg_class oc ON oc.oid = o.indexrelid
  JOIN pg_catalog.pg_index n ON n.indrelid = ${built} JOIN pg_catalog.pg_class nc ON nc.oid = n.indexrelid AND nc.relname = oc.relname
WHERE o.indrelid = $1::bigint::oid`;

/** Only where the declaration does not comment: $3 lists the columns that it describes, and "" for the table itself. */
export const comments = `
SELECT CASE c.number WHEN 0 THEN pg_catalog.format('COMMENT ON TABLE %s IS %L', $2::text, c.was)
                     ELSE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', $2::text, c.name, c.was) END AS statement
FROM (
  SELECT 0 AS number, '' AS name, pg_catalog.obj_description($1::bigint::oid, 'pg_class') AS was, pg_catalog.obj_description(${built}, 'pg_class') AS now
  UNION ALL
  SELECT o.attnum, o.attname, pg_catalog.col_description(o.attrelid, o.attnum), pg_catalog.col_description(n.attrelid, n.attnum)
  FROM pg_catalog.pg_attribute o JOIN pg_catalog.pg_attribute n ON n.attrelid = ${built} AND n.attname = o.attname
  WHERE o.attrelid = $1::bigint::oid AND o.attnum > 0 AND NOT o.attisdropped
) c
WHERE c.was IS DISTINCT FROM c.now AND c.name <> ALL ($3::text[])
UNION ALL
SELECT pg_catalog.format('COMMENT ON INDEX %s IS %L', n.indexrelid::regclass, pg_catalog.obj_description(o.indexrelid, 'pg_class'))
FROM ${sameIndexes} AND pg_catalog.obj_description(o.indexrelid, 'pg_class') IS NOT NULL
UNION ALL
SELECT pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', o.conname, $2::text, pg_catalog.obj_description(o.oid, 'pg_constraint'))
FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_constraint n ON n.conrelid = ${built} AND n.conname = o.conname
WHERE o.conrelid = $1::bigint::oid AND pg_catalog.obj_description(o.oid, 'pg_constraint') IS NOT NULL`;

const alterColumn = (what: string, value: string) =>
  `SELECT pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET ${what}', $2::text, a.attname, ${value})
   FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
   WHERE a.attrelid = $1::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped AND ${onBuilt("a.attname")}`;

/** Storage parameters of the table and its TOAST table, and what is set for single columns. */
export const storage = `
SELECT pg_catalog.format('ALTER TABLE %s SET (%s)', $2::text, pg_catalog.string_agg(o.prefix || pg_catalog.quote_ident(o.option_name)
         || ' = ' || pg_catalog.quote_literal(o.option_value), ', ')) AS statement
FROM (
  SELECT '' AS prefix, p.* FROM pg_catalog.pg_class c, pg_catalog.pg_options_to_table(c.reloptions) p WHERE c.oid = $1::bigint::oid
  UNION ALL
  SELECT 'toast.', p.* FROM pg_catalog.pg_class c JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid,
    pg_catalog.pg_options_to_table(t.reloptions) p WHERE c.oid = $1::bigint::oid
) o HAVING count(*) > 0
UNION ALL ${alterColumn("STATISTICS %s", "a.attstattarget")} AND a.attstattarget >= 0
UNION ALL ${alterColumn("STORAGE %s", "CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END")}
  AND a.attstorage <> t.typstorage
  AND EXISTS (SELECT FROM pg_catalog.pg_attribute n WHERE n.attrelid = ${built} AND n.attname = a.attname AND n.atttypid = a.atttypid)
UNION ALL ${alterColumn("COMPRESSION %s", "CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END")} AND a.attcompression IN ('p', 'l')
UNION ALL ${alterColumn("(%s)", "pg_catalog.array_to_string(a.attoptions, ', ')")} AND a.attoptions IS NOT NULL
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY %s', $2::text, CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
FROM pg_catalog.pg_class c WHERE c.oid = $1::bigint::oid AND c.relreplident IN ('f', 'n')
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', $2::text, nc.relname) FROM ${sameIndexes} AND o.indisreplident
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s CLUSTER ON %I', $2::text, nc.relname) FROM ${sameIndexes} AND o.indisclustered
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s SET UNLOGGED', $2::text) FROM pg_catalog.pg_class c WHERE c.oid = $1::bigint::oid AND c.relpersistence = 'u'
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s SET TABLESPACE %I', $2::text, s.spcname)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace WHERE c.oid = $1::bigint::oid`;

/** Policies, whose conditions come beside the statement, and whether they are enabled. */
export const rowSecurity = `
SELECT pg_catalog.format('DROP POLICY %I ON %s', p.polname, $2::text) AS statement, NULL AS "using", NULL AS "check"
FROM pg_catalog.pg_policy p WHERE p.polrelid = ${built}
UNION ALL
SELECT pg_catalog.format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, $2::text,
         CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
         CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
         (SELECT pg_catalog.string_agg(${role("r.role")}, ', ') FROM pg_catalog.unnest(p.polroles) AS r(role))),
       pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_catalog.pg_policy p WHERE p.polrelid = $1::bigint::oid
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s %s ROW LEVEL SECURITY', $2::text, CASE WHEN o.relrowsecurity THEN 'ENABLE' ELSE 'DISABLE' END), NULL, NULL
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_class n ON n.oid = ${built}
WHERE o.oid = $1::bigint::oid AND o.relrowsecurity <> n.relrowsecurity`;

/** First build: the default privileges of the target schema ($2), which do not apply in the closed one. $1: the table. */
export const defaultPrivileges = `
SELECT pg_catalog.format('GRANT %s ON %s TO %s%s', a.privilege_type, $1::text, ${role("a.grantee")}, ${withGrantOption}) AS statement
FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace, pg_catalog.aclexplode(d.defaclacl) a
WHERE d.defaclobjtype = 'r' AND d.defaclrole = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) AND n.nspname = $2`;
