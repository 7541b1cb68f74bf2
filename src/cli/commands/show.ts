import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describeColumns } from "../../check/lineage/load.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { buildGraph } from "../../graph/graph.ts";
import { findTransform, isDiagnostic } from "../../graph/names.ts";
import type { Action } from "../../plan/types.ts";
import {
  outputText,
  tableText,
  type Output,
  type Project,
  type TableName,
  type Target,
  type Transform,
} from "../../project/types.ts";
import { type LastRuns, readLastRuns } from "../../run/last_runs.ts";
import { type CliContext, UsageError } from "../context.ts";
import { drawTransform } from "../draw/transform.ts";
import { mentionProblems, writeJson } from "../terminal/output.ts";
import { errorsBehind } from "../asked/divide_problems.ts";
import { styleFor } from "../terminal/style.ts";
import { findTarget } from "../asked/targets.ts";
import { transformJson } from "../terminal/words.ts";

export interface ShownTransform {
  readonly project: Project;
  readonly transform: Transform;
  /** Transforms that read it, by pipeline and name. */
  readonly readers: readonly string[];
  /** The text of its SQL (or other code) file. */
  readonly code?: string;
  readonly lastRuns: LastRuns;
  /** On a target with a prefix: the tables that its inputs are there. */
  readonly reads?: readonly TableName[];
}

export function showTransform(project: Project, transform: Transform): ShownTransform {
  return {
    project,
    transform,
    readers: buildGraph(project).downstream.get(transform.id) ?? [],
    ...(transform.codeFile !== undefined && { code: readCode(join(project.root, transform.codeFile)) }),
    lastRuns: readLastRuns(project.root),
  };
}

/** With the names that stand for its own on a target. @throws DiagnosticError where it can't run there */
async function showOn(
  context: CliContext,
  project: Project,
  transform: Transform,
  target: Target,
): Promise<ShownTransform> {
  const shown = { ...showTransform(project, transform), lastRuns: readLastRuns(project.root, target.name) };
  const { planOne } = await import("../work/environment.ts");
  const planned = await planOne(context, project, transform, target);
  if (!planned) return shown;
  const { action, reads } = planned;
  const outputs = "output" in action ? [action.output] : action.outputs;
  const code = codeOf(action);
  return { ...shown, transform: { ...transform, outputs }, reads, ...(code !== undefined && { code }) };
}

/** SQL as it is sent; other code is the same everywhere. */
function codeOf(action: Action): string | undefined {
  if (action.type === "run_statements") return action.statements.map(({ text }) => `${text};`).join("\n\n");
  return "rows" in action && action.rows.type === "query" ? action.rows.query.text : undefined;
}

/** A missing file is a problem that `ctf check` reports; the rest can still be shown. */
function readCode(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch {
    return "";
  }
}

const outputJson = (output: Output) => {
  if (output.type === "file") return { ...output, name: output.path };
  const { schema: _, ...rest } = output;
  return { ...rest, name: outputText(output) };
};

/** docs/json.md describes it. */
const shownJson = ({ transform: t, readers, code, lastRuns, reads }: ShownTransform) => ({
  ...transformJson(t, lastRuns),
  ...(reads && { reads: reads.map(tableText) }),
  outputs: t.outputs.map(outputJson),
  readers,
  monitors: t.monitors,
  settings: t.settings,
  retries: t.retries,
  timeoutMs: t.timeoutMs ?? null,
  publishWaitMs: t.publishWaitMs,
  snapshotWaitMs: t.snapshotWaitMs,
  keepPrevious: t.keepPrevious,
  codeFile: t.codeFile ?? null,
  code: code ?? null,
});

export function register(program: Command, context: CliContext): void {
  program
    .command("show")
    .summary("show everything about one transform")
    .description(
      "Shows everything about one transform: its definition, who reads it, its output's columns, its SQL and its last run.",
    )
    .argument("<transform>", "its name, pipeline.name, or one of its files")
    .option("--target <target>", "as it runs on this target: under which names it reads and writes there")
    .option("--json", "print JSON")
    .action(async (name: string, { json, target }: { json?: boolean; target?: string }) => {
      const { project: declared, diagnostics } = await context.loadProject();
      const found = findTransform(declared, name, { cwd: context.cwd });
      if (isDiagnostic(found)) {
        const errors = errorsBehind([name], diagnostics);
        throw errors.length > 0 ? new DiagnosticError(errors) : new UsageError([found]);
      }
      const project = await describeColumns(declared, [found.id]);
      const transform = project.transforms.find(({ id }) => id === found.id)!;
      const there = target === undefined ? undefined : findTarget(project, target);
      const shown = there ? await showOn(context, project, transform, there) : showTransform(project, transform);
      if (json) writeJson(context, shownJson(shown));
      else {
        const width = context.isTTY.stdout ? context.stdout.columns : undefined;
        const lines = drawTransform(shown, styleFor(context.color), new Date(), width);
        context.stdout.write(`${lines.join("\n")}\n`);
      }
      mentionProblems(context, diagnostics);
    });
}
