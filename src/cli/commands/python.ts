import { relative } from "node:path";
import type { Command } from "commander";
import { isError } from "../../diagnostics/diagnostic.ts";
import type { Project } from "../../project/types.ts";
import type { PythonSettings } from "../../worker/interpreter.ts";
import type { PythonStatus } from "../../worker/packages/status.ts";
import { type CliContext, EXIT } from "../context.ts";
import { counted } from "../terminal/numbers.ts";
import { problemsText, writeJson } from "../terminal/output.ts";
import { pad, styleFor } from "../terminal/style.ts";

async function load(context: CliContext): Promise<Project> {
  const { project, diagnostics } = await context.loadProject();
  const own = diagnostics.filter((one) => isError(one) && one.span?.file === "ctf.yaml");
  if (own.length > 0) context.stderr.write(problemsText(own, context.colorOnStderr, project.root));
  return project;
}

const settingsOf = ({ root, python }: Project, { env }: CliContext): PythonSettings => ({
  root,
  env,
  ...(python !== undefined && { python }),
});

const LOCK: Readonly<Record<NonNullable<PythonStatus["lock"]>, string>> = {
  current: "requirements.lock fits the list in ctf.yaml",
  older: 'requirements.lock was made from another list: type "ctf python sync"',
  missing: 'the packages are not locked yet: type "ctf python sync"',
};

async function status(context: CliContext, { json }: { readonly json?: boolean }): Promise<void> {
  const project = await load(context);
  const { pythonStatus } = await import("../../worker/packages/status.ts");
  const { interpreter, packages, lock } = await pythonStatus(settingsOf(project, context), project.pythonRequirements);
  const near = relative(project.root, interpreter.path);
  const path = near.startsWith("..") ? interpreter.path : near;
  if (lock !== undefined && lock !== "current") context.setExitCode(EXIT.problems);
  if (json) {
    const { version, from } = interpreter;
    return writeJson(context, { python: { version, path: interpreter.path, from }, packages, lock: lock ?? null });
  }
  const facts: readonly (readonly [string, string])[] = [
    ["python", `${interpreter.version}, ${path} (from ${interpreter.from})`],
    ...Object.entries(packages).map(([name, version]) => [name, version ?? "not installed"] as const),
    ["packages", lock === undefined ? "python_requirements in ctf.yaml asks for none" : LOCK[lock]],
  ];
  const style = styleFor(context.color);
  for (const [name, value] of facts) context.stdout.write(`${style.dim(pad(name, 12))} ${value}\n`);
}

async function sync(context: CliContext): Promise<void> {
  const project = await load(context);
  const { syncPackages } = await import("../../worker/packages/sync.ts");
  const say = (text: string) => void context.stderr.write(`${text}\n`);
  const { locked } = await syncPackages(settingsOf(project, context), project.pythonRequirements, say);
  const what = counted(project.pythonRequirements.length, "requirement");
  say(
    `Installed ${what} with all that they need${locked ? "; requirements.lock is new: keep it with the project" : ""}.`,
  );
}

export function register(program: Command, context: CliContext): void {
  const python = program
    .command("python")
    .summary("show and install what python transforms need")
    .description("Tells which Python runs the project's python transforms, and whether its packages are as declared.")
    .option("--json", "print JSON")
    .action((flags: { readonly json?: boolean }) => status(context, flags));
  python
    .command("status")
    .summary("tell which Python it is, with which packages")
    .description("Tells which Python it is, with which packages. Exit code 1 if these are not as declared.")
    .option("--json", "print JSON")
    .action((flags: { readonly json?: boolean }) => status(context, flags));
  python
    .command("sync")
    .summary("lock and install the packages of python_requirements")
    .description("Locks the packages of python_requirements in requirements.lock, and installs them into .venv.")
    .action(() => sync(context));
}
