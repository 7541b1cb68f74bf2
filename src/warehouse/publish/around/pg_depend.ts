/** Everything in pg_depend that leads to a table, its types, indexes and constraints. */
import type pg from "pg";
import { batch, type Statement } from "../../session/batch.ts";
import { forCatalogs } from "./catalogs.ts";

/** One row of pg_depend that leads to the table, its types, or its constraints. */
export interface Dependent {
  /** PostgreSQL's own words: `materialized view quality.gaps`. */
  readonly description: string;
  readonly catalog: string;
  readonly oid: number;
  /** deptype of pg_depend */
  readonly type: string;
  /** The table's column that is used, when it is one column: its name, and its type in PostgreSQL's words and numbers. */
  readonly column: string | null;
  readonly columnType: string | null;
  readonly typeOid: number | null;
  readonly typmod: number | null;
  /** It depends on a constraint of the table, as a view does that groups by the primary key. */
  readonly onConstraint: boolean;
  /** What it belongs to: the view of a rule, the table of a constraint, trigger, policy, index … */
  readonly relation: number | null;
  readonly relationKind: string | null;
  /** contype for constraints, `internal` for triggers that PostgreSQL made */
  readonly detail: string | null;
}

/** What others may depend on; `t` is a row of pg_class with its array type as typarray. */
const parts = `
  SELECT v.classid::pg_catalog.oid, v.oid FROM (VALUES ('pg_catalog.pg_class'::regclass, t.oid),
    ('pg_catalog.pg_type'::regclass, t.reltype), ('pg_catalog.pg_type'::regclass, t.typarray)) AS v (classid, oid) WHERE v.oid <> 0
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, k.oid FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass, i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = t.oid`;

const isOf = (catalog: string, column: string): string =>
  `WHEN 'pg_catalog.${catalog}'::regclass THEN EXISTS (SELECT FROM pg_catalog.${catalog} o WHERE o.oid = d.objid AND o.${column} = t.oid)`;

/**
 * Whether there is anything but the table's own parts: a condition on `t`. Most tables have nothing more, and finding
 * out what it is takes PostgreSQL's planner longer than all the rest.
 */
export const hasOthers = `EXISTS (
  SELECT FROM (${parts}) p JOIN pg_catalog.pg_depend d ON d.refclassid = p.classid AND d.refobjid = p.oid
  WHERE NOT CASE d.classid
    WHEN 'pg_catalog.pg_class'::regclass THEN d.deptype = 'i' OR EXISTS (
      SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = d.objid AND i.indrelid = t.oid)
    WHEN 'pg_catalog.pg_type'::regclass THEN d.objid IN (t.reltype, t.typarray)
    ${isOf("pg_constraint", "conrelid")}
    ${isOf("pg_attrdef", "adrelid")}
    ${isOf("pg_policy", "polrelid")}
    ${isOf("pg_statistic_ext", "stxrelid")}
    ELSE false END)`;

/** $1: the table's oid. */
const target = `WITH target AS (
  SELECT c.oid, c.reltype, coalesce(t.typarray, 0) AS typarray FROM pg_catalog.pg_class c
  LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype WHERE c.oid = $1::bigint::oid
)`;

/** Gives one row, whose `others` says whether `readDependents` has anything to tell. */
export const askForOthers = (oid: number): Statement => ({
  text: `${target} SELECT ${hasOthers} AS others FROM target t`,
  values: [oid],
});

const dependents = `${target}
SELECT DISTINCT
  CASE WHEN rw.rulename = '_RETURN' THEN pg_catalog.pg_describe_object('pg_catalog.pg_class'::regclass, rw.ev_class, 0)
    ELSE pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) END AS description,
  d.classid::regclass::text AS catalog, d.objid::bigint AS oid, d.deptype::text AS type,
  a.attname AS "column", pg_catalog.format_type(a.atttypid, a.atttypmod) AS "columnType",
  a.atttypid::bigint AS "typeOid", a.atttypmod AS typmod,
  p.classid = 'pg_catalog.pg_constraint'::regclass AS "onConstraint",
  r.oid::bigint AS relation, r.relkind::text AS "relationKind",
  CASE WHEN k.oid IS NOT NULL THEN k.contype::text WHEN tg.tgisinternal THEN 'internal' WHEN rw.rulename = '_RETURN' THEN 'view' END AS detail
FROM target t, LATERAL (${parts}) p
JOIN pg_catalog.pg_depend d ON d.refclassid = p.classid AND d.refobjid = p.oid
  AND d.classid <> 'pg_catalog.pg_publication_rel'::regclass -- asked for by itself
LEFT JOIN pg_catalog.pg_attribute a ON p.classid = 'pg_catalog.pg_class'::regclass AND a.attrelid = p.oid
  AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
LEFT JOIN pg_catalog.pg_rewrite rw ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND rw.oid = d.objid
LEFT JOIN pg_catalog.pg_constraint k ON d.classid = 'pg_catalog.pg_constraint'::regclass AND k.oid = d.objid
LEFT JOIN pg_catalog.pg_trigger tg ON d.classid = 'pg_catalog.pg_trigger'::regclass AND tg.oid = d.objid
LEFT JOIN pg_catalog.pg_policy po ON d.classid = 'pg_catalog.pg_policy'::regclass AND po.oid = d.objid
LEFT JOIN pg_catalog.pg_attrdef ad ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND ad.oid = d.objid
LEFT JOIN pg_catalog.pg_statistic_ext sx ON d.classid = 'pg_catalog.pg_statistic_ext'::regclass AND sx.oid = d.objid
LEFT JOIN pg_catalog.pg_index ix ON d.classid = 'pg_catalog.pg_class'::regclass AND ix.indexrelid = d.objid
LEFT JOIN pg_catalog.pg_type ty ON d.classid = 'pg_catalog.pg_type'::regclass AND ty.oid = d.objid
LEFT JOIN pg_catalog.pg_type el ON el.oid = ty.typelem AND ty.typelem <> 0
LEFT JOIN pg_catalog.pg_class r ON r.oid = coalesce(rw.ev_class, NULLIF(k.conrelid, 0), tg.tgrelid, po.polrelid, ad.adrelid,
  sx.stxrelid, ix.indrelid, NULLIF(ty.typrelid, 0), NULLIF(el.typrelid, 0),
  CASE WHEN d.classid = 'pg_catalog.pg_class'::regclass THEN d.objid END)`;

export async function readDependents(client: pg.Client, oid: number): Promise<readonly Dependent[]> {
  const [, result] = await batch(client, [forCatalogs, { text: dependents, values: [oid] }]);
  return (result?.rows ?? []) as unknown as readonly Dependent[];
}
