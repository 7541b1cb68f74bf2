/** The workers of a run: started when needed, used for one call at a time, kept for the next. */
import type { Language } from "../plan/types.ts";
import { pythonEnvironment, workerEnvironment } from "./environment.ts";
import { chooseInterpreter, findInterpreter, type PythonSettings } from "./interpreter.ts";
import type { WorkerProcess } from "./process.ts";
import { startJavaScript, startPython } from "./start.ts";

export interface Workers {
  /** @throws DiagnosticError when Python is missing or does not start */
  take(language: Language): Promise<WorkerProcess>;
  /** Back for the next call, if it still lives. */
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
  const idle: Record<Language, WorkerProcess[]> = { python: [], javascript: [] };
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
      const waiting = idle[language];
      for (let kept = waiting.pop(); kept; kept = waiting.pop()) if (kept.alive) return kept;
      return language === "python" ? python() : javascript();
    },
    give(worker, language) {
      if (worker.alive) idle[language].push(worker);
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.close()));
    },
  };
}
