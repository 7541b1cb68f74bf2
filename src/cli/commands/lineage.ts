import { type Command, InvalidArgumentError, Option } from "commander";
import { columnText, type ColumnId, type Edge, type Lineage } from "../../check/lineage/graph.ts";
import { loadLineage } from "../../check/lineage/load.ts";
import { isDiagnostic } from "../../graph/names.ts";
import { type CliContext, UsageError } from "../context.ts";
import { drawLineage, expressionOf, lineageMermaid, type Traced } from "../draw/lineage.ts";
import { findColumn } from "../asked/find_column.ts";
import { mentionProblems, writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { edgesIn, traceColumn } from "../draw/trace_column.ts";

/** docs/json.md describes it. */
function lineageJson({ id, up, down }: Traced, lineage: Lineage) {
  const edges = [up, down].flatMap((root) => (root ? edgesIn(root) : []));
  const ids = new Map([id, ...edges.flatMap(({ from, to }) => [from, to])].map((one) => [columnText(one), one]));
  return {
    column: columnText(id),
    columns: [...ids].map(([text, one]) => columnJson(text, one, lineage)),
    edges: edges.map(edgeJson),
  };
}

function columnJson(text: string, id: ColumnId, lineage: Lineage) {
  const relation = lineage.tables.get(id.relation)?.relation;
  const column = lineage.columnOf(id);
  const place = expressionOf(id, lineage);
  return {
    column: text,
    table: id.relation,
    name: id.column,
    transform: relation && "transform" in relation ? relation.transform.id : null,
    source: relation && "source" in relation ? relation.source.sourceName : null,
    type: column?.type ?? null,
    phi: column?.phi ?? null,
    span: place ?? null,
  };
}

const edgeJson = ({ from, to, how, transform }: Edge) => ({
  from: columnText(from),
  to: columnText(to),
  how,
  transform: transform.id,
});

interface LineageFlags {
  readonly up?: boolean;
  readonly down?: boolean;
  readonly depth?: number;
  readonly format: "text" | "json" | "mermaid";
  readonly json?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command("lineage")
    .summary("show where a column comes from and goes to")
    .description(
      "Shows what a column is made from and what is made from it, through the whole project. What only decides (joins, " +
        "filters, groups, order) is shown dotted and not followed. Of python, sql and load it knows the declared inputs.",
    )
    .argument("<column>", "schema.table.column, transform.column or source.column")
    .option("--up", "only where it comes from")
    .option("--down", "only where it goes to")
    .option("--depth <n>", "so many steps, not all", depthOf)
    .addOption(new Option("--format <format>", "how to print it").choices(["text", "json", "mermaid"]).default("text"))
    .option("--json", "the same as --format json")
    .action(async (typed: string, { up, down, depth, format, json }: LineageFlags) => {
      const { project, diagnostics } = await context.loadProject();
      const lineage = await loadLineage(project);
      const id = findColumn(project, lineage, typed, context.cwd);
      if (isDiagnostic(id)) throw new UsageError([id]);
      const traced = {
        id,
        ...((up || !down) && { up: traceColumn(lineage, id, "up", depth) }),
        ...((down || !up) && { down: traceColumn(lineage, id, "down", depth) }),
      };
      if (json || format === "json") writeJson(context, lineageJson(traced, lineage));
      else {
        const width = context.isTTY.stdout ? context.stdout.columns : undefined;
        const lines =
          format === "mermaid" ? lineageMermaid(traced) : drawLineage(traced, lineage, styleFor(context.color), width);
        context.stdout.write(`${lines.join("\n")}\n`);
      }
      mentionProblems(context, diagnostics);
    });
}

function depthOf(text: string): number {
  const depth = Number(text);
  if (!Number.isInteger(depth) || depth < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return depth;
}
