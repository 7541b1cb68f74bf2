/** The workers of a run: started when needed, used for one call at a time. */
import type { Language } from "../plan/types.ts";
import { pythonEnvironment, workerEnvironment } from "./environment.ts";
import { chooseInterpreter, findInterpreter, type PythonSettings } from "./interpreter.ts";
import type { WorkerProcess } from "./process.ts";
import { startJavaScript, startPython } from "./start.ts";

export interface Workers {
  /** @throws DiagnosticError when Python is missing or does not start */
  take(language: Language): Promise<WorkerProcess>;
  /** After a call. Python's are kept for the next one; of JavaScript, nothing takes out what a call has left in the process. */
  give(worker: WorkerProcess, language: Language): void;
  /** None outlives this. */
  close(): Promise<void>;
}

export interface WorkersSettings extends PythonSettings {
  /** The variables that hold targets' addresses: no worker sees them. */
  readonly secrets: readonly string[];
}

export function openWorkers(settings: WorkersSettings): Workers {
  const { root, env, secrets } = settings;
  const all = new Set<WorkerProcess>();
  const idle: WorkerProcess[] = [];
  const started = async (starting: Promise<WorkerProcess>): Promise<WorkerProcess> => {
    const worker = await starting;
    all.add(worker);
    return worker;
  };
  const python = async (): Promise<WorkerProcess> => {
    const { path } = chooseInterpreter(settings);
    try {
      return await started(startPython(path, { root, env: pythonEnvironment(env, secrets) }));
    } catch (error) {
      // Too old, or no Python at all: that is asked only now, as a good one starts faster without.
      await findInterpreter(settings);
      throw error;
    }
  };
  const javascript = (): Promise<WorkerProcess> =>
    started(startJavaScript({ root, env: workerEnvironment(env, secrets) }));
  return {
    async take(language) {
      if (language === "javascript") return javascript();
      for (let kept = idle.pop(); kept; kept = idle.pop()) if (kept.alive) return kept;
      return python();
    },
    give(worker, language) {
      if (language === "javascript") void worker.close();
      else if (worker.alive) idle.push(worker);
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.close()));
    },
  };
}
