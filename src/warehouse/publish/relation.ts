/** The table that stands under an output's name now: what it is, and everything that depends on it. */
import type pg from "pg";
import { tableText, type TableName } from "../../project/types.ts";
import { batch, type Row, type Statement } from "../session/batch.ts";
import { isGuest } from "../isolation/roles.ts";
import { forCatalogs } from "./around/catalogs.ts";
import { hasOthers, readDependents, type Dependent } from "./around/pg_depend.ts";

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
  /** Empty where nothing but its own parts depends on it. */
  readonly dependents: readonly Dependent[];
}

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
    UNION ALL SELECT 'd' || d.objsubid || ':' || d.xmin FROM pg_catalog.pg_description d
      WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = t.oid
  ) v (version)) AS state,
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
