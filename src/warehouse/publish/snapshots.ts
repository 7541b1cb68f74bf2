import { tableText, type TableName } from "../../project/types.ts";
import { batch, type Statement, type StatementResult } from "../session/batch.ts";
import type { Build } from "../build/build.ts";
import { oldSnapshots } from "./codes.ts";
import { APPLICATION } from "../session/connect.ts";
import type { Work } from "../work.ts";

export interface OlderTransaction {
  readonly pid: number;
  /** When it began; null where CTF's role may not see it. */
  readonly since: string | null;
}

/**
 * Transactions whose snapshot is older than the build would see the new table empty. Those are REPEATABLE READ ones: a
 * session between statements that still holds a snapshot, or one whose statement is not the first of its transaction.
 * A statement on its own (xact_start = query_start) has locked what it reads already, and the next takes a new snapshot.
 * Of others' sessions a role without pg_read_all_stats sees the snapshot alone, and has to take them all for such.
 * To be asked when the build is committed: who begins later sees it, even if an old writer makes their snapshot look older.
 * @param build the transaction that built the table
 */
export const askForOlder = (build: string): Statement => ({
  text: `SELECT a.pid, a.xact_start::text AS since FROM pg_catalog.pg_stat_activity a
     WHERE a.datname = pg_catalog.current_database() AND a.usesysid IS NOT NULL
       AND coalesce(a.backend_type, 'client backend') = 'client backend'
       AND a.backend_xmin IS NOT NULL AND pg_catalog.age(a.backend_xmin) >= pg_catalog.age($1::pg_catalog.xid)
       AND pg_catalog.left(a.application_name, 4) <> $2 AND a.pid <> pg_catalog.pg_backend_pid()
       AND (a.state IS DISTINCT FROM 'active' OR a.xact_start < a.query_start)
     ORDER BY a.pid`,
  values: [build, `${APPLICATION} `],
});

export const olderTransactions = (result: StatementResult | undefined): readonly OlderTransaction[] =>
  (result?.rows ?? []) as unknown as readonly OlderTransaction[];

async function olderThan(work: Work, build: string): Promise<readonly OlderTransaction[]> {
  const [result] = await batch(work.client, [askForOlder(build)]);
  return olderTransactions(result);
}

/** Waits up to `snapshot_wait` for them, then warns and goes on. */
export async function waitForSnapshots(work: Work, table: TableName, build: Build): Promise<void> {
  const until = Date.now() + work.planned.snapshotWaitMs;
  let left = build.older ?? (await olderThan(work, build.transaction));
  if (left.length > 0) work.waiting(`older transactions (backend ${pids(left)})`);
  while (left.length > 0) {
    if (Date.now() >= until) {
      work.warn(
        oldSnapshots({
          message: `${tableText(table)} is published while ${left.length} older transaction(s) are open (backend ${pids(left)}); if REPEATABLE READ, they see it empty`,
          span: work.span,
        }),
      );
      return;
    }
    await work.sleep(100);
    const now = await olderThan(work, build.transaction);
    left = left.filter((one) => now.some(({ pid, since }) => pid === one.pid && since === one.since));
  }
}

const pids = (transactions: readonly OlderTransaction[]): string => transactions.map(({ pid }) => pid).join(", ");
