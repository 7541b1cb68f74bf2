/** Changing the rows of a published table, which stays: in one transaction, tried again as a whole where others are in the way. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { cannotMerge } from "./codes.ts";
import { qualified } from "../names.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { inPhase, runSteps, tableOrigin } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { hastily, lockTimeout, patiently } from "./patience.ts";

/** Nobody waits behind us for single rows, but the work of a long merge is lost where they are not to be had. */
const ROWS_TIMEOUT_MS = 10_000;

/** Readers are not held up, other writers are. `change` ends with COMMIT; after an error all is rolled back. */
export async function changeRows<T>(work: Work, output: TableOutput, change: () => Promise<T>): Promise<T> {
  const lock = { text: `LOCK TABLE ${qualified(output)} IN SHARE ROW EXCLUSIVE MODE` };
  return patiently(work, output, "share row exclusive", async () => {
    await runSteps(work, [
      { text: "BEGIN" },
      { text: "SET LOCAL synchronous_commit TO DEFAULT" },
      { text: "SET LOCAL row_security TO off" },
      ...inPhase("publish", hastily([lock]), tableOrigin(output, work.span)),
      waitForRows(work),
    ]);
    return change();
  });
}

/** Those who lock rows without changing them, and keys that others refer to, are only met at the rows themselves. */
const waitForRows = ({ planned }: Work): Statement =>
  lockTimeout(`'${Math.max(100, Math.min(ROWS_TIMEOUT_MS, planned.publishWaitMs))}'`);

/**
 * A trigger or rule may keep rows away without a word; then nothing is published. Where there is none, nothing is counted.
 * @param missing a SELECT that counts the rows that are not in the table
 */
export async function refuseLosses(work: Work, output: TableName, missing: () => Promise<number>): Promise<void> {
  const rows = await rowsOf(
    work.client,
    `SELECT pg_catalog.pg_describe_object('pg_catalog.pg_trigger'::regclass, t.oid, 0) AS name FROM pg_catalog.pg_trigger t
     WHERE t.tgrelid = pg_catalog.to_regclass($1) AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 3 = 3
     UNION ALL SELECT pg_catalog.pg_describe_object('pg_catalog.pg_rewrite'::regclass, r.oid, 0) FROM pg_catalog.pg_rewrite r
     WHERE r.ev_class = pg_catalog.to_regclass($1) AND r.is_instead`,
    [qualified(output)],
  );
  if (rows.length === 0) return;
  const count = await missing();
  if (count === 0) return;
  throw new DiagnosticError([
    cannotMerge({
      message: `${count} row(s) did not come into ${tableText(output)}: ${rows.map(({ name }) => name as string).join(", ")} keeps them away`,
      span: work.span,
      hint: "Nothing was changed. Let it pass these rows, or leave them out of what the transform gives.",
    }),
  ]);
}
