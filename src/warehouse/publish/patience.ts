/** Taking a lock that others want: short tries, between which nothing is held, for as long as `publish_wait` allows. */
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableName } from "../../project/types.ts";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { publishBlocked } from "./codes.ts";
import { sqlstate } from "../errors.ts";
import { PUBLISH_LOCK } from "../session/locks.ts";
import { qualified } from "../names.ts";
import type { Work } from "../work.ts";

/** Readers that come while a try waits for its locks queue up behind it; so it never waits longer than this in all. */
const LOCK_TIMEOUT_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** Something came in between: worth another try. */
export class ComeAgain extends Error {}

/** The locks that keep a publish out: a swap wants the table for itself, a merge only keeps other writers away. */
export type Wanted = "access exclusive" | "share row exclusive";

/** `attempt` begins a transaction; when it can't have its locks, that is rolled back and tried again. */
export async function patiently<T>(
  work: Work,
  output: TableName,
  wanted: Wanted,
  attempt: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + work.planned.publishWaitMs;
  let told = false;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      await batch(work.client, [{ text: "ROLLBACK" }]).catch(() => {});
      if (!(error instanceof ComeAgain) && !["55P03", "40P01"].includes(sqlstate(error) ?? "")) throw error;
    }
    if (Date.now() >= until) throw new DiagnosticError([await blocked(work, output, wanted)]);
    if (!told) work.waiting(`those who use ${tableText(output)}`);
    told = true;
    // The jitter keeps two publishers from meeting again and again.
    const pause = Math.min(50 * 2 ** tries, LONGEST_PAUSE_MS) * (0.5 + Math.random());
    await work.sleep(Math.min(pause, Math.max(1, until - Date.now())));
  }
}

/** `milliseconds` is an SQL expression for a text. Until the transaction ends. */
export const lockTimeout = (milliseconds: string): Statement => ({
  text: `SELECT pg_catalog.set_config('lock_timeout', ${milliseconds} || 'ms', true)`,
  values: [],
});

/** One publish at a time in a database. Nobody waits behind us for this lock but other publishes. */
export const publishLock: readonly Statement[] = [
  lockTimeout("10000"),
  { text: "SELECT pg_catalog.pg_advisory_xact_lock($1, 0)", values: [PUBLISH_LOCK] },
];

/** The statements that take locks, together for at most LOCK_TIMEOUT_MS: each has what the others have left. */
export function hastily(statements: readonly Statement[]): readonly Statement[] {
  const since =
    "pg_catalog.set_config('ctf_publish.since', extract(epoch FROM pg_catalog.clock_timestamp())::text, true)";
  const spent =
    "1000 * (extract(epoch FROM pg_catalog.clock_timestamp()) - pg_catalog.current_setting('ctf_publish.since')::numeric)";
  const left = lockTimeout(`greatest(1, ${LOCK_TIMEOUT_MS} - (${spent})::int)`);
  return [{ text: `SELECT ${since}`, values: [] }, ...statements.flatMap((statement) => [left, statement])];
}

/** Who keeps the table. What a role may not see of other sessions is left out. */
async function blocked(work: Work, output: TableName, wanted: Wanted): Promise<Diagnostic> {
  const rows = await rowsOf(
    work.client,
    `SELECT DISTINCT a.pid, a.usename AS who, a.application_name AS name, a.state, nullif(a.backend_type, 'client backend') AS type,
       pg_catalog.to_char(pg_catalog.clock_timestamp() - a.xact_start, 'HH24:MI:SS') AS since
     FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     WHERE l.granted AND l.pid <> pg_catalog.pg_backend_pid()
       AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
       AND (l.locktype = 'advisory' AND l.classid::bigint = $2 AND l.objid = 0 AND l.objsubid = 2
         OR l.locktype = 'relation' AND ($3 OR l.mode <> 'AccessShareLock') AND l.relation IN (
           SELECT pg_catalog.to_regclass($1)::pg_catalog.oid
           UNION SELECT r.ev_class FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
           WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refobjid = pg_catalog.to_regclass($1)
           UNION SELECT k.conrelid FROM pg_catalog.pg_constraint k
           WHERE k.contype = 'f' AND k.confrelid = pg_catalog.to_regclass($1)))
     ORDER BY a.pid`,
    [qualified(output), PUBLISH_LOCK, wanted === "access exclusive"],
  );
  const sessions = rows.map(({ pid, who, name, state, type, since }) => {
    const known = [who, type ?? (name || "no application name"), state, since && `for ${since as string}`].filter(
      Boolean,
    );
    return `backend ${pid as number} (${known.join(", ")})`;
  });
  return publishBlocked({
    message: `${tableText(output)} is built, but could not be published: locked by ${sessions.join(", ") || "sessions that came and went"}`,
    span: work.span,
    hint: "End those sessions (SELECT pg_terminate_backend(pid)), then `ctf run --resume`: it publishes what is built.",
  });
}
