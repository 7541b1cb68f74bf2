import type { Client } from "pg";
import { isGuest } from "../isolation/roles.ts";
import { present } from "./rows.ts";
import type { LiveGrant } from "./types.ts";

/** Who else than the owner may do what: on the tables first, then on single columns. */
export async function readGrants(client: Client, tables: readonly number[]): Promise<LiveGrant[]> {
  const { rows } = await client.query(
    `WITH acl AS (
       SELECT c.oid AS "table", NULL::pg_catalog.text AS "column", 0 AS number, c.relowner, c.relacl AS acl
         FROM pg_catalog.pg_class c WHERE c.oid = ANY ($1::pg_catalog.oid[])
       UNION ALL
       SELECT c.oid, a.attname, a.attnum, c.relowner, a.attacl
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE c.oid = ANY ($1::pg_catalog.oid[]) AND NOT a.attisdropped)
     SELECT acl."table", acl."column",
            CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                 ELSE pg_catalog.pg_get_userbyid(x.grantee)::pg_catalog.text END AS role,
            pg_catalog.array_agg(DISTINCT x.privilege_type) AS privileges,
            x.is_grantable AS grantable
       FROM acl CROSS JOIN LATERAL pg_catalog.aclexplode(acl.acl) AS x
      WHERE x.grantee <> acl.relowner AND NOT ${isGuest("pg_catalog.pg_get_userbyid(x.grantee)")}
      GROUP BY acl."table", acl."column", acl.number, x.grantee, x.is_grantable
      ORDER BY acl."table", acl.number, 3, x.is_grantable`,
    [tables],
  );
  return rows.map((row) => present<LiveGrant>(row));
}
