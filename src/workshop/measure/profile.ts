/** V8's own profile of what goes on, as browsers' developer tools and editors open it. */
import { Session, type Profiler } from "node:inspector/promises";

export type CpuProfile = Profiler.Profile;

/** A look so often, in microseconds. */
const INTERVAL = 500;

export async function profiled<T>(work: () => Promise<T>): Promise<{ readonly done: T; readonly profile: CpuProfile }> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
    await session.post("Profiler.start");
    const done = await work();
    const { profile } = await session.post("Profiler.stop");
    return { done, profile };
  } finally {
    session.disconnect();
  }
}
