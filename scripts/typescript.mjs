/** Lets Node run our sources as they are, which Node 20 can't by itself: `node --import ./scripts/typescript.mjs FILE`. */
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { transformSync } from "rolldown/utils";

// Node loads the hooks below in a thread of their own.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const path = fileURLToPath(url);
  const { code, errors } = transformSync(path, readFileSync(path, "utf8"));
  if (errors.length > 0) throw errors[0];
  return { format: "module", source: code, shortCircuit: true };
}
