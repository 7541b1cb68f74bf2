/** The order of a run: what begins when, what is kept from beginning, and what an earlier run has done already. */
import type { Plan, PlannedTransform } from "../plan/types.ts";
import type { TransformResult } from "../warehouse/outcome.ts";
import type { Earlier } from "../warehouse/records/transform_run.ts";
import type { RunOptions } from "./options.ts";
import { runTransform, takeAsDone, type Task } from "./transform.ts";

/** Starts each transform when all that it waits for has ended, a bounded number at once. */
export async function schedule(
  plan: Plan,
  task: Omit<Task, "transform" | "earlier">,
  earlier: ReadonlyMap<string, Earlier>,
): Promise<readonly TransformResult[]> {
  const { options, control, emit } = task;
  const results = new Map<string, TransformResult>();
  const waitingFor = new Map(plan.transforms.map((transform) => [transform.id, transform.after.length]));
  const followers = new Map<string, PlannedTransform[]>();
  for (const transform of plan.transforms) {
    for (const id of transform.after) followers.set(id, [...(followers.get(id) ?? []), transform]);
  }
  const ready = plan.transforms.filter((transform) => transform.after.length === 0);

  const settle = (transform: PlannedTransform, result: TransformResult) => {
    results.set(transform.id, result);
    emit({ type: "transform_finished", result });
    for (const follower of followers.get(transform.id) ?? []) {
      const left = (waitingFor.get(follower.id) ?? 0) - 1;
      waitingFor.set(follower.id, left);
      if (left === 0) ready.push(follower);
    }
  };
  const start = async (transform: PlannedTransform): Promise<TransformResult> => {
    // Where something before it is made anew, what it made of the old is not to be kept.
    const fresh = transform.after.some((id) => results.get(id)?.attempts !== 0);
    const known = fresh ? undefined : earlier.get(transform.id);
    const same = known?.codeVersion === transform.codeVersion ? known : undefined;
    const its = { ...task, transform, earlier: same };
    return same?.status === "succeeded" ? takeAsDone(its, same.rows) : runTransform(its);
  };

  const running = new Map<string, Promise<() => void>>();
  while (ready.length > 0 || running.size > 0) {
    while (ready.length > 0 && running.size < options.concurrency) {
      const transform = ready.shift() as PlannedTransform;
      const kept = keptFromRunning(transform, results, options);
      if (kept) {
        void control.skip(transform, kept);
        settle(transform, kept);
        continue;
      }
      const ended = async () => {
        const result = await start(transform);
        return () => {
          running.delete(transform.id);
          settle(transform, result);
        };
      };
      running.set(transform.id, ended());
    }
    if (running.size > 0) (await Promise.race(running.values()))();
  }
  return plan.transforms.flatMap((transform) => results.get(transform.id) ?? []);
}

/** Why a transform does not run: the run was interrupted, or one that it needs did not succeed. */
function keptFromRunning(
  transform: PlannedTransform,
  results: ReadonlyMap<string, TransformResult>,
  options: RunOptions,
): TransformResult | undefined {
  const nothing = { id: transform.id, counts: {}, seconds: 0, phases: {}, diagnostics: [], attempts: 0 };
  if (options.interrupt.aborted) return { ...nothing, status: "interrupted" };
  const upstream = transform.after
    .map((id) => results.get(id))
    .find((result) => result && result.status !== "succeeded");
  if (upstream?.status === "interrupted") return { ...nothing, status: "interrupted" };
  if (upstream) return { ...nothing, status: "skipped", because: upstream.because ?? upstream.id };
  if (!options.failFast) return undefined;
  const failed = [...results.values()].find((result) => result.status === "failed");
  return failed && { ...nothing, status: "skipped", because: failed.id };
}
