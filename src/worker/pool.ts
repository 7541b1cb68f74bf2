/** The workers of a run: started when needed, used for one call at a time, kept for the next. */
import { workerEnvironment } from "./environment.ts";
import { chooseInterpreter, findInterpreter, type PythonSettings } from "./interpreter.ts";
import { startWorker, type WorkerProcess } from "./process.ts";

export interface Workers {
  /** @throws DiagnosticError when Python is missing or does not start */
  take(): Promise<WorkerProcess>;
  /** Back for the next call, if it still lives. */
  give(worker: WorkerProcess): void;
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
  return {
    async take() {
      for (let kept = idle.pop(); kept; kept = idle.pop()) if (kept.alive) return kept;
      const { path } = chooseInterpreter(settings);
      try {
        const worker = await startWorker({ python: path, root, env: workerEnvironment(env, secrets) });
        all.add(worker);
        return worker;
      } catch (error) {
        // Too old, or no Python at all: that is asked only now, as a good one starts faster without.
        await findInterpreter(settings);
        throw error;
      }
    },
    give(worker) {
      if (worker.alive) idle.push(worker);
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.close()));
    },
  };
}
