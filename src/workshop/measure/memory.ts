/** How much memory this process has while something goes on. */

export interface MemorySample {
  readonly seconds: number;
  /** Resident: all that the system has given it. */
  readonly rss: number;
  /** Of it, JavaScript's own objects. */
  readonly heap: number;
}

const EVERY_MS = 20;

/** Looks whenever the work lets it; long computations are gaps. */
export async function sampled<T>(
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly samples: readonly MemorySample[] }> {
  const begun = performance.now();
  const samples: MemorySample[] = [];
  const look = (): void => {
    const { rss, heapUsed } = process.memoryUsage();
    samples.push({ seconds: (performance.now() - begun) / 1000, rss, heap: heapUsed });
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  try {
    const done = await work();
    look();
    return { done, samples };
  } finally {
    clearInterval(timer);
  }
}
