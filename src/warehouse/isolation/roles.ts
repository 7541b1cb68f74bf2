/**
 * Guest roles: who a transform's SQL runs as. A few for each database and role of CTF's, used by one transform after the
 * other and kept from run to run. Between logins they may not log in, and between runs they have no right at all.
 */
import type { Statement } from "../session/batch.ts";
import { GUEST_LOCK } from "../session/locks.ts";
import { identifier, literal } from "../names.ts";

/** The database's and CTF's role's oids, so that two databases, or two roles, never share one; then a number. */
const PREFIX = "ctf_guest_";

/** In SQL: whether a column holds the name of a guest role. Whoever carries grants over leaves theirs out. */
export const isGuest = (column: string): string => `pg_catalog.starts_with(${column}, '${PREFIX}')`;

const HERE = "(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())";
const MINE = `'${PREFIX}' || ${HERE} || '_' || (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) || '_'`;

/** What it still owns or may do in this database. */
const hasSomething = (role: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_shdepend s WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
     AND s.refobjid = ${role} AND s.dbid = ${HERE})`;

/** A session of a killed run may live a moment longer than the lock of its run. */
const isAway = (name: string) =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.usename = ${name}::pg_catalog.name)`;

/** Who CTF runs as, and whether that role may make others. */
export const askWhoIAm: Statement = {
  text: `SELECT r.rolname AS name, r.rolsuper OR r.rolcreaterole AS makes, r.rolsuper AS super,
    r.rolsuper OR (r.rolbypassrls AND pg_catalog.current_setting('server_version_num')::int >= 160000) AS sees
    FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`,
};

/**
 * The first guest role that no run uses, from now on this session's; with whether it is there, and has anything left. Numbers
 * are tried one by one, so there is nothing to be sorted: each that is looked at would be locked.
 */
export const claimRole = (ours: readonly string[]): Statement => ({
  text: `WITH free AS MATERIALIZED (
      SELECT ${MINE} || n AS name FROM pg_catalog.generate_series(1, 10000) n
      WHERE CASE WHEN ${MINE} || n = ANY ($1::text[]) THEN false WHEN ${isAway(`(${MINE} || n)`)}
        THEN pg_catalog.pg_try_advisory_lock(${GUEST_LOCK}, n) ELSE false END
      LIMIT 1)
    SELECT f.name, r.oid IS NOT NULL AS there, r.oid IS NOT NULL AND ${hasSomething("r.oid")} AS "hasSomething"
    FROM free f LEFT JOIN pg_catalog.pg_roles r ON r.rolname = f.name`,
  values: [ours],
});

/** Those that no living run uses and that have something left, as a killed run leaves them. */
export const claimLeftRoles: Statement = {
  text: `SELECT r.rolname AS name FROM pg_catalog.pg_roles r
    WHERE pg_catalog.starts_with(r.rolname, ${MINE}) AND ${hasSomething("r.oid")} AND ${isAway("r.rolname")}
      AND pg_catalog.pg_try_advisory_lock(${GUEST_LOCK}, pg_catalog.substring(r.rolname, '[0-9]+$')::int)`,
};

export interface Me {
  readonly name: string;
  /** It may make roles. */
  readonly makes: boolean;
  readonly super: boolean;
  /** Row-level security hides nothing from it, and it may pass that on. */
  readonly sees: boolean;
}

export const makeRole = (role: string, me: Me): readonly Statement[] => [
  { text: `CREATE ROLE ${identifier(role)} NOLOGIN` },
  // What it makes is CTF's as well.
  ...(me.super ? [] : [{ text: `GRANT ${identifier(role)} TO CURRENT_USER` }]),
];

/** What it owns is CTF's; but a function that no run has declared is not to read with CTF's rights. */
export const takeAllOf = (role: string): readonly Statement[] => [
  {
    text: `DO ${literal(`DECLARE f record; BEGIN
      FOR f IN SELECT p.oid::pg_catalog.regprocedure AS called, n.nspname || '.' || p.proname AS name
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND p.proowner = ${literal(identifier(role))}::pg_catalog.regrole
      LOOP
        CONTINUE WHEN EXISTS (SELECT FROM ctf.transform_run t WHERE f.name = ANY (t.outputs));
        EXECUTE pg_catalog.format('ALTER ROUTINE %s SECURITY INVOKER', f.called);
      END LOOP; END`)}`,
  },
  { text: `REASSIGN OWNED BY ${identifier(role)} TO CURRENT_USER` },
];

/** Takes back all rights, and what it owns: a killed `sql` transform without a transaction leaves its outputs to it. */
export const stripRole = (role: string): readonly Statement[] => [
  ...takeAllOf(role),
  { text: `DROP OWNED BY ${identifier(role)}` },
];

/** For the one login that follows. A role can change its own settings and password, but not give itself LOGIN. */
export const openDoor = (role: string, verifier: string, { sees }: Me): readonly Statement[] => [
  { text: `ALTER ROLE ${identifier(role)} RESET ALL` },
  { text: inThisDatabase(role) },
  {
    text: `DO ${literal(
      `BEGIN EXECUTE pg_catalog.format('ALTER ROLE ${identifier(role)} ${sees ? "BYPASSRLS " : ""}LOGIN PASSWORD ''${verifier}'' VALID UNTIL %L', pg_catalog.now() + interval '2 minutes'); END`,
    )}`,
  },
];

const inThisDatabase = (role: string) =>
  `DO ${literal(
    `BEGIN EXECUTE pg_catalog.format('ALTER ROLE ${identifier(role)} IN DATABASE %I RESET ALL', pg_catalog.current_database()); END`,
  )}`;

/** Who is in stays in. */
export const closeDoor = (role: string): Statement => ({
  text: `ALTER ROLE ${identifier(role)} NOLOGIN PASSWORD NULL`,
});

/**
 * For the whole run: names in all schemas may be looked up, so that a refusal names the table, and CTF's records, which are
 * everybody's, may be read. By itself this lets nothing else be read. Once a run and not for each transform: a change to a
 * schema's rights makes PostgreSQL forget every prepared plan of the database.
 */
export const letLookAround = (role: string): Statement => ({
  text: `DO ${literal(`DECLARE s text; BEGIN
    FOR s IN SELECT n.nspname FROM pg_catalog.pg_namespace n
      WHERE n.nspname !~ '^(pg_|ctf_(build|old)_[0-9]+$|ctf_previous$)' AND n.nspname <> 'information_schema'
        AND pg_catalog.has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION')
        AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(n.nspacl) a WHERE a.grantee = 0 AND a.privilege_type = 'USAGE')
    LOOP EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO ${identifier(role)}', s); END LOOP;
    IF pg_catalog.to_regnamespace('ctf') IS NOT NULL THEN GRANT SELECT ON ALL TABLES IN SCHEMA ctf TO ${identifier(role)}; END IF; END`)}`,
});
