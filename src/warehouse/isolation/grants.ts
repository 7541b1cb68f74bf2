/** What a guest role may do for one transform: given before, taken back after, and never anything besides. */
import type { TableName } from "../../project/types.ts";
import { batch, type Statement } from "../session/batch.ts";
import { sqlstate } from "../errors.ts";
import { PUBLISH_LOCK } from "../session/locks.ts";
import { identifier, literal, qualified } from "../names.ts";
import type { Work } from "../work.ts";

export interface Allowed {
  readonly reads: readonly TableName[];
  /** Tables and views whose rows it changes, where they are there. */
  readonly writes: readonly TableName[];
  /** It may let its tables refer to what it reads. */
  readonly refers: boolean;
}

const READ = "SELECT";
/** Statements may also let a new table refer to an input. */
const READ_AND_REFER = "SELECT, REFERENCES";
const WRITE = "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER";

/**
 * All that change rights, so that nobody meets another: concurrent grants on one table fail ("tuple concurrently updated"), and
 * a publish alters the same rows of the catalog. Held as short as a publish holds it.
 */
const lock: Statement = { text: "SELECT pg_catalog.pg_advisory_xact_lock($1, 0)", values: [PUBLISH_LOCK] };

/**
 * Gives what is allowed, after `first` and, under the lock, `also`: all in one transaction. What is not there, or not CTF's to pass on, is left out; the SQL
 * will hear of it.
 */
export async function allow(
  { client }: Pick<Work, "client">,
  role: string,
  allowed: Allowed,
  { first, also }: { readonly first: readonly Statement[]; readonly also: readonly Statement[] },
): Promise<void> {
  const { reads, writes } = allowed;
  const one = reads.length === 0 ? [] : [grantAll(role, reads)];
  const asInput = allowed.refers ? READ_AND_REFER : READ;
  const each = [
    ...reads.map((table) => grantWhereIs(role, table, asInput)),
    ...writes.map((table) => grantWhereIs(role, table, WRITE)),
  ];
  if (writes.length === 0 && !allowed.refers) {
    try {
      const rights = [...also, ...one];
      await batch(client, rights.length === 0 ? first : [...first, lock, ...rights]);
      return;
    } catch (error) {
      // One is not there, CTF may not pass it on, or somebody alters it by hand in this moment.
      if (!["42P01", "3F000", "42501", "XX000"].includes(sqlstate(error) ?? "")) throw error;
    }
  }
  await batch(client, [...first, lock, ...also, ...each]);
}

const grantAll = (role: string, tables: readonly TableName[]): Statement => ({
  text: `GRANT ${READ} ON ${tables.map(qualified).join(", ")} TO ${identifier(role)}`,
});

/** Where it is there, and CTF may pass it on; with the sequences that number its rows. */
const grantWhereIs = (role: string, table: TableName, rights: string): Statement => ({
  text: `DO ${literal(`DECLARE relation pg_catalog.oid := pg_catalog.to_regclass(${literal(qualified(table))}); s text; BEGIN
    IF relation IS NULL OR NOT pg_catalog.has_table_privilege(relation, '${READ} WITH GRANT OPTION') THEN RETURN; END IF;
    ${againWhereMet(`GRANT ${rights} ON ${qualified(table)} TO ${identifier(role)}`)}${rights !== WRITE ? "" : sequences(role)} END`)}`,
});

const sequences = (role: string): string => `
    FOR s IN SELECT d.objid::pg_catalog.regclass FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.objid
      WHERE d.refobjid = relation AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'a' AND c.relkind = 'S'
    LOOP EXECUTE 'GRANT ALL ON SEQUENCE ' || s || ' TO ${identifier(role)}'; END LOOP;`;

/**
 * Takes all of it back, on relations, whatever they are called by now. CTF's records, which it may read for the whole run, are
 * left out.
 */
export const takeBack = (role: string): readonly Statement[] => [
  lock,
  {
    text: `DO ${literal(`DECLARE r record; BEGIN
    FOR r IN SELECT n.nspname, c.relname FROM pg_catalog.pg_shdepend s
        JOIN pg_catalog.pg_class c ON c.oid = s.objid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.refobjid = ${literal(identifier(role))}::pg_catalog.regrole
        AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
        AND s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND s.deptype = 'a' AND n.nspname <> 'ctf'
    LOOP ${againWhereMet(`EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %I.%I FROM ${identifier(role)}', r.nspname, r.relname)`)} END LOOP; END`)}`,
  },
];

/** That it may make something anywhere, as a transform of statements may that failed; also in what was its closed schema. */
export const takeBackSchemas = (role: string): Statement => ({
  text: `DO ${literal(`DECLARE r record; BEGIN
    FOR r IN SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE EXISTS (SELECT FROM pg_catalog.aclexplode(n.nspacl) a
      WHERE a.grantee = ${literal(identifier(role))}::pg_catalog.regrole AND a.privilege_type = 'CREATE')
    LOOP EXECUTE pg_catalog.format('REVOKE CREATE ON SCHEMA %I FROM ${identifier(role)}', r.nspname); END LOOP; END`)}`,
});

/** Whoever alters a table by hand in the same moment makes PostgreSQL refuse this; a moment later it does not. */
const againWhereMet = (statement: string): string => `FOR tries IN 1 .. 50 LOOP
      BEGIN ${statement}; EXIT;
      EXCEPTION WHEN internal_error THEN IF tries = 50 THEN RAISE; END IF; PERFORM pg_catalog.pg_sleep(0.01); END;
    END LOOP;`;
