/** Runs tests again as files are saved: those that the saved files concern. A half-written file is told, and waited for. */
import { watch } from "node:fs";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { TestCase } from "../../testing/types.ts";
import type { CliContext } from "../context.ts";
import { problemsText } from "../output.ts";
import { runRound, type Wanted } from "./session.ts";
import { transformsOf } from "../../testing/transforms_of.ts";

/** Editors write a file in several steps. */
const SETTLED_MS = 50;

export async function watchTests(context: CliContext, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const root = context.root();
  const changed = new Set<string>();
  let wake = () => {};
  const watcher = watch(root, { recursive: true, signal }, (_, name) => {
    const file = name?.replaceAll("\\", "/");
    if (file === undefined || !isOurs(file)) return;
    changed.add(file);
    wake();
  });
  watcher.on("error", () => {});
  try {
    await round(context, wanted, signal);
    while (!signal.aborted) {
      context.stderr.write("Waiting for a file to be saved; Ctrl-C ends.\n");
      await new Promise<void>((resolve) => {
        wake = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
        if (changed.size > 0) resolve();
      });
      if (signal.aborted) break;
      await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
      const files = [...changed];
      changed.clear();
      const only = (test: TestCase) => files.some((file) => concerns(file, test));
      await round(context, { ...wanted, only }, signal);
    }
  } finally {
    watcher.close();
  }
  context.setExitCode(0);
}

/** Nothing that is wrong ends the watch. */
async function round(context: CliContext, wanted: Wanted, signal: AbortSignal): Promise<void> {
  try {
    await runRound(context, wanted, signal);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    context.stderr.write(problemsText(error.diagnostics, context.colorOnStderr, context.root()));
  }
}

const isOurs = (file: string): boolean =>
  /\.(ya?ml|sql|py|csv)$/.test(file) && !file.split("/").some((part) => part.startsWith(".") && part !== ".");

/** A test's own file, the files of what it runs, and all others that may be beside it: a table, a factory, a module. */
function concerns(file: string, test: TestCase): boolean {
  if (file.endsWith(".test.yaml")) return file === test.file;
  if (/\.(sql|py)$/.test(file) || /^pipelines\/[^/]+\/[^/]+\.yaml$/.test(file)) {
    const { subject } = test;
    const transforms = transformsOf(subject);
    const isOwn = transforms.some((one) => one.file === file || one.codeFile === file);
    if (isOwn || file.endsWith(".sql")) return isOwn;
  }
  return true;
}
