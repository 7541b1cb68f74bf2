import type { Graph } from "./graph.ts";

/**
 * One cycle for each knot of transforms that (indirectly) read each other: the shortest through its first id, in the
 * direction of the data, starting with that id. Empty when the graph has an order.
 */
export function findCycles(graph: Pick<Graph, "ids" | "downstream">): readonly (readonly string[])[] {
  return knots(graph).map((members) => shortestCycle(graph, members));
}

/** Strongly connected components of more than one member (Tarjan 1972), with its recursion as an explicit stack. */
function knots({ ids, downstream }: Pick<Graph, "ids" | "downstream">): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const onPath = new Set<string>();
  const path: string[] = [];
  const found: string[][] = [];

  const enter = (id: string) => {
    low.set(id, index.size);
    index.set(id, index.size);
    path.push(id);
    onPath.add(id);
    return { id, edges: downstream.get(id) ?? [], next: 0 };
  };
  const lower = (id: string, to: number) => {
    if (to < low.get(id)!) low.set(id, to);
  };

  for (const root of ids) {
    if (index.has(root)) continue;
    const stack = [enter(root)];
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      const to = frame.edges[frame.next++];
      if (to !== undefined) {
        if (!index.has(to)) stack.push(enter(to));
        else if (onPath.has(to)) lower(frame.id, index.get(to)!);
        continue;
      }
      stack.pop();
      const parent = stack.at(-1);
      if (parent) lower(parent.id, low.get(frame.id)!);
      if (low.get(frame.id) === index.get(frame.id)) {
        const members = path.splice(path.lastIndexOf(frame.id));
        for (const member of members) onPath.delete(member);
        if (members.length > 1) found.push(members);
      }
    }
  }
  return found.map((members) => members.sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

function shortestCycle({ downstream }: Pick<Graph, "downstream">, members: readonly string[]): string[] {
  const first = members[0]!;
  const inside = new Set(members);
  const cameFrom = new Map<string, string>();
  const queue = [first];
  for (const id of queue) {
    for (const to of downstream.get(id) ?? []) {
      if (to === first) {
        const back = [id];
        while (back.at(-1) !== first) back.push(cameFrom.get(back.at(-1)!)!);
        return back.toReversed();
      }
      if (inside.has(to) && !cameFrom.has(to)) {
        cameFrom.set(to, id);
        queue.push(to);
      }
    }
  }
  throw new Error(`no cycle through ${first}, though it is strongly connected to others`);
}
