import { type Command, Option } from "commander";
import { buildGraph } from "../../graph/graph.ts";
import { findPipeline, isDiagnostic } from "../../graph/names.ts";
import type { Transform } from "../../project/types.ts";
import { type CliContext, UsageError } from "../context.ts";
import { drawGraph } from "../draw/graph.ts";
import { mermaid } from "../draw/mermaid.ts";
import { mentionProblems, writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { type InputJson, inputJson } from "../terminal/words.ts";
import { builtOn } from "../work/environment.ts";
import { findTarget } from "../asked/targets.ts";
import { listTransforms } from "./ls.ts";

/** docs/json.md describes it. */
export interface GraphJson {
  readonly transforms: readonly {
    readonly transform: string;
    readonly pipeline: string;
    readonly kind: string;
    /** With `--target`: all its tables, views and functions stand in the target's own schemas. */
    readonly isHere?: boolean;
  }[];
  /** Every input of these transforms, also from other pipelines and sources. */
  readonly edges: readonly { readonly from: InputJson; readonly to: string }[];
}

export const graphJson = (transforms: readonly Transform[], here?: ReadonlySet<string>): GraphJson => ({
  transforms: transforms.map(({ id, pipeline, kind }) => ({
    transform: id,
    pipeline,
    kind,
    ...(here && { isHere: here.has(id) }),
  })),
  edges: transforms.flatMap((t) => t.inputs.map((input) => ({ from: inputJson(input), to: t.id }))),
});

interface GraphOptions {
  readonly json?: boolean;
  readonly target?: string;
  readonly format: "terminal" | "mermaid" | "json";
}

export function register(program: Command, context: CliContext): void {
  program
    .command("graph")
    .summary("draw who reads whom")
    .description("Draws who reads whom: in one pipeline, or how the pipelines hang together and then each of them.")
    .argument("[pipeline]", "only this pipeline, and its neighbours")
    .addOption(
      new Option("--format <format>", "how to draw it").choices(["terminal", "mermaid", "json"]).default("terminal"),
    )
    .option("--target <target>", "mark what stands on this target itself, where it has a prefix")
    .option("--json", "the same as --format json")
    .action(async (name: string | undefined, { format, json, target }: GraphOptions) => {
      const { project, diagnostics } = await context.loadProject();
      const pipeline = name === undefined ? undefined : findPipeline(project, name, context.cwd);
      if (pipeline && isDiagnostic(pipeline)) throw new UsageError([pipeline]);
      const transforms = listTransforms(project, pipeline?.name);
      const here = target === undefined ? undefined : await builtOn(context, project, findTarget(project, target));
      if (json || format === "json") writeJson(context, graphJson(transforms, here));
      else {
        const graph = buildGraph(project);
        const width = context.isTTY.stdout ? context.stdout.columns : undefined;
        const drawing = {
          overview: !pipeline,
          style: styleFor(context.color),
          ...(width && { width }),
          ...(here && { here }),
        };
        const lines =
          format === "mermaid" ? mermaid(graph, transforms) : drawGraph(project, graph, transforms, drawing);
        context.stdout.write(`${lines.join("\n")}\n`);
      }
      mentionProblems(context, diagnostics);
    });
}
