/** What stands in an environment's schemas, and which of it CTF can prove to have made. */
import type pg from "pg";
import { rowsOf } from "../session/batch.ts";

/** An environment: a project's schemas with one prefix. */
export interface Whose {
  readonly project: string;
  readonly prefix: string;
}

export interface EnvironmentSummary {
  readonly target: string;
  readonly prefix: string;
  readonly schemas: number;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly lastRunAt: string | null;
}

export type ObjectType = "view" | "materialized view" | "table" | "function" | "sequence" | "type";

interface StandingObject {
  readonly type: ObjectType;
  readonly schema: string;
  /** Quoted where it must be; a function's with its arguments. */
  readonly identity: string;
  readonly bytes: number;
  /** The records prove that CTF made it. */
  readonly ours: boolean;
}

export interface Contents {
  readonly schemas: readonly string[];
  readonly objects: readonly StandingObject[];
  /** What stands elsewhere and depends on something in it, in PostgreSQL's words. */
  readonly dependents: readonly string[];
}

const iso = (value: string) => `pg_catalog.to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** The schemas that CTF made for it, and that are still the same ones. $1: project, $2: prefix. */
const SCHEMAS = `SELECT n.oid, n.nspname AS name, e.target, e.prefix, e.made_at
  FROM ctf.environment_schema e JOIN pg_catalog.pg_namespace n ON n.nspname = e.name AND n.oid = e.schema
  WHERE e.project = $1`;

export const environments = async (client: pg.Client, project: string): Promise<readonly EnvironmentSummary[]> =>
  (await rowsOf(
    client,
    `SELECT s.target, s.prefix, pg_catalog.count(*) AS schemas, ${iso("pg_catalog.min(s.made_at)")} AS "madeAt",
       (SELECT coalesce(pg_catalog.sum(pg_catalog.pg_total_relation_size(c.oid)), 0)::bigint FROM pg_catalog.pg_class c
        WHERE c.relnamespace = ANY (pg_catalog.array_agg(s.oid)) AND c.relkind IN ('r', 'm')) AS bytes,
       (SELECT ${iso("pg_catalog.max(r.started_at)")} FROM ctf.run r WHERE r.project = $1 AND r.prefix = s.prefix) AS "lastRunAt"
     FROM (${SCHEMAS}) s GROUP BY s.target, s.prefix ORDER BY s.prefix`,
    [project],
  )) as unknown as readonly EnvironmentSummary[];

export async function contentsOf(client: pg.Client, whose: Whose): Promise<Contents> {
  const values = [whose.project, whose.prefix];
  const mine = `SELECT s.oid, s.name FROM (${SCHEMAS}) s WHERE s.prefix = $2`;
  const schemas = await rowsOf(client, `${mine} ORDER BY 2`, values);
  const objects = await rowsOf(client, objectsIn(mine), values);
  const dependents = await rowsOf(client, dependentsOn(mine), values);
  return {
    schemas: schemas.map(({ name }) => name as string),
    objects: objects as unknown as readonly StandingObject[],
    dependents: dependents.map(({ description }) => description as string),
  };
}

/** A function is ours where a run of the environment has made an output of that name; a load makes a table for its rejects. */
const objectsIn = (mine: string) => `
WITH mine AS (${mine}), made AS (
  SELECT DISTINCT o.name, t.kind FROM ctf.run r JOIN ctf.transform_run t ON t.run = r.id, pg_catalog.unnest(t.outputs) o (name)
  WHERE r.project = $1 AND r.prefix = $2
)
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE 'table' END AS type, m.name AS schema,
  pg_catalog.format('%I.%I', m.name, c.relname) AS identity,
  CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_total_relation_size(c.oid) ELSE 0 END AS bytes,
  EXISTS (SELECT FROM ctf.output o WHERE o.relation = c.oid AND o.name = m.name || '.' || c.relname)
    OR (c.relkind = 'r' AND EXISTS (SELECT FROM made WHERE made.kind = 'load' AND made.name || '_rejects' = m.name || '.' || c.relname)) AS ours
FROM mine m JOIN pg_catalog.pg_class c ON c.relnamespace = m.oid
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c') AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND c.relkind = 'S'
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT 'table', m.name, pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.pg_total_relation_size(c.oid), true
FROM mine m JOIN ctf.output o ON pg_catalog.starts_with(o.name, m.name || '.') JOIN pg_catalog.pg_class c ON c.oid = o.previous
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ctf_previous'
UNION ALL
SELECT 'function', m.name, pg_catalog.format('%I.%I(%s)', m.name, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)), 0,
  EXISTS (SELECT FROM made WHERE made.name = m.name || '.' || p.proname)
FROM mine m JOIN pg_catalog.pg_proc p ON p.pronamespace = m.oid
UNION ALL
SELECT 'type', m.name, pg_catalog.format('%I.%I', m.name, t.typname), 0, false
FROM mine m JOIN pg_catalog.pg_type t ON t.typnamespace = m.oid WHERE t.typtype IN ('e', 'd', 'r')
ORDER BY 1, 3`;

const dependentsOn = (mine: string) => `
WITH mine AS (${mine}), inside AS (
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS class, c.oid FROM mine m JOIN pg_catalog.pg_class c ON c.relnamespace = m.oid
  UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid FROM mine m JOIN pg_catalog.pg_proc p ON p.pronamespace = m.oid
  UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid FROM mine m JOIN pg_catalog.pg_type t ON t.typnamespace = m.oid
), outer_objects AS (
  SELECT d.classid, d.objid, d.objsubid, coalesce(
    (SELECT c.relnamespace FROM pg_catalog.pg_class c WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objid),
    (SELECT c.relnamespace FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.oid = d.objid),
    (SELECT c.relnamespace FROM pg_catalog.pg_attrdef a JOIN pg_catalog.pg_class c ON c.oid = a.adrelid WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND a.oid = d.objid),
    (SELECT c.relnamespace FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND t.oid = d.objid),
    (SELECT k.connamespace FROM pg_catalog.pg_constraint k WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.oid = d.objid),
    (SELECT p.pronamespace FROM pg_catalog.pg_proc p WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = d.objid),
    (SELECT t.typnamespace FROM pg_catalog.pg_type t WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = d.objid)
  ) AS schema
  FROM inside i JOIN pg_catalog.pg_depend d ON d.refclassid = i.class AND d.refobjid = i.oid
)
SELECT DISTINCT pg_catalog.pg_describe_object(classid, objid, objsubid) AS description FROM outer_objects o
JOIN pg_catalog.pg_namespace n ON n.oid = o.schema
WHERE o.schema NOT IN (SELECT oid FROM mine) AND n.nspname !~ '^pg_toast' ORDER BY 1`;
