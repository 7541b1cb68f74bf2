/** Runs tests again as files are saved: those that the saved files concern. A half-written file is told, and waited for. */
import { watch } from "node:fs";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Project, Transform } from "../../project/types.ts";
import type { CliContext } from "../context.ts";
import { problemsText } from "../terminal/output.ts";
import { type Limits, runRound, type Wanted } from "./session.ts";
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
      await round(context, { ...wanted, only: concernedBy(files) }, signal);
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

/** Of tests that are written: their own file, and what concerns a transform that they run. */
const concernedBy =
  (files: readonly string[]) =>
  (project: Project): Limits => {
    const tests = new Set(files.filter((file) => file.endsWith(".test.yaml")));
    const ids = new Set(files.flatMap((file) => (tests.has(file) ? [] : transformsConcerned(project, file))));
    return {
      test: ({ file, subject }) => tests.has(file) || transformsOf(subject).some(({ id }) => ids.has(id)),
      transform: ({ id }) => ids.has(id),
    };
  };

/** Whose file it is, and who reads what is declared or stated there; all, where a table, a factory or a module is meant. */
function transformsConcerned({ transforms }: Project, saved: string): readonly string[] {
  const own = transforms.find(({ file, codeFile }) => file === saved || codeFile === saved);
  if (!own) return saved.endsWith(".sql") ? [] : transforms.map(({ id }) => id);
  if (own.file !== saved && own.codeHolds !== "statements") return [own.id];
  const reads = ({ inputs }: Transform) => inputs.some((input) => input.type === "transform" && input.id === own.id);
  return [own.id, ...transforms.filter(reads).map(({ id }) => id)];
}
