/** Workers that do the same work beside each other, task by task. */

interface Worker<Task, Result> {
  readonly work: (task: Task) => Promise<Result>;
  /** Ends a task in the middle; `work` may then throw. */
  readonly breakOff: () => void;
}

interface Turns<Task, Result> {
  readonly workers: readonly Worker<Task, Result>[];
  /** The next task for a worker, by its number; undefined if there is none left for it. */
  readonly next: (worker: number) => Task | undefined;
  readonly signal: AbortSignal;
  readonly ended: (task: Task, result: Result, seconds: number) => void;
}

/**
 * Each worker takes the next task until there is none, the signal comes, or one of them has failed. What the signal broke off
 * says nothing. All have ended when this does, also where one has failed: what they share may go then.
 * @throws what one of them has thrown
 */
export async function takeTurns<Task, Result>({ workers, next, signal, ended }: Turns<Task, Result>): Promise<void> {
  const broken = new AbortController();
  const run = async ({ work, breakOff }: Worker<Task, Result>, n: number): Promise<void> => {
    signal.addEventListener("abort", breakOff);
    try {
      for (let task = next(n); task !== undefined && !signal.aborted && !broken.signal.aborted; task = next(n)) {
        const begun = performance.now();
        const result = await work(task);
        if (!signal.aborted) ended(task, result, (performance.now() - begun) / 1000);
      }
    } catch (error) {
      if (signal.aborted) return;
      broken.abort();
      throw error;
    } finally {
      signal.removeEventListener("abort", breakOff);
    }
  };
  const ends = await Promise.allSettled(workers.map(run));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
