import type { Graph } from "./graph.ts";
import { pop, push } from "./heap.ts";

/**
 * All ids so that each comes after what it reads; among the ready, by pipeline and name.
 * In a cycle, the first by name goes first: a listing must show such a project too.
 */
export function topologicalOrder(graph: Graph): readonly string[] {
  const { ids } = graph;
  const rank = new Map(ids.map((id, i) => [id, i]));
  const waitsOn = ids.map((id) => graph.upstream.get(id)!.length);
  const ready: number[] = [];
  waitsOn.forEach((count, i) => {
    if (count === 0) ready.push(i);
  });

  const order: string[] = [];
  const placed = new Uint8Array(ids.length);
  let cursor = 0;
  while (order.length < ids.length) {
    let next = pop(ready);
    if (next === undefined) {
      while (placed[cursor] === 1) cursor++;
      next = cursor;
    }
    if (placed[next] === 1) continue;
    placed[next] = 1;
    order.push(ids[next]!);
    for (const reader of graph.downstream.get(ids[next]!)!) {
      const i = rank.get(reader)!;
      if (--waitsOn[i]! === 0) push(ready, i);
    }
  }
  return order;
}
