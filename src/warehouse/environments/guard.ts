/**
 * The last look before a transaction of an environment commits: has it changed anything outside? Whatever the way there was
 * (a function that somebody else wrote, a trigger), PostgreSQL holds the lock of what was changed until the end, and what
 * was written into its catalog bears the transaction's number.
 */
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { changedOutside } from "./codes.ts";
import { runSteps, type Step } from "../session/steps.ts";
import type { Work } from "../work.ts";

/** Locks that reading takes, also for a foreign key, change nothing. */
const READING = ["AccessShareLock", "RowShareLock"];

/** A schema by its name; that of things that stand in none is NULL, and they are outside. */
const outside = (schema: string): string =>
  `coalesce(${schema} <> ALL ($1) AND ${schema} <> 'ctf' AND ${schema} !~ '^(pg_|ctf_(build|old)_[0-9]+$)', true)`;

const MINE = `l.pid = pg_catalog.pg_backend_pid() AND l.granted`;
const HERE = `l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())`;

/**
 * A function that is replaced, or a right that is granted, shows in its catalog's row alone: what can be seen and is not
 * committed yet is this transaction's. Its parts (savepoints) have numbers of their own, none of them lower than its first.
 */
const written = (row: string) => `CASE WHEN pg_catalog.age(${row}.xmin) <= 0 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id_if_assigned()::text::bigint - pg_catalog.age(${row}.xmin))::text::pg_catalog.xid8) = 'in progress' END`;

const NAME = "pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(";
const RELATIONS = `SELECT ${NAME}c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND ${outside("n.nspname")}`;
const FUNCTIONS = `SELECT ${NAME}p.proname) || '()' AS name
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND ${outside("n.nspname")}`;
/** Those of rows and arrays come and go with others. */
const BY_ITSELF = "t.typrelid = 0 AND t.typcategory <> 'A'";
const TYPES = `SELECT 'type ' || ${NAME}t.typname) AS name
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace AND ${outside("n.nspname")}`;
const SCHEMAS = `SELECT 'schema ' || pg_catalog.quote_ident(n.nspname) AS name FROM pg_catalog.pg_namespace n WHERE ${outside("n.nspname")}`;

/** Things of a catalog that stand in schemas, or in none. */
const ofCatalog = (catalog: string, schema?: string): string =>
  `SELECT pg_catalog.pg_describe_object(x.tableoid, x.oid, 0) AS name FROM pg_catalog.${catalog} x
    ${schema ? `JOIN pg_catalog.pg_namespace n ON n.oid = x.${schema} AND ${outside("n.nspname")}` : ""} WHERE ${written("x")}`;
const OTHERS = [
  ofCatalog("pg_operator", "oprnamespace"),
  ofCatalog("pg_opclass", "opcnamespace"),
  ofCatalog("pg_collation", "collnamespace"),
  ofCatalog("pg_conversion", "connamespace"),
  ofCatalog("pg_ts_config", "cfgnamespace"),
  ofCatalog("pg_ts_dict", "dictnamespace"),
  ...["pg_extension", "pg_language", "pg_cast", "pg_event_trigger", "pg_publication"].map((name) => ofCatalog(name)),
  ...["pg_foreign_server", "pg_foreign_data_wrapper", "pg_default_acl"].map((name) => ofCatalog(name)),
];

/** $1: schemas that may be changed, $2: locks that change nothing. */
const CHANGED = [
  `${RELATIONS} WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c') AND (${written("c")}) OR c.oid IN (
    SELECT l.relation FROM pg_catalog.pg_locks l WHERE ${MINE} AND ${HERE} AND l.locktype = 'relation' AND l.mode <> ALL ($2))`,
  `${FUNCTIONS} WHERE ${written("p")}`,
  // Its own row, its labels, and what a domain asks for.
  `${TYPES} WHERE ${BY_ITSELF} AND (${written("t")} OR EXISTS (SELECT FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid AND ${written("e")})
    OR EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND ${written("k")}))`,
  `${SCHEMAS} AND ${written("n")}`,
  ...OTHERS,
  `SELECT 'the comment on ' || pg_catalog.pg_describe_object(d.classoid, d.objoid, d.objsubid) FROM pg_catalog.pg_description d,
    pg_catalog.pg_identify_object(d.classoid, d.objoid, 0) i
    WHERE ${written("d")} AND ${outside("CASE WHEN d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass THEN i.name ELSE i.schema END")}`,
].join("\n  UNION ");

/** Locked to be dropped, and not there any more. */
const DROPPED = `SELECT s.class, s.oid FROM (
    SELECT coalesce(l.classid, 'pg_catalog.pg_class'::pg_catalog.regclass) AS class, coalesce(l.objid, l.relation) AS oid FROM pg_catalog.pg_locks l
    WHERE ${MINE} AND ${HERE} AND l.mode = 'AccessExclusiveLock' AND l.locktype IN ('relation', 'object')) s
  WHERE (pg_catalog.pg_identify_object(s.class, s.oid, 0)).identity IS NULL`;

/** $1: schemas that may be changed, $2: catalogs and $3 what of these, one with the other. */
const NAMED = `WITH gone AS (SELECT * FROM ROWS FROM (pg_catalog.unnest($2::pg_catalog.oid[]), pg_catalog.unnest($3::pg_catalog.oid[])) AS g (class, oid))
  ${RELATIONS} WHERE c.oid IN (SELECT g.oid FROM gone g WHERE g.class = 'pg_catalog.pg_class'::pg_catalog.regclass) AND c.relkind <> 'i'
  UNION ${FUNCTIONS} WHERE p.oid IN (SELECT g.oid FROM gone g WHERE g.class = 'pg_catalog.pg_proc'::pg_catalog.regclass)
  UNION ${TYPES} WHERE ${BY_ITSELF} AND t.oid IN (SELECT g.oid FROM gone g WHERE g.class = 'pg_catalog.pg_type'::pg_catalog.regclass)
  UNION ${SCHEMAS} AND n.oid IN (SELECT g.oid FROM gone g WHERE g.class = 'pg_catalog.pg_namespace'::pg_catalog.regclass)
  UNION SELECT pg_catalog.pg_describe_object(g.class, g.oid, 0) FROM gone g, pg_catalog.pg_identify_object(g.class, g.oid, 0) i
    WHERE i.identity IS NOT NULL AND ${outside("i.schema")} AND g.class IN ('pg_catalog.pg_operator'::pg_catalog.regclass,
      'pg_catalog.pg_extension'::pg_catalog.regclass, 'pg_catalog.pg_cast'::pg_catalog.regclass, 'pg_catalog.pg_collation'::pg_catalog.regclass)`;

/** @throws DiagnosticError naming what the transaction has changed outside; it must not commit then */
export async function refuseChangesOutside(work: Work): Promise<void> {
  const { writesOnlyIn } = work.planned;
  if (!writesOnlyIn) return;
  // What waits for the end of the transaction happens now, while it can be seen.
  await runSteps(work, [{ text: "SET CONSTRAINTS ALL IMMEDIATE" }]);
  const { client } = work;
  const changed = await rowsOf(client, CHANGED, [writesOnlyIn, READING]);
  const dropped = await rowsOf(client, DROPPED);
  const [classes, oids] = (["class", "oid"] as const).map((key) => dropped.map((row) => String(row[key])));
  // What is gone for this session has its name in any other.
  const gone = dropped.length === 0 ? [] : await rowsOf(await work.another(), NAMED, [writesOnlyIn, classes!, oids!]);
  const names = [...new Set([...changed, ...gone].map(({ name }) => name as string))].sort();
  if (names.length === 0) return;
  throw new DiagnosticError([
    changedOutside({
      message: `${work.planned.id} changed ${names.join(", ")}, outside of its environment; everything was undone`,
      span: work.span,
      hint: "A function that it calls, or a trigger, writes there. Leave it out on this target.",
    }),
  ]);
}

/**
 * A statement that is to commit by itself. In an environment it has a transaction that can be undone, unless it is one that
 * refuses to.
 */
export async function runAlone(work: Work, step: Step): Promise<void> {
  if (!work.planned.writesOnlyIn) {
    await runSteps(work, [step]);
    return;
  }
  try {
    await batch(work.client, [{ text: "BEGIN" }]);
    await runSteps(work, [step]);
    await refuseChangesOutside(work);
    await batch(work.client, [{ text: "COMMIT" }]);
  } catch (error) {
    await batch(work.client, [{ text: "ROLLBACK" }]).catch(() => {});
    if (!(error instanceof DiagnosticError) || !error.diagnostics.some(standsAlone)) throw error;
    await runSteps(work, [step]);
  }
}

/**
 * VACUUM, CREATE INDEX CONCURRENTLY and the like. The functions that they call say that they change nothing; who lies about
 * that is named in the guide as a limit.
 */
const standsAlone = ({ message }: Diagnostic): boolean => message.includes(`SQLSTATE ${IN_TRANSACTION}`);
const IN_TRANSACTION = "25001";
