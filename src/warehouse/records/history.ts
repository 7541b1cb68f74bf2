/** What the records tell: the runs of a project, and what a transform did in each. */
import type pg from "pg";
import { rowsOf, type Row } from "../session/batch.ts";
import { sqlstate } from "../errors.ts";

export interface PastRun {
  readonly run: string;
  readonly target: string;
  readonly selection: string;
  readonly status: string;
  readonly who: string;
  /** ISO 8601, UTC */
  readonly startedAt: string;
  readonly seconds: number | null;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly interrupted: number;
}

export interface PastTransformRun {
  readonly run: string;
  readonly target: string;
  readonly transform: string;
  readonly status: string;
  readonly startedAt: string | null;
  readonly seconds: number | null;
  readonly rows: number | null;
  readonly inserted: number | null;
  readonly updated: number | null;
  readonly unchanged: number | null;
  readonly deleted: number | null;
  /** From files. */
  readonly read: number | null;
  readonly rejected: number | null;
  readonly ignored: number | null;
  readonly attempts: number;
  readonly phases: Readonly<Record<string, number>> | null;
  readonly codes: readonly string[];
  readonly codeVersion: string;
  readonly who: string;
  /** EXPLAIN (FORMAT JSON) of its query, as it was planned. */
  readonly explain: unknown;
}

const iso = (column: string) => `pg_catalog.to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Whose: a project's, on one target if that is given, for several can be in one database. */
interface Whose {
  readonly project: string;
  readonly target?: string;
}

/** The newest first; none where nothing has run yet. */
export const pastRuns = (client: pg.Client, of: Whose, limit: number): Promise<readonly PastRun[]> =>
  recorded(
    client,
    `SELECT r.id AS run, r.target, r.selection, r.status, r.who, ${iso("r.started_at")} AS "startedAt",
       EXTRACT(epoch FROM r.finished_at - r.started_at)::float8 AS seconds,
       count(*) FILTER (WHERE t.status = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE t.status IN ('failed', 'built')) AS failed,
       count(*) FILTER (WHERE t.status = 'skipped') AS skipped,
       count(*) FILTER (WHERE t.status = 'interrupted') AS interrupted
     FROM ctf.run r LEFT JOIN ctf.transform_run t ON t.run = r.id
     WHERE r.project = $1 AND ($3::text IS NULL OR r.target = $3)
     GROUP BY r.id ORDER BY r.started_at DESC LIMIT $2`,
    [of.project, limit, of.target ?? null],
  );

/** One transform's runs, or all transforms of one run. */
export const pastTransformRuns = (
  client: pg.Client,
  of: Whose & { readonly transform: string },
  limit: number,
): Promise<readonly PastTransformRun[]> =>
  recorded(
    client,
    `SELECT t.run, r.target, t.transform, t.status, ${iso("t.started_at")} AS "startedAt",
       EXTRACT(epoch FROM t.finished_at - t.started_at)::float8 AS seconds,
       t.row_count AS rows, t.inserted, t.updated, t.unchanged, t.deleted, t.rows_read AS read, t.rejected, t.ignored, t.attempts, t.phases,
       ARRAY(SELECT d ->> 'code' FROM pg_catalog.jsonb_array_elements(coalesce(t.diagnostics, '[]')) d) AS codes,
       t.code_version AS "codeVersion", r.who, t.explain
     FROM ctf.transform_run t JOIN ctf.run r ON r.id = t.run
     WHERE r.project = $1 AND t.transform = $2 AND ($4::text IS NULL OR r.target = $4)
     ORDER BY r.started_at DESC LIMIT $3`,
    [of.project, of.transform, limit, of.target ?? null],
  );

async function recorded<T>(
  client: pg.Client,
  text: string,
  values: readonly (string | number | null)[],
): Promise<readonly T[]> {
  try {
    return (await rowsOf(client, text, values)) as readonly Row[] as unknown as readonly T[];
  } catch (error) {
    // Without schema ctf nothing has run here.
    if (["42P01", "3F000"].includes(sqlstate(error) ?? "")) return [];
    throw error;
  }
}
