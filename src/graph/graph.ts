import type { Project, Transform } from "../project/types.ts";

type Edges = ReadonlyMap<string, readonly string[]>;

/** Who reads whom, between the transforms of a project. Every id has an entry in both maps. */
export interface Graph {
  /** By pipeline, then name. */
  readonly ids: readonly string[];
  readonly upstream: Edges;
  readonly downstream: Edges;
}

const byPipelineAndName = (a: Transform, b: Transform): number => {
  if (a.pipeline !== b.pipeline) return a.pipeline < b.pipeline ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
};

/** Left out: a transform that reads itself, inputs that are sources, and inputs that do not exist. */
export function buildGraph(project: Pick<Project, "transforms">): Graph {
  const transforms = [...project.transforms].sort(byPipelineAndName);
  const upstream = new Map<string, string[]>();
  const downstream = new Map<string, string[]>();
  for (const { id } of transforms) {
    upstream.set(id, []);
    downstream.set(id, []);
  }
  for (const { id, inputs } of transforms) {
    const read = new Set<string>();
    for (const input of inputs) {
      if (input.type === "transform" && input.id !== id && downstream.has(input.id)) read.add(input.id);
    }
    for (const from of read) {
      upstream.get(id)!.push(from);
      downstream.get(from)!.push(id);
    }
  }
  return { ids: [...upstream.keys()], upstream, downstream };
}

/** All ids that can be reached from `from` along `edges`, those included; `follow` may close an edge. */
export function reach(
  edges: Edges,
  from: Iterable<string>,
  follow: (from: string, to: string) => boolean = () => true,
): ReadonlySet<string> {
  const seen = new Set(from);
  // A Set's iteration also visits what is added on the way, so it is its own queue.
  for (const id of seen) {
    for (const next of edges.get(id) ?? []) {
      if (follow(id, next)) seen.add(next);
    }
  }
  return seen;
}
