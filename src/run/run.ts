/** Carries out a plan: in order, several at once, with retries, cancelling and resuming. */
import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { hostname, userInfo } from "node:os";
import type { Plan } from "../plan/types.ts";
import { isolationOf } from "../project/types.ts";
import { VERSION } from "../project/version.ts";
import { openTarget } from "../warehouse/session/connect.ts";
import type { TransformResult } from "../warehouse/outcome.ts";
import type { Earlier } from "../warehouse/records/transform_run.ts";
import { openWorkers, type WorkersSettings } from "../worker/pool.ts";
import { openControl, type Control } from "./control.ts";
import type { RunEvent, RunResult, RunStatus } from "./events.ts";
import { lastRunsListener } from "./last_runs.ts";
import { runLog } from "./log.ts";
import type { RunOptions } from "./options.ts";
import { watchProgress } from "./progress.ts";
import { schedule } from "./schedule.ts";
import { runsSql } from "./transform.ts";
import { openGuests, type Guests } from "./guests.ts";
import { openSessions } from "./sessions.ts";

/** Sorts by time, and is unique. */
const newRunId = (now: Date): string =>
  `${now
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.(\d{3})Z/, "$1Z")}-${randomBytes(3).toString("hex")}`;

/** @throws DiagnosticError when the run can't begin, AbortError when it is interrupted before; what happens in it is in the result */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunResult> {
  const begun = Date.now();
  // Every transform listens.
  setMaxListeners(0, options.interrupt, options.kill);
  const id = newRunId(new Date(begun));
  const { url } = await openTarget(
    { root: options.root, name: plan.project, postgres: options.postgres },
    options.target,
    options.env,
    options.interrupt,
  );
  const control = await openControl(url, plan, id, options.interrupt);
  const log = runLog(options.root, id);
  const listeners = [...options.listeners, log.listener, lastRunsListener(options.root, id, plan.target)];
  const emit = (event: RunEvent): void => {
    const at = new Date();
    for (const listener of listeners) {
      try {
        listener(event, at);
      } catch (error) {
        // A listener can't break a run.
        if (process.env["CTF_DEBUG"]) console.error(error);
      }
    }
  };
  const told = tellInterrupts(options, control, emit);
  let guests: Guests | undefined;
  try {
    guests = await guestsFor(plan, options, { url, run: id, control });
    const earlier = options.resume ? await control.earlier() : undefined;
    const resumed = earlier && { resumed: earlier.run };
    await control.start({ who: userInfo().username, host: hostname(), ctfVersion: VERSION, ...resumed });
    const ids = plan.transforms.map((transform) => transform.id);
    emit({ type: "run_started", run: id, target: plan.target, transforms: ids, ...resumed });
    const results = await carryOut(plan, {
      url,
      id,
      options,
      begun: new Date(begun),
      control,
      guests,
      emit,
      earlier: earlier?.transforms ?? new Map(),
    });
    await guests?.close().catch(() => {});
    const status = statusOf(results);
    await control.finish(status);
    const seconds = (Date.now() - begun) / 1000;
    const incomplete = log.incomplete() && ({ logIncomplete: true } as const);
    const result = { run: id, status, seconds, transforms: results, ...incomplete };
    emit({ type: "run_finished", result });
    return result;
  } finally {
    told.stop();
    await guests?.close().catch(() => {});
    await control.close();
    log.close();
  }
}

function statusOf(results: readonly TransformResult[]): RunStatus {
  const some = (...statuses: readonly string[]) => results.some((result) => statuses.includes(result.status));
  return some("interrupted") ? "interrupted" : some("failed", "skipped") ? "failed" : "succeeded";
}

/** After the second Ctrl-C the records get this long; where they do not make it, the next run sets them right. */
const LAST_WORDS_MS = 1000;

function tellInterrupts({ interrupt, kill }: RunOptions, control: Control, emit: (event: RunEvent) => void) {
  let timer: NodeJS.Timeout | undefined;
  const onInterrupt = () => emit({ type: "interrupting", hard: false });
  const onKill = () => {
    emit({ type: "interrupting", hard: true });
    timer = setTimeout(() => control.leave(), LAST_WORDS_MS);
  };
  interrupt.addEventListener("abort", onInterrupt);
  kill.addEventListener("abort", onKill);
  return {
    stop() {
      clearTimeout(timer);
      interrupt.removeEventListener("abort", onInterrupt);
      kill.removeEventListener("abort", onKill);
    },
  };
}

interface Carrying {
  readonly url: string;
  readonly id: string;
  readonly begun: Date;
  readonly options: RunOptions;
  readonly control: Control;
  readonly guests: Guests | undefined;
  readonly emit: (event: RunEvent) => void;
  readonly earlier: ReadonlyMap<string, Earlier>;
}

/** With `isolation: role`, if there is SQL to run. @throws DiagnosticError */
async function guestsFor(
  { transforms, variables }: Plan,
  { target }: RunOptions,
  { url, run, control }: { readonly url: string; readonly run: string; readonly control: Control },
): Promise<Guests | undefined> {
  if (isolationOf(target) === "none" || !transforms.some(runsSql)) return undefined;
  return openGuests(control.send, { url, run, variables });
}

async function carryOut(plan: Plan, carrying: Carrying): Promise<readonly TransformResult[]> {
  const { url, id, begun, options, control, guests, emit, earlier } = carrying;
  const sessions = openSessions(url, id, plan.variables, guests);
  const workers = openWorkers(workersFor(options));
  const python = { workers, variables: plan.variables, now: begun };
  const running = new Map<number, string>();
  const stopProgress = watchProgress(control, id, running, emit);
  try {
    return await schedule(plan, { options, control, sessions, python, emit, run: id, running }, earlier);
  } finally {
    stopProgress();
    await workers.close();
    await sessions.close();
  }
}

const workersFor = ({ root, env, target, python }: RunOptions): WorkersSettings => ({
  root,
  env,
  ...(python?.interpreter === undefined ? {} : { python: python.interpreter }),
  secrets: [...(python?.secrets ?? []), ...(target.type === "url" ? [target.urlEnv] : [])],
});
