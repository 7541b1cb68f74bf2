import { NEW, OLD } from "./names.ts";
import { roleName } from "./grants.ts";

/** Policies, whose conditions come beside the statement, and whether they are enabled. */
export const rowSecurity = `
SELECT pg_catalog.format('DROP POLICY %I ON %s', p.polname, $2::text) AS statement, NULL AS "using", NULL AS "check"
FROM pg_catalog.pg_policy p WHERE p.polrelid = ${NEW}
UNION ALL
SELECT pg_catalog.format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, $2::text,
         CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
         CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
         (SELECT pg_catalog.string_agg(${roleName("r.role")}, ', ') FROM pg_catalog.unnest(p.polroles) AS r(role))),
       pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_catalog.pg_policy p WHERE p.polrelid = ${OLD}
UNION ALL
SELECT pg_catalog.format('COMMENT ON POLICY %I ON %s IS %L', p.polname, $2::text, pg_catalog.obj_description(p.oid, 'pg_policy')), NULL, NULL
FROM pg_catalog.pg_policy p WHERE p.polrelid = ${OLD} AND pg_catalog.obj_description(p.oid, 'pg_policy') IS NOT NULL
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s %s ROW LEVEL SECURITY', $2::text, CASE WHEN o.relrowsecurity THEN 'ENABLE' ELSE 'DISABLE' END), NULL, NULL
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_class n ON n.oid = ${NEW}
WHERE o.oid = ${OLD} AND o.relrowsecurity <> n.relrowsecurity`;
