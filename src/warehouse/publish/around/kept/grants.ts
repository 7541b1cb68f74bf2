/** Who may do what with a relation: on the whole, on its columns, on the sequences of its identity columns. */
import type pg from "pg";
import { isGuest } from "../../../isolation/roles.ts";
import { identifier } from "../../../names.ts";
import { batch, type Row, type Statement } from "../../../session/batch.ts";
import { mayActFor, NEW, OLD, onNew, sameSequences } from "./names.ts";

export const roleName = (oid: string): string =>
  `CASE ${oid} WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(${oid})) END`;

const withGrantOption = "CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END";

/** Who passed a right on, where CTF's role may act for them; for all others the owner gives it. */
const by = (owner: string) => `
  CASE WHEN a.grantor <> ${owner} AND ${mayActFor("a.grantor")} THEN pg_catalog.pg_get_userbyid(a.grantor) END AS "by"`;

/**
 * `relation` is an SQL expression for an oid, `name` one for the quoted name of the relation that is to get them. Who passes
 * a right on has it from one that stands before.
 */
export const tableGrants = (relation: string, name: string): string => `
SELECT pg_catalog.format('GRANT %s ON %s TO %s%s', a.privilege_type, ${name}, ${roleName("a.grantee")}, ${withGrantOption}) AS statement,
  ${by("c.relowner")}, 1 AS place, a.ordinality AS number
FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) WITH ORDINALITY a
WHERE c.oid = ${relation} AND a.grantee <> c.relowner`;

export const columnGrants = (relation: string, name: string): string => `
SELECT pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type, t.attname, ${name}, ${roleName("a.grantee")}, ${withGrantOption}) AS statement,
  ${by("c.relowner")}, 2 AS place, a.ordinality AS number
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped,
  pg_catalog.aclexplode(t.attacl) WITH ORDINALITY a
WHERE c.oid = ${relation} AND a.grantee <> c.relowner`;

/** Takes all privileges away, such as those that default privileges gave. */
export const revokes = (relation: string, name: string): string => `
SELECT pg_catalog.format('REVOKE ALL ON %s FROM %s CASCADE', ${name}, ${roleName("g.grantee")}) AS statement,
  NULL::name AS "by", 0 AS place, 0::bigint AS number
FROM (
  SELECT a.grantee FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a WHERE c.oid = ${relation} AND a.grantee <> c.relowner
  UNION
  SELECT a.grantee FROM pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) a
  WHERE t.attrelid = ${relation} AND a.grantee <> (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = ${relation})
) g`;

/** What guests may do for the moment is given to a new table when it is published: they may be gone by then. */
export const noGuest = (grantee: string): string => `NOT ${isGuest(`pg_catalog.pg_get_userbyid(${grantee})`)}`;

const sequenceGrants = `
SELECT pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s CASCADE', n.oid::regclass, ${roleName("a.grantee")}),
  NULL::name, 0, 0::bigint
FROM ${sameSequences("CROSS JOIN LATERAL pg_catalog.aclexplode(n.relacl) a")} AND a.grantee <> n.relowner
UNION ALL
SELECT pg_catalog.format('GRANT %s ON SEQUENCE %s TO %s%s', a.privilege_type, n.oid::regclass, ${roleName("a.grantee")}, ${withGrantOption}),
  ${by("o.relowner")}, 3, a.ordinality
FROM ${sameSequences("CROSS JOIN LATERAL pg_catalog.aclexplode(o.relacl) WITH ORDINALITY a")} AND a.grantee <> o.relowner`;

/** Of the type of the table's rows. Everybody may use a type unless that was taken away. */
const typeGrants = `
SELECT pg_catalog.format('REVOKE ALL ON TYPE %s FROM %s CASCADE', $2::text, ${roleName("a.grantee")}), NULL::name, 0, 0::bigint
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_type ot ON ot.oid = o.reltype AND ot.typacl IS NOT NULL
JOIN pg_catalog.pg_class n ON n.oid = ${NEW} JOIN pg_catalog.pg_type nt ON nt.oid = n.reltype,
  LATERAL pg_catalog.aclexplode(coalesce(nt.typacl, pg_catalog.acldefault('T', nt.typowner))) a
WHERE o.oid = ${OLD} AND a.grantee <> nt.typowner
UNION ALL
SELECT pg_catalog.format('GRANT %s ON TYPE %s TO %s%s', a.privilege_type, $2::text, ${roleName("a.grantee")}, ${withGrantOption}),
  ${by("t.typowner")}, 4, a.ordinality
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_type t ON t.oid = o.reltype, pg_catalog.aclexplode(t.typacl) WITH ORDINALITY a
WHERE o.oid = ${OLD} AND a.grantee <> t.typowner`;

export const grants = `
SELECT g.statement, g."by" FROM (
  ${revokes(NEW, "$2::text")}
  UNION ALL ${tableGrants(OLD, "$2::text")} AND ${noGuest("a.grantee")}
  UNION ALL ${columnGrants(OLD, "$2::text")} AND ${onNew("t.attname")}
  UNION ALL ${sequenceGrants}
  UNION ALL ${typeGrants}
) g ORDER BY g.place, g.number`;

/** Those who passed rights on have to see the closed schema for the moment, which nobody else knows of. */
export function granting(rows: readonly Row[], schema: string): readonly Statement[] {
  return rows.flatMap((row) => {
    const statement = { text: row["statement"] as string };
    const by = row["by"] as string | null;
    if (by === null) return [statement];
    return [
      { text: `GRANT USAGE ON SCHEMA ${identifier(schema)} TO ${identifier(by)}` },
      ...actingFor(by, statement),
      { text: `REVOKE USAGE ON SCHEMA ${identifier(schema)} FROM ${identifier(by)}` },
    ];
  });
}

export const actingFor = (role: string, statement: Statement): readonly Statement[] => [
  { text: `SET LOCAL ROLE ${identifier(role)}` },
  statement,
  { text: "RESET ROLE" },
];

/** First build: the default privileges of the target schema ($2), which do not apply in the closed one. $1: the table. */
const defaultPrivileges = `
SELECT pg_catalog.format('GRANT %s ON %s TO %s%s', a.privilege_type, t.name, ${roleName("a.grantee")}, ${withGrantOption}) AS statement
FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace, pg_catalog.aclexplode(d.defaclacl) a,
  LATERAL (
    SELECT $1::text WHERE d.defaclobjtype = 'r'
    UNION ALL SELECT 'SEQUENCE ' || s.objid::regclass FROM pg_catalog.pg_depend s
    WHERE d.defaclobjtype = 'S' AND s.classid = 'pg_catalog.pg_class'::regclass AND s.refclassid = 'pg_catalog.pg_class'::regclass
      AND s.refobjid = pg_catalog.to_regclass($1) AND s.refobjsubid > 0 AND s.deptype = 'i'
  ) t (name)
WHERE d.defaclrole = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) AND n.nspname = $2`;

/** A first build gets the default privileges of the schema that it goes to. */
export async function applyDefaultPrivileges(client: pg.Client, built: string, schema: string): Promise<void> {
  const [result] = await batch(client, [{ text: defaultPrivileges, values: [built, schema] }]);
  await batch(
    client,
    (result?.rows ?? []).map((row) => ({ text: row["statement"] as string })),
  );
}
