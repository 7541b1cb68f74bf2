/** A column's whole way, as a tree: what it is made from, or what is made from it. */
import { columnText, type ColumnId, type Edge, type Lineage } from "../../check/lineage/graph.ts";

export interface Branch {
  readonly id: ColumnId;
  /** How it hangs together with the branch that it grows from; absent at the root. */
  readonly edge?: Edge;
  readonly branches: readonly Branch[];
  /** It stands elsewhere in the tree, with its branches. */
  readonly isRepeated: boolean;
}

interface Growing extends Branch {
  readonly branches: Growing[];
  isRepeated: boolean;
}

/** What only decides is shown and not followed: its own way is that of another value. `depth`: so many steps, or all. */
export function traceColumn(lineage: Lineage, id: ColumnId, direction: "up" | "down", depth = Infinity): Branch {
  const root: Growing = { id, branches: [], isRepeated: false };
  const grown = new Set<string>();
  let level = [root];
  for (let step = 0; step < depth && level.length > 0; step++) {
    const next: Growing[] = [];
    for (const branch of level) {
      const text = columnText(branch.id);
      branch.isRepeated = grown.has(text);
      if (branch.isRepeated) continue;
      grown.add(text);
      for (const edge of lineage[direction](branch.id)) {
        const grows: Growing = { id: direction === "up" ? edge.from : edge.to, edge, branches: [], isRepeated: false };
        branch.branches.push(grows);
        if (!onlyDecides(edge)) next.push(grows);
      }
    }
    level = next;
  }
  return root;
}

export const onlyDecides = ({ how }: Edge): boolean => how === "decides" || how === "rows";

/** All steps of a tree, each once. */
export function edgesIn(root: Branch): readonly Edge[] {
  const found = new Map<string, Edge>();
  const open = [root];
  for (const { edge, branches } of open) {
    if (edge) found.set(JSON.stringify([edge.from, edge.to, edge.how]), edge);
    open.push(...branches);
  }
  return [...found.values()];
}
