/**
 * The declared outputs of a `sql` transform are lent to its guest, who then is their owner: within its transaction, so nobody
 * else ever sees that. A view whose owner changed for others to see would read with the guest's rights.
 */
import type pg from "pg";
import type { Output } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { identifier, literal, qualified } from "../names.ts";
import { described, OWNED } from "./build.ts";

/** Something that stands under a declared name. */
export interface Standing {
  readonly output: number;
  readonly oid: number;
  /** As ALTER calls it. */
  readonly sort: "TABLE" | "VIEW" | "MATERIALIZED VIEW" | "FOREIGN TABLE" | "ROUTINE";
  /** Quoted, with its schema and the types of its arguments. */
  readonly name: string;
  readonly owner: string;
}

const textArray = (values: readonly (string | null)[]): string =>
  `ARRAY[${values.map((value) => (value === null ? "NULL" : literal(value))).join(", ")}]::pg_catalog.text[]`;

const signatureOf = (output: Output): string | null =>
  output.type === "function" && output.arguments ? `${qualified(output)}(${output.arguments.join(", ")})` : null;

/** A function without declared arguments stands for all of its name. */
function standing(outputs: readonly Output[]): string {
  const named = outputs.map((output) => (output.type === "file" ? undefined : output));
  const columns = [
    outputs.map(({ type }) => type),
    named.map((one) => one?.schema ?? null),
    named.map((one) => one?.name ?? null),
    outputs.map(signatureOf),
  ];
  const declared = `ROWS FROM (${columns.map((values) => `pg_catalog.unnest(${textArray(values)})`).join(", ")})
    WITH ORDINALITY w (type, schema, name, signature, n) JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema`;
  return `SELECT w.n AS output, c.oid::bigint AS oid, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
      WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS sort,
    pg_catalog.format('%I.%I', s.nspname, c.relname) AS name, c.relowner AS owned
  FROM ${declared} JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = w.name
  WHERE w.type <> 'function' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION ALL
  SELECT w.n, p.oid::bigint, 'ROUTINE',
    pg_catalog.format('%I.%I(%s)', s.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)), p.proowner
  FROM ${declared} JOIN pg_catalog.pg_proc p ON p.pronamespace = s.oid AND p.proname = w.name
  WHERE w.type = 'function' AND (w.signature IS NULL OR p.oid = pg_catalog.to_regprocedure(w.signature))`;
}

/** What stands under the declared names now, as this session sees it. Names are whole where its search_path is empty. */
export async function standingOutputs(client: pg.Client, outputs: readonly Output[]): Promise<readonly Standing[]> {
  if (outputs.length === 0) return [];
  const rows = await rowsOf(
    client,
    `SELECT s.*, pg_catalog.pg_get_userbyid(s.owned) AS owner FROM (${standing(outputs)}) s ORDER BY s.output, s.oid`,
  );
  return rows.map((row) => ({ ...(row as unknown as Standing), output: (row["output"] as number) - 1 }));
}

/** The body of a deputy that makes the guest the owner of what CTF's role owns of it. */
export const lending = (role: string, outputs: readonly Output[]): string => `DECLARE r record; BEGIN
FOR r IN SELECT s.* FROM (${standing(outputs)}) s
  WHERE s.owned <> ${literal(identifier(role))}::pg_catalog.regrole AND pg_catalog.pg_has_role(s.owned, 'USAGE')
LOOP EXECUTE pg_catalog.format('ALTER %s %s OWNER TO ${identifier(role)}', r.sort, r.name); END LOOP;
END`;

/** What was another role's goes back to it, if it is still the same; all else that the guest owns is CTF's. */
export const givingBack = (
  role: string,
  me: string,
  before: readonly Standing[],
  now: readonly Standing[],
): readonly Statement[] => [
  ...now
    .filter(({ oid, owner }) => owner === role && before.some((was) => was.oid === oid && was.owner !== me))
    .map(({ oid, sort, name }) => ({
      text: `ALTER ${sort} ${name} OWNER TO ${identifier(before.find((was) => was.oid === oid)!.owner)}`,
    })),
  { text: `REASSIGN OWNED BY ${identifier(role)} TO ${identifier(me)}` },
];

/**
 * Tables, views and functions that the guest has made and that are not declared, nor a part of what is. What can't be
 * declared, such as types, needs no word.
 */
export const askForUndeclared = (role: string, outputs: readonly Output[]): Statement => ({
  text: `WITH declared AS (${standing(outputs)}), made AS (${OWNED.replace("$1", literal(role))})
    SELECT ${described("m")} FROM made m
    LEFT JOIN pg_catalog.pg_class c ON m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = m.objid
    WHERE (c.relkind IN ('r', 'p', 'v', 'm', 'f')
        OR m.classid IN ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_default_acl'::pg_catalog.regclass))
      AND NOT EXISTS (SELECT FROM declared d WHERE d.oid = m.objid::bigint)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend p JOIN declared d ON d.oid = p.refobjid::bigint
        WHERE p.classid = m.classid AND p.objid = m.objid AND p.deptype IN ('a', 'i'))
    UNION ALL
    SELECT NULL, '', 'foreign key by which another table''s changes run code of this one' FROM declared d JOIN pg_catalog.pg_constraint k
      ON k.conrelid::bigint = d.oid AND k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
    WHERE k.confrelid::bigint <> ALL (SELECT o.oid FROM declared o) AND (${hasCode})`,
});

/**
 * Rows that a foreign key deletes or changes are changed with the rights of the table's owner, which CTF is by then: its
 * triggers too, and its checks, index expressions and generated columns. `k.conrelid` is the table.
 */
const hasCode = `EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = k.conrelid AND NOT t.tgisinternal)
  OR EXISTS (SELECT FROM pg_catalog.pg_depend u JOIN pg_catalog.pg_proc p ON u.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      AND p.oid = u.refobjid AND p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
    WHERE (u.classid, u.objid) IN (
      SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, c.oid FROM pg_catalog.pg_constraint c WHERE c.conrelid = k.conrelid
      UNION ALL SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, a.oid FROM pg_catalog.pg_attrdef a WHERE a.adrelid = k.conrelid
      UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = k.conrelid))`;

/**
 * The default privileges that these would have, had CTF's role made them; ${"`sort`"} and ${"`name`"} are those of a standing
 * output.
 */
export async function defaultPrivileges(client: pg.Client, made: readonly Standing[]): Promise<readonly Statement[]> {
  if (made.length === 0) return [];
  const rows = await rowsOf(
    client,
    `SELECT pg_catalog.format('GRANT %s ON %s %s TO %s%s', a.privilege_type, CASE w.sort WHEN 'ROUTINE' THEN 'ROUTINE' ELSE 'TABLE' END,
         w.name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,
         CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS statement
     FROM pg_catalog.pg_default_acl d
     JOIN ROWS FROM (pg_catalog.unnest($1::bigint[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[])) AS w (oid, sort, name)
       ON d.defaclobjtype = CASE w.sort WHEN 'ROUTINE' THEN 'f' ELSE 'r' END::"char"
     LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace,
     pg_catalog.aclexplode(d.defaclacl) a
     WHERE d.defaclrole = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) AND a.grantee <> d.defaclrole
       AND (n.oid IS NULL OR pg_catalog.starts_with(w.name, pg_catalog.quote_ident(n.nspname) || '.'))`,
    [made.map(({ oid }) => String(oid)), made.map(({ sort }) => sort), made.map(({ name }) => name)],
  );
  return rows.map(({ statement }) => ({ text: statement as string }));
}
