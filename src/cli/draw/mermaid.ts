import type { Graph } from "../../graph/graph.ts";
import type { Transform } from "../../project/types.ts";
import { byPipeline } from "./graph.ts";

/** A Mermaid flowchart: a box for each pipeline, sources as cylinders, neighbours from other pipelines outside. */
export function mermaid(graph: Graph, transforms: readonly Transform[]): readonly string[] {
  const nodes = new Map<string, string>();
  const node = (key: string): string => {
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const made = `n${nodes.size}`;
    nodes.set(key, made);
    return made;
  };
  const drawn = new Set(transforms.map((t) => t.id));
  const lines = ["flowchart LR"];
  let box = 0;
  for (const [pipeline, members] of byPipeline(transforms)) {
    lines.push(`  subgraph p${box++}["${escaped(pipeline)}"]`);
    for (const t of members) lines.push(`    ${node(t.id)}["${escaped(t.name)}"]`);
    lines.push("  end");
  }

  const outside = new Map<string, string>();
  const edges: string[] = [];
  for (const t of transforms) {
    for (const input of t.inputs) {
      const key = input.type === "transform" ? input.id : `source ${input.name}`;
      if (key === t.id) continue;
      if (input.type === "source") outside.set(key, `[("${escaped(input.name)}")]`);
      else if (!drawn.has(key)) outside.set(key, `(["${escaped(key)}"])`);
      edges.push(`  ${node(key)} --> ${node(t.id)}`);
    }
    for (const reader of graph.downstream.get(t.id)!) {
      if (drawn.has(reader)) continue;
      outside.set(reader, `(["${escaped(reader)}"])`);
      edges.push(`  ${node(t.id)} --> ${node(reader)}`);
    }
  }
  for (const [key, shape] of outside) lines.push(`  ${node(key)}${shape}`);
  return [...lines, ...edges];
}

const escaped = (text: string): string => text.replaceAll('"', "#quot;");
