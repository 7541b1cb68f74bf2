/** What PostgreSQL tells of long statements (the pg_stat_progress views), asked for while something runs. */
import type { Phase } from "../warehouse/outcome.ts";
import { APPLICATION } from "../warehouse/session/connect.ts";
import type { Control } from "./control.ts";
import type { RunEvent } from "./events.ts";

const EVERY_MS = 1000;

/** `run` sessions' backends are known by their transforms. Gives the function that stops watching. */
export function watchProgress(
  control: Control,
  run: string,
  running: ReadonlyMap<number, string>,
  emit: (event: RunEvent) => void,
): () => void {
  let asking = false;
  const look = async (): Promise<void> => {
    if (asking || running.size === 0) return;
    asking = true;
    // What can't be asked now is asked the next time.
    const rows = await ask(control, run).catch(() => []);
    asking = false;
    for (const row of rows) {
      const id = running.get(row["pid"] as number);
      if (id === undefined) continue;
      const total = row["total"] as number | null;
      emit({
        type: "progress",
        id,
        phase: row["phase"] as Phase,
        done: row["done"] as number,
        ...(total ? { total } : {}),
        unit: row["unit"] as "rows" | "blocks",
      });
    }
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  return () => clearInterval(timer);
}

const ask = (control: Control, run: string) =>
  control.rows(
    `SELECT p.* FROM (
       SELECT pid, 'build' AS phase, tuples_processed AS done, NULL::bigint AS total, 'rows' AS unit FROM pg_catalog.pg_stat_progress_copy
       UNION ALL
       SELECT pid, 'constrain', CASE WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END,
         CASE WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END, CASE WHEN tuples_total > 0 THEN 'rows' ELSE 'blocks' END
       FROM pg_catalog.pg_stat_progress_create_index
       UNION ALL
       SELECT pid, 'analyze', sample_blks_scanned, sample_blks_total, 'blocks' FROM pg_catalog.pg_stat_progress_analyze
     ) p JOIN pg_catalog.pg_stat_activity a USING (pid) WHERE a.application_name = $1`,
    [`${APPLICATION} ${run}`],
  );
