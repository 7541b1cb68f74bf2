import type { Project } from "../project/types.ts";
import type { Graph } from "./graph.ts";
import { findCycles } from "./cycles.ts";
import { topologicalOrder } from "./order.ts";

interface Step {
  readonly from: string;
  readonly to: string;
}

export interface PipelineCycle {
  /** In the direction of the data, starting with the first by name. */
  readonly pipelines: readonly string[];
  /** For each step of the cycle, one transform and its reader in the next pipeline. */
  readonly edges: readonly Step[];
}

/** Which pipelines read which; for each such pair the first transform and reader that make it so. */
interface PipelineGraph extends Graph {
  readonly steps: ReadonlyMap<string, ReadonlyMap<string, Step>>;
}

export function pipelineGraph(project: Pick<Project, "transforms" | "pipelines">): PipelineGraph {
  const pipelineOf = new Map(project.transforms.map((t) => [t.id, t.pipeline]));
  const names = new Set([...project.pipelines.map((p) => p.name), ...pipelineOf.values()]);
  const ids = [...names].sort();
  const steps = new Map(ids.map((name) => [name, new Map<string, Step>()]));
  const upstream = new Map(ids.map((name) => [name, [] as string[]]));
  for (const { id, pipeline, inputs } of project.transforms) {
    for (const input of inputs) {
      if (input.type !== "transform") continue;
      const from = pipelineOf.get(input.id);
      if (from === undefined || from === pipeline || steps.get(from)!.has(pipeline)) continue;
      steps.get(from)!.set(pipeline, { from: input.id, to: id });
      upstream.get(pipeline)!.push(from);
    }
  }
  const downstream = new Map(ids.map((name) => [name, [...steps.get(name)!.keys()].sort()]));
  return { ids, upstream, downstream, steps };
}

/** Names of pipelines, each after those it reads. */
export const pipelineOrder = (project: Pick<Project, "transforms" | "pipelines">): readonly string[] =>
  topologicalOrder(pipelineGraph(project));

/** Pipelines that wait for each other: no scheduler can run them, even where no transform waits for itself. */
export function findPipelineCycles(project: Pick<Project, "transforms" | "pipelines">): readonly PipelineCycle[] {
  const graph = pipelineGraph(project);
  return findCycles(graph).map((pipelines) => ({
    pipelines,
    edges: pipelines.map((name, i) => graph.steps.get(name)!.get(pipelines[(i + 1) % pipelines.length]!)!),
  }));
}
