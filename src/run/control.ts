/**
 * The run's own session: it holds the run's lock, keeps the records, and cancels others. Where a server restarts under
 * the run it connects again; the records are then as far as they had come.
 */
import type pg from "pg";
import type { Plan, PlannedTransform } from "../plan/types.ts";
import { batch, rowsOf, type Statement, type StatementResult } from "../warehouse/session/batch.ts";
import { checkServer } from "../warehouse/session/check_server.ts";
import { APPLICATION, connect } from "../warehouse/session/connect.ts";
import { hangUp } from "../warehouse/session/hang_up.ts";
import { isLostConnection, speaking, sqlstate } from "../warehouse/errors.ts";
import { stripLeftRoles } from "../warehouse/isolation/guest.ts";
import { makeEnvironmentSchemas } from "../warehouse/environments/schemas.ts";
import { dropLeftovers } from "../warehouse/build/leftovers.ts";
import { lockStatement, RUN_LOCK } from "../warehouse/session/locks.ts";
import { identifier } from "../warehouse/names.ts";
import type { TransformResult } from "../warehouse/outcome.ts";
import { migrate } from "../warehouse/records/migrations.ts";
import {
  endDeadRuns,
  finishRun,
  lastOfTheSame,
  outputsOf,
  startRun,
  type RunRecord,
} from "../warehouse/records/run.ts";
import {
  doneBefore,
  doneIn,
  ended,
  measured,
  readTransformRun,
  type Earlier,
} from "../warehouse/records/transform_run.ts";

interface EarlierRun {
  readonly run: string;
  /** What it, or a run that it resumed itself, had done or built, by transform. */
  readonly transforms: ReadonlyMap<string, Earlier>;
}

export interface Control {
  /** The last run of the same selection and variables on this target, if it did not end well. */
  earlier(): Promise<EarlierRun | undefined>;
  start(record: Omit<RunRecord, "id">): Promise<void>;
  skip(transform: PlannedTransform, result: TransformResult): Promise<void>;
  done(transform: PlannedTransform, rows: number | null): Promise<void>;
  /** `keepBuilt`: a built table that could not be published stays for `--resume`. */
  ended(transform: PlannedTransform, result: TransformResult, keepBuilt: boolean): Promise<void>;
  /** What the records say of it in this run; nothing where they can't be read. */
  state(transform: PlannedTransform): Promise<Earlier | undefined>;
  cancel(pids: readonly number[]): Promise<void>;
  /** Statements of one transaction. @throws BatchError */
  send(statements: readonly Statement[]): Promise<readonly StatementResult[]>;
  rows(text: string, values?: Statement["values"]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  finish(status: string): Promise<void>;
  /** Drops the connection: what is not written yet stays unwritten, and the next run sets it right. */
  leave(): void;
  close(): Promise<void>;
}

/** So much later may the records say how long a transform took. */
const LATE_MS = 200;

/** `signal` ends the waiting for a server that is just starting. @throws DiagnosticError */
export async function openControl(url: string, plan: Plan, run: string, signal?: AbortSignal): Promise<Control> {
  const open = async (stop?: AbortSignal) => {
    const opened = await connect(url, { applicationName: `${APPLICATION} ${run}`, signal: stop });
    // What must last (a table is published) is recorded by its own transaction; these only describe it.
    await batch(opened, [{ text: "SET synchronous_commit = off" }]);
    return opened;
  };
  let client: pg.Client = await open(signal);
  try {
    await speaking(prepare(url, client, plan), "schema ctf");
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }

  let left = false;
  const sendNow = async (statements: readonly Statement[]) => {
    try {
      return await batch(client, statements);
    } catch (error) {
      if (left || !isLostConnection(error)) throw error;
      void client.end().catch(() => {});
      client = await open();
      await batch(client, [lockStatement(RUN_LOCK, run)]);
      return batch(client, statements);
    }
  };
  /** One after the other, whoever asks. */
  let before: Promise<unknown> = Promise.resolve();
  const send = (statements: readonly Statement[]) => {
    const sent = before.then(() => sendNow(statements));
    before = sent.catch(() => {});
    return sent;
  };
  /** The records say what happened; that they could not be written does not change it. */
  const record = async (statements: readonly Statement[]) => {
    await send(statements).catch((error: unknown) => {
      if (process.env["CTF_DEBUG"]) console.error(error);
    });
  };
  const of = (transform: PlannedTransform) => ({ run, transform: transform.id });
  /** Times of what succeeded, some at once: each by itself would cost about as much as a small table. */
  const late: Statement[] = [];
  let timer: NodeJS.Timeout | undefined;
  const writeLate = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (late.length > 0) await record(late.splice(0));
  };
  return {
    async earlier() {
      const last = await speaking(lastOfTheSame(client, plan), "ctf.run");
      return last === undefined ? undefined : { run: last, transforms: await doneIn(client, last) };
    },
    async start(details) {
      await speaking(startRun(client, plan, { id: run, ...details }), "ctf.run");
    },
    async skip(transform, result) {
      await record([ended(of(transform), result.status === "interrupted" ? "interrupted" : "skipped", false)]);
    },
    async done(transform, rows) {
      await record([doneBefore(of(transform), rows)]);
    },
    async ended(transform, result, keepBuilt) {
      const times = measured(of(transform), result);
      if (result.status !== "succeeded") return record([ended(of(transform), result.status, keepBuilt), times]);
      late.push(times);
      timer ??= setTimeout(() => void writeLate(), LATE_MS);
    },
    async state(transform) {
      const [result] = await send([readTransformRun(of(transform))]).catch(() => []);
      return result?.rows[0] as Earlier | undefined;
    },
    async cancel(pids) {
      await send(pids.map((pid) => ({ text: "SELECT pg_catalog.pg_cancel_backend($1)", values: [pid] })));
    },
    send,
    async rows(text, values) {
      const [result] = await send([values ? { text, values } : { text }]);
      return result?.rows ?? [];
    },
    async finish(status) {
      await writeLate();
      await record([{ text: "SET synchronous_commit TO DEFAULT" }, finishRun(run, status)]);
      if (left) return;
      await dropLeftovers(client).catch(() => {});
      await stripLeftRoles(client).catch(() => {});
    },
    leave() {
      left = true;
      hangUp(client);
    },
    async close() {
      clearTimeout(timer);
      await client.end().catch(() => {});
    },
  };
}

async function prepare(url: string, client: pg.Client, plan: Plan): Promise<void> {
  await checkServer(url, client);
  await migrate(client);
  await endDeadRuns(client);
  // What can't be taken back from a role now is before it is used again.
  await stripLeftRoles(client).catch(() => {});
  await dropLeftovers(client);
  await createSchemas(client, plan);
}

/** The schemas that outputs go into; two runs may make the same one at once. */
async function createSchemas(client: pg.Client, plan: Plan): Promise<void> {
  if (plan.prefix !== undefined) return makeEnvironmentSchemas(client, plan);
  const schemas = new Set(
    plan.transforms.flatMap((transform) =>
      [...outputsOf(transform), ...("alsoMakes" in transform.action ? transform.action.alsoMakes : [])].flatMap(
        (output) => ("schema" in output ? [output.schema] : []),
      ),
    ),
  );
  const there = await rowsOf(client, "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = ANY ($1)", [
    [...schemas],
  ]);
  for (const { nspname } of there) schemas.delete(nspname as string);
  for (const schema of schemas) {
    await batch(client, [{ text: `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}` }]).catch((error: unknown) => {
      if (sqlstate(error) !== "23505") throw error;
    });
  }
}
