/**
 * The last look before a transaction of an environment commits: has it changed anything outside? Whatever the way there was
 * (a function that somebody else wrote, a trigger), PostgreSQL holds the lock of what was changed until the end, and what
 * was written into its catalog bears the transaction's number.
 */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { rowsOf } from "../batch.ts";
import { changedOutside } from "../codes.ts";
import { runSteps } from "../steps.ts";
import type { Work } from "../work.ts";

/** Locks that reading takes, also for a foreign key, change nothing. */
const READING = ["AccessShareLock", "RowShareLock"];

const OUTSIDE = "n.nspname <> ALL ($1) AND n.nspname <> 'ctf' AND n.nspname !~ '^(pg_|ctf_(build|old)_[0-9]+$)'";

const RELATIONS = `SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND ${OUTSIDE}`;

const FUNCTIONS = `SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '()' AS name
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND ${OUTSIDE}`;

const MINE = `l.pid = pg_catalog.pg_backend_pid() AND l.granted`;
const HERE = `l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())`;

/**
 * A function that is replaced, or a right that is granted, shows in its catalog's row alone: what can be seen and is not
 * committed yet is this transaction's. Its parts (savepoints) have numbers of their own, none of them lower than its first.
 */
const written = (row: string) => `CASE WHEN pg_catalog.age(${row}.xmin) <= 0 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id_if_assigned()::text::bigint - pg_catalog.age(${row}.xmin))::text::pg_catalog.xid8) = 'in progress' END`;

/** $1: schemas that may be changed, $2: locks that change nothing. */
const CHANGED = `${RELATIONS} WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND (${written("c")}) OR c.oid IN (
    SELECT l.relation FROM pg_catalog.pg_locks l WHERE ${MINE} AND ${HERE} AND l.locktype = 'relation' AND l.mode <> ALL ($2))
  UNION ${FUNCTIONS} WHERE ${written("p")}`;

/** Locked to be dropped, and not there any more. */
const DROPPED = `SELECT coalesce(l.relation, l.objid) AS oid FROM pg_catalog.pg_locks l
  WHERE ${MINE} AND ${HERE} AND l.mode = 'AccessExclusiveLock' AND (
    l.locktype = 'relation' AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = l.relation)
    OR l.locktype = 'object' AND l.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.oid = l.objid))`;

/** $1: schemas that may be changed, $2: oids. */
const NAMED = `${RELATIONS} WHERE c.oid = ANY ($2) AND c.relkind <> 'i' UNION ${FUNCTIONS} WHERE p.oid = ANY ($2)`;

/** @throws DiagnosticError naming what the transaction has changed outside; it must not commit then */
export async function refuseChangesOutside(work: Work): Promise<void> {
  const { writesOnlyIn } = work.planned;
  if (!writesOnlyIn) return;
  // What waits for the end of the transaction happens now, while it can be seen.
  await runSteps(work, [{ text: "SET CONSTRAINTS ALL IMMEDIATE" }]);
  const { client } = work;
  const changed = await rowsOf(client, CHANGED, [writesOnlyIn, READING]);
  const dropped = await rowsOf(client, DROPPED);
  const oids = dropped.map(({ oid }) => String(oid));
  // What is gone for this session has its name in any other.
  const gone = oids.length === 0 ? [] : await rowsOf(await work.another(), NAMED, [writesOnlyIn, oids]);
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
