/** The Python workers of tests, started when the first one is needed. */
import type { Project } from "../../project/types.ts";
import type { Workers } from "../../worker/pool.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface LazyWorkers {
  get(): Promise<Workers>;
  close(): Promise<void>;
}

/** Most tests need no Python, and not even the code that speaks with it. */
export function lazyWorkers({ root, python, targets }: Project, { env }: { readonly env: Env }): LazyWorkers {
  let opened: Promise<Workers> | undefined;
  const open = async (): Promise<Workers> => {
    const { openWorkers } = await import("../../worker/pool.ts");
    const secrets = targets.flatMap((target) => (target.type === "url" ? [target.urlEnv] : []));
    return openWorkers({ root, ...(python !== undefined && { python }), env, secrets });
  };
  return { get: () => (opened ??= open()), close: async () => (await opened)?.close() };
}
