/**
 * `keep_previous`: the table that a swap replaced stays until the next one, where nobody but CTF's role may look. It is what
 * its rows are and no more: without keys, indexes, rights and policies it takes the least room, holds nobody up, and its
 * names meet no others.
 */
import { createHash } from "node:crypto";
import type pg from "pg";
import { tableText, type TableName } from "../../project/types.ts";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { notKept } from "./codes.ts";
import { databaseError, isLostConnection, problem, rememberWords, sqlstate } from "../errors.ts";
import { RECORDS_LOCK } from "../session/locks.ts";
import { identifier, literal, qualified } from "../names.ts";
import type { Work } from "../work.ts";

/** The name in full, so that tables of one name from different schemas don't meet; PostgreSQL keeps 63 bytes. */
function keptAs(output: TableName): TableName {
  const schema = "ctf_previous";
  const text = tableText(output);
  if (Buffer.byteLength(text) <= 63) return { schema, name: text };
  return { schema, name: `previous_${createHash("sha256").update(text).digest("hex").slice(0, 32)}` };
}

/**
 * After the publish, so that nobody waits for it: `left` is the old table, in its closed schema. Tells whether it was kept;
 * where it was not, the run is warned, and what is published stays so.
 */
export async function keepPrevious(work: Work, output: TableName, left: TableName): Promise<boolean> {
  const { client } = work;
  const kept = keptAs(output);
  try {
    await batch(client, [
      { text: "BEGIN" },
      // Somebody may be comparing with the one before; the next transform does not wait for that.
      { text: "SELECT pg_catalog.set_config('lock_timeout', '2s', true)" },
      // Two publishes may be the first to make the schema.
      { text: "SELECT pg_catalog.pg_advisory_xact_lock($1, 0)", values: [RECORDS_LOCK] },
      closedSchema(kept.schema),
      {
        text: `ALTER TABLE ${qualified(left)} OWNER TO CURRENT_USER, NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY`,
      },
      bare(left),
      { text: `DROP TABLE IF EXISTS ${qualified(kept)}` },
      { text: `ALTER TABLE ${qualified(left)} RENAME TO ${identifier(kept.name)}` },
      { text: `ALTER TABLE ${qualified({ ...kept, schema: left.schema })} SET SCHEMA ${identifier(kept.schema)}` },
      {
        text: `UPDATE ctf.output SET previous = pg_catalog.to_regclass($2)::pg_catalog.oid, previous_to = relation WHERE name = $1`,
        values: [tableText(output), qualified(kept)],
      },
      { text: "COMMIT" },
    ]);
    return true;
  } catch (error) {
    // Cancelled, or nobody there to talk to.
    if (!databaseError(error) || isLostConnection(error) || sqlstate(error) === "57014") throw error;
    await batch(client, [{ text: "ROLLBACK" }]);
    const { message } = problem(error, { table: tableText(kept) });
    const warning = notKept({
      message: `${tableText(output)} is published, but what it held before could not be kept: ${message}`,
      span: work.span,
      hint: `Look who uses or owns schema ${kept.schema}.`,
    });
    rememberWords(warning, error);
    work.warn(warning);
    return false;
  }
}

/** Closed also where default privileges would open it. */
const closedSchema = (schema: string): Statement => ({
  text: `DO ${literal(`DECLARE r text; BEGIN
    IF pg_catalog.to_regnamespace('${schema}') IS NOT NULL THEN RETURN; END IF;
    CREATE SCHEMA ${schema};
    COMMENT ON SCHEMA ${schema} IS 'Of transforms with keep_previous: what their tables held before they were published. Nobody else needs to read it.';
    FOR r IN SELECT DISTINCT ${grantee("a.grantee")} FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
      WHERE n.nspname = '${schema}' AND a.grantee <> n.nspowner
    LOOP EXECUTE 'REVOKE ALL ON SCHEMA ${schema} FROM ' || r; END LOOP; END`)}`,
});

const grantee = (oid: string): string =>
  `CASE ${oid} WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(${oid})) END`;

/** Takes off all that a table has beside its rows, foreign keys first. */
function bare(table: TableName): Statement {
  const name = qualified(table);
  const oid = `${literal(name)}::pg_catalog.regclass`;
  /** `$t` is the table; the values are those of the format's other places. */
  const text = (format: string, ...values: readonly string[]) =>
    `pg_catalog.format(${[literal(format.replace("$t", () => name.replaceAll("%", "%%"))), ...values].join(", ")})`;
  const columns = `pg_catalog.pg_attribute a WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped`;
  const alter = (what: string) => text(`ALTER TABLE $t ALTER %I ${what}`, "a.attname");
  const dropConstraint = text("ALTER TABLE $t DROP CONSTRAINT %I", "k.conname");
  const constraints = `pg_catalog.pg_constraint k WHERE k.conrelid = ${oid}`;
  const statements = [
    `SELECT 1, ${dropConstraint} FROM ${constraints} AND k.contype = 'f'`,
    `SELECT 2, ${dropConstraint} FROM ${constraints} AND k.contype IN ('c', 'u', 'p', 'x')`,
    `SELECT 3, ${text("DROP INDEX %s", "i.indexrelid::pg_catalog.regclass")} FROM pg_catalog.pg_index i
       WHERE i.indrelid = ${oid} AND NOT EXISTS (SELECT FROM ${constraints} AND k.conindid = i.indexrelid)`,
    `SELECT 3, ${text("DROP STATISTICS %I.%I", "n.nspname", "s.stxname")} FROM pg_catalog.pg_statistic_ext s
       JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace WHERE s.stxrelid = ${oid}`,
    `SELECT 3, ${text("DROP POLICY %I ON $t", "p.polname")} FROM pg_catalog.pg_policy p WHERE p.polrelid = ${oid}`,
    `SELECT 3, ${alter("DROP IDENTITY")} FROM ${columns} AND a.attidentity <> ''`,
    `SELECT 3, ${alter("DROP EXPRESSION")} FROM ${columns} AND a.attgenerated = 's'`,
    `SELECT 3, ${alter("DROP DEFAULT")} FROM ${columns} AND a.atthasdef AND a.attgenerated = ''`,
    `SELECT 4, ${text("REVOKE ALL ON TABLE $t FROM %s CASCADE", "g.name")} FROM (
       SELECT ${grantee("x.grantee")} AS name FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x
         WHERE c.oid = ${oid} AND x.grantee <> c.relowner
       UNION SELECT ${grantee("x.grantee")} FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
         WHERE a.attrelid = ${oid}) g`,
  ];
  return {
    text: `DO ${literal(`DECLARE r record; BEGIN
      FOR r IN SELECT s.text FROM (${statements.join("\nUNION ALL ")}) s (place, text) ORDER BY s.place
      LOOP EXECUTE r.text; END LOOP; END`)}`,
  };
}

/** The table that was kept when the output was published last; undefined where none was. */
export async function previousOf(client: pg.Client, output: TableName): Promise<TableName | undefined> {
  const kept = keptAs(output);
  try {
    const rows = await rowsOf(
      client,
      `SELECT 1 FROM ctf.output o WHERE o.name = $1 AND o.previous_to = o.relation
         AND o.previous = pg_catalog.to_regclass($2)`,
      [tableText(output), qualified(kept)],
    );
    return rows.length === 0 ? undefined : kept;
  } catch (error) {
    // No records yet, or those of an older CTF, which kept nothing.
    if (["42P01", "3F000", "42703"].includes(sqlstate(error) ?? "")) return undefined;
    throw error;
  }
}
