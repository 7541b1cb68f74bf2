/**
 * ctf.transform_run: one row for each transform in each run. Each step is one conditional statement, given as such so
 * that it can travel in the batch, and commit in the transaction, of the work that it records.
 */
import type pg from "pg";
import type { TransformResult } from "../outcome.ts";
import { rowsOf, type Statement } from "../session/batch.ts";

/** Which row: a transform in a run. */
export interface TransformRun {
  readonly run: string;
  readonly transform: string;
}

const key = (of: TransformRun) => [of.run, of.transform] as const;

export const started = (of: TransformRun, buildSchema: string | null): Statement => ({
  text: `UPDATE ctf.transform_run SET status = 'running', attempts = attempts + 1, build_schema = $3,
           started_at = coalesce(started_at, now())
         WHERE run = $1 AND transform = $2 AND status IN ('waiting', 'running', 'built')`,
  values: [...key(of), buildSchema],
});

/** `explain` and `rows` are kept as they are where they are not given. */
export const built = (of: TransformRun, rows?: number, explain?: string): Statement => ({
  text: `UPDATE ctf.transform_run SET status = 'built', row_count = coalesce($3, row_count),
           explain = coalesce($4::jsonb, explain)
         WHERE run = $1 AND transform = $2 AND status = 'running'`,
  values: [...key(of), rows ?? null, explain ?? null],
});

/** What was read from files, whether it is published or not. */
export const readFromFiles = (of: TransformRun, read: number, rejected: number): Statement => ({
  text: "UPDATE ctf.transform_run SET rows_read = $3, rejected = $4 WHERE run = $1 AND transform = $2",
  values: [...key(of), read, rejected],
});

/** In the publishing transaction: a table is published if and only if this says so. */
export const succeeded = (of: TransformRun): Statement => ({
  text: `UPDATE ctf.transform_run SET status = 'succeeded', finished_at = now(), build_schema = NULL
         WHERE run = $1 AND transform = $2 AND status IN ('running', 'built')`,
  values: [...key(of)],
});

/** Another run publishes what this one built: the row lets go of the closed schema. */
export const handedOver = (of: TransformRun): Statement => ({
  text: `UPDATE ctf.transform_run SET status = 'interrupted', finished_at = now(), build_schema = NULL
         WHERE run = $1 AND transform = $2 AND status = 'built'`,
  values: [...key(of)],
});

/** Done by an earlier run that this one resumes. */
export const doneBefore = (of: TransformRun, rows: number | null): Statement => ({
  text: `UPDATE ctf.transform_run SET status = 'succeeded', started_at = now(), finished_at = now(), row_count = $3
         WHERE run = $1 AND transform = $2 AND status = 'waiting'`,
  values: [...key(of), rows],
});

/** Counts and times, after the end. What an earlier attempt read stays where this one only published. */
export const measured = (of: TransformRun, result: TransformResult): Statement => ({
  text: `UPDATE ctf.transform_run SET row_count = $3, inserted = $4, updated = $5, unchanged = $6, deleted = $7,
           rows_read = coalesce($8, rows_read), rejected = coalesce($9, rejected), ignored = coalesce($10, ignored),
           phases = $11::jsonb, diagnostics = $12::jsonb, attempts = $13,
           started_at = coalesce(started_at, finished_at - pg_catalog.make_interval(secs => $14))
         WHERE run = $1 AND transform = $2`,
  values: [
    ...key(of),
    result.counts.rows ?? null,
    result.counts.inserted ?? null,
    result.counts.updated ?? null,
    result.counts.unchanged ?? null,
    result.counts.deleted ?? null,
    result.counts.read ?? null,
    result.counts.rejected ?? null,
    result.counts.ignored ?? null,
    JSON.stringify(result.phases),
    JSON.stringify(result.diagnostics),
    result.attempts,
    result.seconds,
  ],
});

/** An end without success. `keepBuilt`: a built table keeps its schema and its state, so that it can still be published. */
export const ended = (
  of: TransformRun,
  status: "failed" | "skipped" | "interrupted",
  keepBuilt: boolean,
): Statement => ({
  text: `UPDATE ctf.transform_run SET status = $3, finished_at = now()
         WHERE run = $1 AND transform = $2 AND status IN ('waiting', 'running'${keepBuilt ? "" : ", 'built'"})`,
  values: [...key(of), status],
});

/** What a run did of a transform, as the next attempt or the next run finds it. */
export interface Earlier {
  readonly run: string;
  readonly status: string;
  readonly codeVersion: string;
  readonly buildSchema: string | null;
  readonly rows: number | null;
}

const earlierColumns = `t.run, t.status, t.code_version AS "codeVersion", t.build_schema AS "buildSchema", t.row_count AS rows`;

export const readTransformRun = (of: TransformRun): Statement => ({
  text: `SELECT ${earlierColumns} FROM ctf.transform_run t WHERE t.run = $1 AND t.transform = $2`,
  values: [...key(of)],
});

/** What a run, and those that it resumed one after the other, have done or built: by transform, the newest of each. */
export async function doneIn(client: pg.Client, run: string): Promise<ReadonlyMap<string, Earlier>> {
  const rows = await rowsOf(
    client,
    `WITH RECURSIVE chain AS (
       SELECT r.id, r.resumed FROM ctf.run r WHERE r.id = $1
       UNION ALL
       SELECT r.id, r.resumed FROM chain c JOIN ctf.run r ON r.id = c.resumed
     )
     SELECT DISTINCT ON (t.transform) t.transform, ${earlierColumns}
     FROM chain c JOIN ctf.transform_run t ON t.run = c.id
     WHERE t.status IN ('succeeded', 'built')
     ORDER BY t.transform, t.run DESC`,
    [run],
  );
  return new Map(rows.map(({ transform, ...earlier }) => [transform as string, earlier as unknown as Earlier]));
}
