/** The table that stands under an output's name now: what it is, and everything that depends on it. */
import type pg from "pg";
import { tableText, type TableName } from "../../project/types.ts";
import { batch, type Row, type Statement } from "../session/batch.ts";
import { isGuest } from "../isolation/roles.ts";
import type { SetOnColumns } from "./around/columns.ts";
import { forCatalogs } from "./around/catalogs.ts";
import { hasOthers, readDependents, type Dependent } from "./around/pg_depend.ts";

/** Names of columns. */
interface LiveColumns {
  readonly names: readonly string[];
  readonly identities: readonly string[];
  readonly generated: readonly string[];
}

export interface Relation {
  readonly oid: number;
  /** pg_class.relkind */
  readonly kind: string;
  readonly owner: string;
  /** The role that CTF runs as. */
  readonly me: string;
  /** CTF's role may move it: it has the owner's rights, and may create in the schema. */
  readonly ours: boolean;
  /** Changes whenever something is altered on the table: columns, grants, comments, policies, indexes, constraints. */
  readonly state: string;
  readonly columns: LiveColumns;
  /** The type that it is a table of (CREATE TABLE … OF). */
  readonly ofType: string | null;
  /** Rights that its owner took from itself. */
  readonly ownerLacks: readonly string[];
  /** Row security holds for its owner too. */
  readonly forcesRowSecurity: boolean;
  readonly isPartition: boolean;
  readonly inherits: boolean;
  readonly extension: boolean;
  readonly publications: readonly string[];
  readonly subscribed: boolean;
  readonly hasStatistics: boolean;
  readonly hasForeignKeys: boolean;
  /** Roles of transforms that may read it while they run (`isolation: role`). */
  readonly guests: readonly string[];
  /** Names of the indexes, constraints and statistics that CTF made on it; null when CTF did not build it. */
  readonly made: readonly string[] | null;
  /** What CTF set on its columns; null when CTF did not build it, or did so before it kept that. */
  readonly setOnColumns: SetOnColumns | null;
  /** Empty where nothing but its own parts depends on it. */
  readonly dependents: readonly Dependent[];
}

/** The table `t` and its own parts, each as classid and objid. */
const itself = `(SELECT 'pg_catalog.pg_class'::regclass::oid AS classid, t.oid AS objid
    UNION ALL SELECT p.classid, p.objid FROM pg_catalog.pg_depend p
    WHERE p.refclassid = 'pg_catalog.pg_class'::regclass AND p.refobjid = t.oid AND p.deptype IN ('a', 'i'))`;

/** To be asked after `forCatalogs`. */
export const askForRelation = (table: TableName): Statement => ({
  text: `
WITH target AS (
  SELECT c.*, coalesce(t.typarray, 0) AS typarray, c.xmin AS version
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype
  WHERE n.nspname = $1 AND c.relname = $2
)
SELECT t.oid::bigint, t.relkind::text AS kind, pg_catalog.pg_get_userbyid(t.relowner) AS owner, current_user::text AS me,
  pg_catalog.pg_has_role(t.relowner, 'USAGE') AND pg_catalog.has_schema_privilege(t.relnamespace, 'CREATE') AS ours,
  (SELECT pg_catalog.md5(pg_catalog.string_agg(v.version, ' ' ORDER BY v.version)) FROM (
    SELECT t.version::text
    UNION ALL SELECT 'a' || a.attnum || ':' || a.xmin FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0
    UNION ALL SELECT 'i' || i.indexrelid || ':' || i.xmin FROM pg_catalog.pg_index i WHERE i.indrelid = t.oid
    UNION ALL SELECT 'k' || k.oid || ':' || k.xmin FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid
    UNION ALL SELECT 'p' || p.oid || ':' || p.xmin FROM pg_catalog.pg_policy p WHERE p.polrelid = t.oid
    UNION ALL SELECT 's' || s.oid || ':' || s.xmin FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = t.oid
    UNION ALL SELECT 'l' || l.provider || l.objsubid || ':' || l.xmin FROM pg_catalog.pg_seclabel l
      WHERE l.classoid = 'pg_catalog.pg_class'::regclass AND l.objoid = t.oid
    UNION ALL SELECT pg_catalog.concat('o', o.objid, ':', c.xmin, '.', d.objsubid, ':', d.xmin) FROM ${itself} o
      LEFT JOIN pg_catalog.pg_class c ON o.classid = 'pg_catalog.pg_class'::regclass AND c.oid = o.objid
      LEFT JOIN pg_catalog.pg_description d ON d.classoid = o.classid AND d.objoid = o.objid
  ) v (version)) AS state,
  (SELECT pg_catalog.jsonb_build_object('names', coalesce(pg_catalog.jsonb_agg(a.attname), '[]'),
      'identities', coalesce(pg_catalog.jsonb_agg(a.attname) FILTER (WHERE a.attidentity <> ''), '[]'),
      'generated', coalesce(pg_catalog.jsonb_agg(a.attname) FILTER (WHERE a.attgenerated <> ''), '[]'))
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  CASE WHEN t.reloftype <> 0 THEN pg_catalog.format_type(t.reloftype, NULL) END AS "ofType",
  (SELECT coalesce(pg_catalog.jsonb_agg(d.privilege_type), '[]') FROM pg_catalog.aclexplode(pg_catalog.acldefault('r', t.relowner)) d
    WHERE t.relacl IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(t.relacl) a
      WHERE a.grantee = t.relowner AND a.privilege_type = d.privilege_type)) AS "ownerLacks",
  t.relforcerowsecurity AS "forcesRowSecurity", t.relispartition AS "isPartition",
  EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE t.oid IN (i.inhrelid, i.inhparent)) AS inherits,
  EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e') AS extension,
  (SELECT coalesce(pg_catalog.jsonb_agg(p.pubname), '[]') FROM pg_catalog.pg_publication p
    WHERE p.puballtables
      OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel pr WHERE pr.prpubid = p.oid AND pr.prrelid = t.oid)
      OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace pn WHERE pn.pnpubid = p.oid AND pn.pnnspid = t.relnamespace)) AS publications,
  EXISTS (SELECT FROM pg_catalog.pg_subscription_rel s WHERE s.srrelid = t.oid) AS subscribed,
  EXISTS (SELECT FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = t.oid) AS "hasStatistics",
  EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'f') AS "hasForeignKeys",
  (SELECT coalesce(pg_catalog.jsonb_agg(DISTINCT r.rolname), '[]') FROM pg_catalog.aclexplode(t.relacl) a
    JOIN pg_catalog.pg_roles r ON r.oid = a.grantee WHERE ${isGuest("r.rolname")}) AS guests,
  (SELECT pg_catalog.to_jsonb(o.made) FROM ctf.output o WHERE o.name = $3 AND o.relation = t.oid) AS made,
  (SELECT o.set_on_columns FROM ctf.output o WHERE o.name = $3 AND o.relation = t.oid) AS "setOnColumns",
  ${hasOthers} AS "hasOthers"
FROM target t`,
  values: [table.schema, table.name, tableText(table)],
});

/** Divides by zero where the table is no longer what it was found to be, when nothing depended on it. */
export const assertUnchanged = (table: TableName, { dependents: _, ...facts }: Relation): Statement => {
  const { text, values = [] } = askForRelation(table);
  const same = `pg_catalog.to_jsonb(r) = $${values.length + 1}::jsonb`;
  return {
    text: `SELECT 1 / CASE WHEN ${same} THEN 1 ELSE 0 END FROM (${text}) r`,
    values: [...values, JSON.stringify({ ...facts, hasOthers: false })],
  };
};

/** The same on its own; the last of the answers is that of `askForRelation`. */
export const askForRelationFirst = (table: TableName): readonly Statement[] => [forCatalogs, askForRelation(table)];

/** Nothing, if no relation has that name. */
export async function readRelation(client: pg.Client, table: TableName): Promise<Relation | undefined> {
  const results = await batch(client, askForRelationFirst(table));
  return relationOf(client, results.at(-1)?.rows[0]);
}

/** From the row that `askForRelation` gave. */
export async function relationOf(client: pg.Client, row: Row | undefined): Promise<Relation | undefined> {
  if (!row) return undefined;
  const { hasOthers: others, ...facts } = row;
  const relation = facts as unknown as Omit<Relation, "dependents">;
  return { ...relation, dependents: others ? await readDependents(client, relation.oid) : [] };
}
