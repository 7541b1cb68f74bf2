/** ctf.run: one row for each run. */
import type pg from "pg";
import type { Plan, PlannedTransform } from "../../plan/types.ts";
import { tableText, type Output } from "../../project/types.ts";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { lockNumber, lockStatement, RUN_LOCK } from "../session/locks.ts";

export interface RunRecord {
  readonly id: string;
  readonly who: string;
  readonly host: string;
  readonly ctfVersion: string;
  /** The run that this one resumes. */
  readonly resumed?: string;
}

export const outputName = (output: Output): string => (output.type === "file" ? output.path : tableText(output));

/** Every output of a planned transform. */
export function outputsOf(transform: PlannedTransform): readonly Output[] {
  const { action } = transform;
  return "output" in action ? [action.output] : action.outputs;
}

/** Records the run and its transforms, and takes the lock by which others see that it lives. */
export async function startRun(client: pg.Client, plan: Plan, record: RunRecord): Promise<void> {
  await batch(client, [
    lockStatement(RUN_LOCK, record.id),
    {
      text: `INSERT INTO ctf.run (id, project, target, prefix, selection, variables, status, who, host, ctf_version, resumed)
             VALUES ($1, $2, $3, $4, $5, $6::jsonb, 'running', $7, $8, $9, $10)`,
      values: [
        record.id,
        plan.project,
        plan.target,
        plan.prefix ?? "",
        plan.selection,
        JSON.stringify(plan.variables),
        record.who,
        record.host,
        record.ctfVersion,
        record.resumed ?? null,
      ],
    },
    {
      text: `INSERT INTO ctf.transform_run (run, transform, kind, outputs, code_version, status)
             SELECT $1, t.transform, t.kind, ARRAY(SELECT pg_catalog.jsonb_array_elements_text(t.outputs)), t.code_version, 'waiting'
             FROM pg_catalog.jsonb_to_recordset($2::jsonb) AS t (transform text, kind text, outputs jsonb, code_version text)`,
      values: [
        record.id,
        JSON.stringify(
          plan.transforms.map((transform) => ({
            transform: transform.id,
            kind: transform.kind,
            outputs: outputsOf(transform).map(outputName),
            code_version: transform.codeVersion,
          })),
        ),
      ],
    },
  ]);
}

export const finishRun = (id: string, status: string): Statement => ({
  text: "UPDATE ctf.run SET status = $2, finished_at = now() WHERE id = $1 AND status = 'running'",
  values: [id, status],
});

/** Runs that no session holds any more are set to interrupted, with what they had not finished. A built table stays. */
export async function endDeadRuns(client: pg.Client): Promise<void> {
  const running = await rowsOf(client, "SELECT id FROM ctf.run WHERE status = 'running'");
  for (const { id } of running) {
    await batch(client, [
      {
        text: `WITH dead AS MATERIALIZED (
                 SELECT r.id FROM ctf.run r
                 WHERE r.id = $1 AND r.status = 'running' AND pg_catalog.pg_try_advisory_xact_lock($2::int, $3::int)
               ), transforms AS (
                 UPDATE ctf.transform_run SET status = 'interrupted', finished_at = now()
                 WHERE run IN (SELECT id FROM dead) AND status IN ('waiting', 'running')
               )
               UPDATE ctf.run SET status = 'interrupted', finished_at = now() WHERE id IN (SELECT id FROM dead)`,
        values: [id as string, RUN_LOCK, lockNumber(id as string)],
      },
    ]);
  }
}

/** The last run of the same project, target, selection and variables, when it did not end well. */
export async function lastOfTheSame(client: pg.Client, plan: Plan): Promise<string | undefined> {
  const rows = await rowsOf(
    client,
    `SELECT id, status FROM ctf.run
     WHERE project = $1 AND target = $2 AND prefix = $3 AND selection = $4 AND variables = $5::jsonb AND status <> 'running'
     ORDER BY id DESC LIMIT 1`,
    [plan.project, plan.target, plan.prefix ?? "", plan.selection, JSON.stringify(plan.variables)],
  );
  const [last] = rows;
  return last && last["status"] !== "succeeded" ? (last["id"] as string) : undefined;
}
