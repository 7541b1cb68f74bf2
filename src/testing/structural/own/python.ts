/** The one way to Python of all tries: its process stays warm from one transform to the next. */
import type { Project } from "../../../project/types.ts";
import { missingPackage } from "../../../worker/codes.ts";
import { DiagnosticError } from "../../../diagnostics/diagnostic.ts";
import type { PythonCaller, Work } from "../../../warehouse/work.ts";
import { type LazyWorkers, lazyWorkers } from "../../run/lazy_workers.ts";

export interface TryingPython {
  readonly caller: PythonCaller;
  close(): Promise<void>;
}

/** `now`: the time that a function gets, and that Python's own clock shows where the package for it is installed. */
export function tryingPython(
  project: Project,
  env: Work["env"],
  variables: Readonly<Record<string, string>>,
  now: string,
): TryingPython {
  const workers: LazyWorkers = lazyWorkers(project, { env });
  const callerWhere = async (clockStandsStill: boolean): Promise<PythonCaller> => {
    const { pythonCaller } = await import("../../../worker/call/caller.ts");
    return pythonCaller({
      workers: await workers.get(),
      variables,
      now: new Date(now),
      clockStandsStill,
      hear: () => {},
    });
  };
  let canStandStill = true;
  const called = async <T>(call: (caller: PythonCaller) => Promise<T>): Promise<T> => {
    try {
      return await call(await callerWhere(canStandStill));
    } catch (error) {
      if (!canStandStill || !lacksClock(error)) throw error;
      canStandStill = false;
      return call(await callerWhere(false));
    }
  };
  return {
    caller: {
      table: (work, call, output) => called((caller) => caller.table(work, call, output)),
      file: (work, call, output, path) => called((caller) => caller.file(work, call, output, path)),
      // Documents that were sent can't be sent again, so it is not tried whether the clock can stand still.
      map: async (work, map, documents) => (await callerWhere(false)).map(work, map, documents),
    },
    close: () => workers.close(),
  };
}

const lacksClock = (error: unknown): boolean =>
  error instanceof DiagnosticError &&
  error.diagnostics.some(({ code, message }) => code === missingPackage.code && message.includes("time-machine"));
