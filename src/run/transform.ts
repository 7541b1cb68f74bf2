/** One transform of a run: a session, its outputs' locks, the attempts, and what came of it. */
import { DiagnosticError, type Diagnostic, type Span } from "../diagnostics/diagnostic.ts";
import type { PlannedTransform } from "../plan/types.ts";
import { batch } from "../warehouse/session/batch.ts";
import { carryOut, firstLook } from "../warehouse/actions/index.ts";
import { internal, timedOut } from "../warehouse/codes.ts";
import { noConnection } from "../warehouse/session/codes.ts";
import { publishBlocked } from "../warehouse/publish/codes.ts";
import { attributed, databaseError, isLostConnection, isTransient, problem } from "../warehouse/errors.ts";
import type { RowCounts, TransformResult, TransformStatus } from "../warehouse/outcome.ts";
import { outputName, outputsOf } from "../warehouse/records/run.ts";
import type { Earlier } from "../warehouse/records/transform_run.ts";
import type { Work } from "../warehouse/work.ts";
import { cancelOn, type Canceller } from "./cancel.ts";
import { pythonCaller, type CallerSettings } from "../worker/call/caller.ts";
import { sessionsBeside } from "./beside.ts";
import type { Control } from "./control.ts";
import type { RunEvent } from "./events.ts";
import { lockOutputs, unlockOutputs } from "./output_locks.ts";
import { pause } from "./pause.ts";
import { phaseClock, type PhaseClock } from "./phases.ts";
import type { RunOptions } from "./options.ts";
import { saidEvent } from "./said.ts";
import { pidsOf, type Session, type Sessions } from "./sessions.ts";

export interface Task {
  readonly transform: PlannedTransform;
  readonly options: RunOptions;
  readonly control: Control;
  readonly sessions: Sessions;
  readonly emit: (event: RunEvent) => void;
  readonly run: string;
  readonly python: Omit<CallerSettings, "hear">;
  /** Backends at work, with their transforms. */
  readonly running: Map<number, string>;
  /** What the run that is resumed did of it, with the same code on the same inputs. */
  readonly earlier: Earlier | undefined;
}

/** What is done, or why not, as far as one attempt tells. */
type Outcome = { readonly counts: RowCounts } | { readonly error: unknown };

/** Never throws: whatever happens is in the result. */
export async function runTransform(task: Task): Promise<TransformResult> {
  const { transform, control, options } = task;
  const { id } = transform;
  const begun = Date.now();
  const clock = phaseClock((phase) => task.emit({ type: "phase_started", id, phase }));
  let { earlier } = task;
  for (let attempt = 1; ; attempt += 1) {
    const finish = async (
      status: TransformStatus,
      counts: RowCounts,
      diagnostics: readonly Diagnostic[],
      keepBuilt = true,
    ): Promise<TransformResult> => {
      const seconds = (Date.now() - begun) / 1000;
      const result = { id, status, counts, seconds, phases: clock.phases(), diagnostics, attempts: attempt };
      const recorded = control.ended(transform, result, keepBuilt);
      // What succeeded is recorded already; its times may follow while the next transform begins.
      if (status !== "succeeded") await recorded;
      return result;
    };
    task.emit({ type: "transform_started", id, attempt });
    const warnings: Diagnostic[] = [];
    const outcome = await attemptOnce({ ...task, earlier }, clock, warnings);
    if ("counts" in outcome) return finish("succeeded", outcome.counts, warnings);

    const { error } = outcome;
    const stopped = () => options.interrupt.aborted || options.kill.aborted;
    const diagnostics = stopped() ? [] : inWords(error, transform);
    const recorded = await control.state(transform);
    if (recorded?.status === "succeeded") {
      // It was published, and something went wrong in clearing up.
      const after = diagnostics.map((diagnostic) => attributed({ ...diagnostic, severity: "warning" }, id, diagnostic));
      return finish("succeeded", recorded.rows === null ? {} : { rows: recorded.rows }, [...warnings, ...after]);
    }
    if (stopped()) return finish("interrupted", {}, []);
    if (!mayPass(error) || attempt > transform.retries) {
      return finish("failed", {}, [...warnings, ...diagnostics], mayPass(error) || isBlocked(error));
    }
    if (recorded?.status === "built") earlier = recorded;
    const seconds = Math.min(2 ** (attempt - 1), 60) * (0.5 + Math.random());
    const [diagnostic] = diagnostics;
    if (diagnostic) task.emit({ type: "retrying", id, attempt: attempt + 1, diagnostic, seconds });
    await pause(seconds * 1000, options.interrupt).catch(() => {});
    if (stopped()) return finish("interrupted", {}, []);
  }
}

/** Done by the run that this one resumes. */
export async function takeAsDone({ transform, control }: Task, rows: number | null): Promise<TransformResult> {
  await control.done(transform, rows);
  const counts: RowCounts = rows === null ? {} : { rows };
  return { id: transform.id, status: "succeeded", counts, seconds: 0, phases: {}, diagnostics: [], attempts: 0 };
}

/** A passing fault, also that of a server that is just starting again. */
const mayPass = (error: unknown): boolean => isTransient(error) || hasCode(error, noConnection.code);
const isBlocked = (error: unknown): boolean => hasCode(error, publishBlocked.code);
const hasCode = (error: unknown, code: string): boolean =>
  error instanceof DiagnosticError && error.diagnostics.some((diagnostic) => diagnostic.code === code);

async function attemptOnce(task: Task, clock: PhaseClock, warnings: Diagnostic[]): Promise<Outcome> {
  const { transform, options, sessions } = task;
  let session: Session;
  try {
    session = await sessions.take(runsSql(transform));
  } catch (error) {
    return { error };
  }
  for (const pid of pidsOf(session)) task.running.set(pid, transform.id);
  const canceller = cancelOn({ ...task, ...options, id: transform.id, session });
  const beside = sessionsBeside(sessions, canceller.signal);
  let sound = false;
  try {
    const counts = await carryOutLocked(
      workOn(task, session, beside.open, canceller.signal, clock, warnings),
      task,
      canceller,
    );
    // A `sql` transform may have changed the session, if it ran in it.
    const changed = transform.action.type === "run_statements" && !session.guest;
    sound = !changed && !canceller.signal.aborted;
    return { counts };
  } catch (error) {
    if (!canceller.timedOut() || options.interrupt.aborted) return { error };
    return { error: new DiagnosticError([timeoutProblem(transform)]) };
  } finally {
    canceller.stop();
    beside.close();
    for (const pid of pidsOf(session)) task.running.delete(pid);
    // A session in which something failed is closed: its locks, settings and temporary tables go with it.
    await sessions.give(session, sound, canceller.signal.aborted);
  }
}

/** Whether it runs SQL that a person wrote. */
export const runsSql = ({ action }: PlannedTransform): boolean =>
  action.type === "run_statements" || ("rows" in action && action.rows.type === "query");

const lockedBy = (transform: PlannedTransform): readonly string[] => outputsOf(transform).map(outputName).sort();

async function carryOutLocked(work: Work, { transform, control }: Task, canceller: Canceller): Promise<RowCounts> {
  const names = lockedBy(transform);
  const seen = await lockOutputs(work, control, names, firstLook(transform.action));
  canceller.startTimeout(transform.timeoutMs);
  const { counts, released } = await carryOut(seen ? { ...work, seen } : work, transform.action);
  if (!released) await batch(work.client, work.release);
  return counts;
}

function workOn(
  task: Task,
  session: Session,
  another: Work["another"],
  signal: AbortSignal,
  clock: PhaseClock,
  warnings: Diagnostic[],
): Work {
  const { transform, options, emit, run, earlier } = task;
  const { id } = transform;
  let shown = 0;
  return {
    client: session.client,
    closed: session.closed,
    release: unlockOutputs(lockedBy(transform)),
    ...(session.guest && runsSql(transform) ? { guest: session.guest } : {}),
    howToDeclare: options.howToDeclare && ((table) => options.howToDeclare?.(id, table)),
    planned: transform,
    record: { run, transform: id },
    span: spanOf(transform),
    ...(earlier?.status === "built" ? { built: earlier } : {}),
    root: options.root,
    env: options.env,
    rebuildViews: options.rebuildViews,
    signal,
    another,
    python: pythonCaller({ ...task.python, hear: (said, words) => emit(saidEvent(id, said, words)) }),
    enter: clock.enter,
    waiting: (what) => emit({ type: "waiting", id, what }),
    warn: (warning) => {
      const diagnostic = attributed(warning, id);
      warnings.push(diagnostic);
      emit({ type: "warning", id, diagnostic });
    },
    explained: (cost, rows, text) => emit({ type: "plan_explained", id, cost, rows, text }),
    progress: (done, total, unit) => {
      if (Date.now() - shown < 200) return;
      shown = Date.now();
      emit({ type: "progress", id, phase: "build", done, ...(total === undefined ? {} : { total }), unit });
    },
    sleep: (milliseconds) => pause(milliseconds, signal),
  };
}

const spanOf = (transform: PlannedTransform): Span => ({ file: transform.file, start: { line: 1, column: 1 } });

const timeoutProblem = (transform: PlannedTransform): Diagnostic =>
  timedOut({
    message: `${transform.id} took longer than its timeout of ${(transform.timeoutMs ?? 0) / 1000} s and was cancelled`,
    span: spanOf(transform),
  });

function inWords(error: unknown, transform: PlannedTransform): readonly Diagnostic[] {
  return found(error, transform).map((diagnostic) => attributed(diagnostic, transform.id));
}

function found(error: unknown, transform: PlannedTransform): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  const span = spanOf(transform);
  if (databaseError(error) || isLostConnection(error)) return [problem(error, { span, table: transform.id })];
  if (process.env["CTF_DEBUG"]) console.error(error);
  const name = error instanceof Error ? error.name : "an error";
  return [internal({ message: `${transform.id}: CTF itself failed (${name})`, span })];
}
