/** The environment of a process that calls people's functions: the user's own, without the ways to the data. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of CTF's own Python code, beside `src` and beside `dist`. */
export function pythonFolder(from = dirname(fileURLToPath(import.meta.url))): string {
  const python = join(from, "python");
  if (existsSync(join(python, "ctf")) && existsSync(join(from, "package.json"))) return python;
  const above = dirname(from);
  if (above === from) throw new Error("CTF's Python code is missing from its package");
  return pythonFolder(above);
}

/** libpq's variables and all that leads to S3; PYTHONHOME belongs to another Python. */
const KEPT_BACK = /^(PG|AWS_)|^(PYTHONHOME|PYTHONSTARTUP|VIRTUAL_ENV)$/;

/** `secrets`: the variables that hold targets' addresses. */
export const workerEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !KEPT_BACK.test(entry[0]) && !secrets.includes(entry[0]),
    ),
  );

/** Python finds CTF's own code by it. */
export function pythonEnvironment(...given: Parameters<typeof workerEnvironment>): Record<string, string> {
  const kept = workerEnvironment(...given);
  const own = kept["PYTHONPATH"];
  return { ...kept, PYTHONPATH: [pythonFolder(), ...(own ? [own] : [])].join(delimiter), PYTHONUTF8: "1" };
}
