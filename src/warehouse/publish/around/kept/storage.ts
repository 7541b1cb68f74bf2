/** How a table, its columns, indexes, statistics and sequences are stored and sampled. */
import { mayActFor, NEW, OLD, onNew, sameIndexes, sameSequences, sameStatistics } from "./names.ts";

const alterColumn = (what: string, value: string) =>
  `SELECT pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET ${what}', $2::text, a.attname, ${value})
   FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
   WHERE a.attrelid = ${OLD} AND a.attnum > 0 AND NOT a.attisdropped AND ${onNew("a.attname")}`;

const optionsText = (options: string, prefix = "''") =>
  `(SELECT pg_catalog.string_agg(${prefix} || pg_catalog.quote_ident(p.option_name) || ' = ' || pg_catalog.quote_literal(p.option_value), ', ')
    FROM pg_catalog.pg_options_to_table(${options}) p)`;

/** What makes PostgreSQL write the table anew, in one statement, so that it does so once. */
const rewritten = `
SELECT 'ALTER TABLE ' || $2::text || ' ' || pg_catalog.concat_ws(', ',
    CASE WHEN o.relpersistence = 'u' AND n.relpersistence <> 'u' THEN 'SET UNLOGGED' END,
    CASE WHEN o.relam <> n.relam THEN 'SET ACCESS METHOD ' || pg_catalog.quote_ident((SELECT am.amname FROM pg_catalog.pg_am am WHERE am.oid = o.relam)) END,
    CASE WHEN s.oid IS NOT NULL AND o.reltablespace <> n.reltablespace THEN 'SET TABLESPACE ' || pg_catalog.quote_ident(s.spcname) END) AS statement
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_class n ON n.oid = ${NEW} LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = o.reltablespace
WHERE o.oid = ${OLD} AND (o.relpersistence = 'u' AND n.relpersistence <> 'u' OR o.relam <> n.relam OR s.oid IS NOT NULL AND o.reltablespace <> n.reltablespace)`;

const ofIndexes = `
SELECT pg_catalog.format('ALTER INDEX %s SET (%s)', n.indexrelid::regclass, ${optionsText("oc.reloptions")})
FROM ${sameIndexes()} AND oc.reloptions IS NOT NULL AND oc.reloptions IS DISTINCT FROM nc.reloptions
UNION ALL
SELECT pg_catalog.format('ALTER INDEX %s SET TABLESPACE %I', n.indexrelid::regclass, s.spcname)
FROM ${sameIndexes("JOIN pg_catalog.pg_tablespace s ON s.oid = oc.reltablespace")} AND oc.reltablespace <> nc.reltablespace
UNION ALL
SELECT pg_catalog.format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', n.indexrelid::regclass, a.attnum, a.attstattarget)
FROM ${sameIndexes("JOIN pg_catalog.pg_attribute a ON a.attrelid = o.indexrelid")} AND a.attstattarget >= 0
UNION ALL
SELECT pg_catalog.format('ALTER INDEX %s DEPENDS ON EXTENSION %I', n.indexrelid::regclass, e.extname)
FROM ${sameIndexes(`JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = o.indexrelid AND d.deptype = 'x'
  JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid`)}
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', $2::text, nc.relname) FROM ${sameIndexes()} AND o.indisreplident
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s CLUSTER ON %I', $2::text, nc.relname) FROM ${sameIndexes()} AND o.indisclustered`;

const ofStatistics = `
SELECT pg_catalog.format('ALTER STATISTICS %I.%I SET STATISTICS %s', ns.nspname, n.stxname, o.stxstattarget)
FROM ${sameStatistics()} AND o.stxstattarget >= 0`;

const cycle = "CASE WHEN os.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END";
const sameSettings = sameSequences(
  "JOIN pg_catalog.pg_sequence os ON os.seqrelid = o.oid JOIN pg_catalog.pg_sequence ns ON ns.seqrelid = n.oid",
);

/** Its name comes last: the other statements call it as it was made. */
const ofSequences = `
SELECT pg_catalog.format('ALTER SEQUENCE %s INCREMENT %s MINVALUE %s MAXVALUE %s START %s CACHE %s %s', n.oid::regclass,
  os.seqincrement, os.seqmin, os.seqmax, os.seqstart, os.seqcache, ${cycle})
FROM ${sameSettings} AND (os.seqincrement, os.seqmin, os.seqmax, os.seqstart, os.seqcache, os.seqcycle)
  <> (ns.seqincrement, ns.seqmin, ns.seqmax, ns.seqstart, ns.seqcache, ns.seqcycle) AND os.seqtypid = ns.seqtypid
UNION ALL
SELECT pg_catalog.format('ALTER SEQUENCE %s RENAME TO %I', n.oid::regclass, o.relname) FROM ${sameSequences()} AND o.relname <> n.relname`;

export const storage = `
${rewritten}
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s SET (%s)', $2::text, pg_catalog.concat_ws(', ', ${optionsText("c.reloptions")}, ${optionsText("t.reloptions", "'toast.'")}))
FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
WHERE c.oid = ${OLD} AND (c.reloptions IS NOT NULL OR t.reloptions IS NOT NULL)
UNION ALL ${alterColumn("STATISTICS %s", "a.attstattarget")} AND a.attstattarget >= 0
UNION ALL ${alterColumn("STORAGE %s", "CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END")}
  AND a.attstorage <> t.typstorage
  AND EXISTS (SELECT FROM pg_catalog.pg_attribute n WHERE n.attrelid = ${NEW} AND n.attname = a.attname AND n.atttypid = a.atttypid)
UNION ALL ${alterColumn("COMPRESSION %s", "CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END")} AND a.attcompression IN ('p', 'l')
UNION ALL ${alterColumn("(%s)", "pg_catalog.array_to_string(a.attoptions, ', ')")} AND a.attoptions IS NOT NULL
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY %s', $2::text, CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
FROM pg_catalog.pg_class c WHERE c.oid = ${OLD} AND c.relreplident IN ('f', 'n')
UNION ALL ${ofIndexes}
UNION ALL ${ofStatistics}
UNION ALL ${ofSequences}`;

/** Statistics have an owner of their own: those that CTF may hand over, with their new ones' names. */
export const statisticsOwners = `
SELECT pg_catalog.format('%I.%I', ns.nspname, n.stxname) AS name, pg_catalog.pg_get_userbyid(o.stxowner) AS owner
FROM ${sameStatistics()} AND o.stxowner <> n.stxowner AND ${mayActFor("o.stxowner")}`;
