import type { Command } from "commander";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { buildGraph } from "../../graph/graph.ts";
import { topologicalOrder } from "../../graph/order.ts";
import { findPipeline, isDiagnostic } from "../../graph/names.ts";
import { pipelineOrder } from "../../graph/pipelines.ts";
import { outputText, type Project, type Transform } from "../../project/types.ts";
import { type LastRuns, readLastRuns } from "../../run/last_runs.ts";
import { type CliContext, UsageError } from "../context.ts";
import { writeJson, mentionProblems } from "../terminal/output.ts";
import { fit, type Style, styleFor } from "../terminal/style.ts";
import { type Column, table } from "../terminal/table.ts";
import { errorsBehind } from "../asked/divide_problems.ts";
import { findTarget } from "../asked/targets.ts";
import { inputNear, lastRunText, transformJson } from "../terminal/words.ts";

/** By pipeline, each after those it reads; within it, each transform after those it reads. */
export function listTransforms(project: Project, pipeline?: string): readonly Transform[] {
  const byId = new Map(project.transforms.map((t) => [t.id, t]));
  const byPipeline = new Map<string, Transform[]>(pipelineOrder(project).map((name) => [name, []]));
  for (const id of topologicalOrder(buildGraph(project))) {
    const transform = byId.get(id)!;
    byPipeline.get(transform.pipeline)!.push(transform);
  }
  return pipeline === undefined ? [...byPipeline.values()].flat() : (byPipeline.get(pipeline) ?? []);
}

interface Drawing {
  readonly style: Style;
  readonly now: Date;
  /** The terminal's; absent: nothing is shortened. */
  readonly width?: number;
}

const columns: readonly Column[] = [
  { title: "transform", min: 16 },
  { title: "kind" },
  { title: "output", min: 16 },
  { title: "inputs", min: 12, from: 80 },
  { title: "owners", min: 8, from: 100 },
  { title: "last run", min: 11 },
];

export function drawList(
  project: Project,
  transforms: readonly Transform[],
  lastRuns: LastRuns,
  { style, now, width }: Drawing,
): readonly string[] {
  const rows = transforms.map((t) => [
    `  ${t.name}`,
    t.kind,
    t.outputs.map(outputText),
    t.inputs.map((input) => inputNear(input, t.pipeline)),
    t.owners,
    lastRunText(lastRuns[t.id], now, style),
  ]);
  const [titles, ...lines] = table(columns, rows, style, width);
  const descriptions = new Map(project.pipelines.map((p) => [p.name, p.description]));
  const drawn = [titles!];
  transforms.forEach((t, i) => {
    if (t.pipeline !== transforms[i - 1]?.pipeline) {
      const description = descriptions.get(t.pipeline);
      const heading =
        style.bold(t.pipeline) + (description === undefined ? "" : style.dim(`  ${firstLine(description)}`));
      drawn.push(width === undefined ? heading : fit(heading, width));
    }
    drawn.push(lines[i]!);
  });
  return drawn;
}

const firstLine = (text: string): string => text.trim().split("\n", 1)[0]!;

export function register(program: Command, context: CliContext): void {
  program
    .command("ls")
    .summary("list transforms in the order they run")
    .description(
      "Lists transforms in the order they run: kind, output, inputs, owners, and the last run from this checkout. Needs no server.",
    )
    .argument("[pipeline]", "only this pipeline")
    .option("--target <target>", "the last run on this target; else the last one anywhere")
    .option("--json", "print JSON")
    .action(async (name: string | undefined, { json, target }: { json?: boolean; target?: string }) => {
      const { project, diagnostics } = await context.loadProject();
      const pipeline = name === undefined ? undefined : findPipeline(project, name, context.cwd);
      if (pipeline && isDiagnostic(pipeline)) {
        const errors = errorsBehind([name!], diagnostics);
        throw errors.length > 0 ? new DiagnosticError(errors) : new UsageError([pipeline]);
      }
      const transforms = listTransforms(project, pipeline?.name);
      const lastRuns = readLastRuns(project.root, target && findTarget(project, target).name);
      if (json) {
        writeJson(context, { transforms: transforms.map((t) => transformJson(t, lastRuns)) });
      } else if (transforms.length === 0) {
        context.stderr.write('No transforms yet. Make one with "ctf start create_table_as table my_transform.sql".\n');
      } else {
        const width = context.isTTY.stdout ? context.stdout.columns : undefined;
        const drawing = { style: styleFor(context.color), now: new Date(), ...(width && { width }) };
        context.stdout.write(`${drawList(project, transforms, lastRuns, drawing).join("\n")}\n`);
      }
      mentionProblems(context, diagnostics);
    });
}
