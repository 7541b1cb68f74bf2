import { noGuest } from "./grants.ts";

const index = (condition: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = t.oid AND (${condition}))`;

const columns = (condition: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND (${condition}))`;

const statistics = (condition: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = t.oid AND (${condition}))`;

/** Whether CTF set it on the column, as its records say; it did where they say nothing. */
const set = (what: string) => `coalesce($3::jsonb -> a.attname ? '${what}', $3::jsonb IS NULL)`;

/**
 * Which of all that people may set an old table has at all: most have little, and to plan the other queries takes longer than
 * to run them. $1: its oid; $2: the names of what CTF made on it; $3: what CTF set on its columns.
 */
export const whatThereIs = `
SELECT
  EXISTS (SELECT FROM pg_catalog.aclexplode(t.relacl) a WHERE a.grantee <> t.relowner AND ${noGuest("a.grantee")})
    OR ${columns("a.attacl IS NOT NULL OR a.attidentity <> ''")}
    OR EXISTS (SELECT FROM pg_catalog.pg_type y WHERE y.oid = t.reltype AND y.typacl IS NOT NULL)
    OR EXISTS (SELECT FROM pg_catalog.pg_default_acl d WHERE d.defaclnamespace = 0) AS grants,
  EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = t.oid
      OR d.classoid = 'pg_catalog.pg_type'::regclass AND d.objoid = t.reltype)
    OR EXISTS (SELECT FROM pg_catalog.pg_seclabel l WHERE l.classoid = 'pg_catalog.pg_class'::regclass AND l.objoid = t.oid)
    OR ${index("EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid)")}
    OR ${statistics("EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_statistic_ext'::regclass AND d.objoid = s.oid)")}
    OR ${columns("a.attidentity <> ''")}
    OR EXISTS (SELECT FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_description d ON d.objoid = k.oid
      WHERE k.conrelid = t.oid AND d.classoid = 'pg_catalog.pg_constraint'::regclass) AS comments,
  t.reloptions IS NOT NULL OR t.relreplident <> 'd' OR t.relpersistence = 'u' OR t.reltablespace <> 0
    OR t.relam <> (SELECT m.oid FROM pg_catalog.pg_am m WHERE m.amname = pg_catalog.current_setting('default_table_access_method'))
    OR ${index(`i.indisclustered OR c.reloptions IS NOT NULL OR c.reltablespace <> 0
      OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0)
      OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'x')`)}
    OR ${statistics("s.stxstattarget >= 0 OR s.stxowner <> t.relowner OR s.stxnamespace <> t.relnamespace")}
    OR EXISTS (SELECT FROM pg_catalog.pg_class o WHERE o.oid = t.reltoastrelid AND o.reloptions IS NOT NULL)
    OR ${columns(`a.attstattarget >= 0 OR a.attoptions IS NOT NULL OR a.attidentity <> '' OR a.attcompression <> ''
      OR a.attstorage <> (SELECT y.typstorage FROM pg_catalog.pg_type y WHERE y.oid = a.atttypid)`)} AS storage,
  t.relrowsecurity OR EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = t.oid) AS "rowSecurity",
  ${index("c.relname <> ALL ($2::text[])")}
    OR EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid AND k.contype <> 'n' AND k.conname <> ALL ($2::text[]))
    OR ${columns(`a.attnotnull AND NOT ${set("not null")} OR a.atthasdef AND a.attgenerated = '' AND NOT ${set("default")}
      OR a.attcollation <> (SELECT y.typcollation FROM pg_catalog.pg_type y WHERE y.oid = a.atttypid)`)}
    OR ${statistics("s.stxname <> ALL ($2::text[])")} AS "byHand"
FROM pg_catalog.pg_class t WHERE t.oid = $1::bigint::oid`;
