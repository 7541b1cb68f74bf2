/** Protected health information follows the data: every column that holds it, whether its definition says so or not. */
import type { Column } from "../../project/types.ts";
import { columnText, type ColumnId, type Edge, type Lineage } from "./graph.ts";

/**
 * `declared`: the definition or the source says so; `flows`: its value is made from PHI, and the definition does not say
 * so; `possible`: a declared input holds PHI, and nobody can look inside.
 */
type PhiHow = "declared" | "flows" | "possible";

export interface PhiColumn {
  readonly id: ColumnId;
  readonly column: Column;
  readonly how: PhiHow;
  /** The last step of one of the shortest ways to it, if it is not declared. */
  readonly edge?: Edge;
}

export type PhiColumns = ReadonlyMap<string, PhiColumn>;

/** All columns that surely hold PHI, by `columnText`. */
export function surePhi(lineage: Lineage): PhiColumns {
  const found = new Map<string, PhiColumn>();
  for (const { text, columns } of lineage.tables.values()) {
    for (const column of columns) {
      if (!column.phi) continue;
      const id = { relation: text, column: column.name };
      found.set(columnText(id), { id, column, how: "declared" });
    }
  }
  spread(lineage, found, "flows", ["copy", "value"], ({ declassified }) => declassified !== undefined);
  return found;
}

/** All columns that hold PHI or may hold it, by `columnText`. */
export function phiColumns(lineage: Lineage): PhiColumns {
  const found = new Map(surePhi(lineage));
  spread(lineage, found, "possible", ["copy", "value", "declared"], ({ deniesPhi }) => deniesPhi === true);
  return found;
}

function spread(
  lineage: Lineage,
  found: Map<string, PhiColumn>,
  how: PhiHow,
  ways: readonly Edge["how"][],
  stops: (column: Column) => boolean,
): void {
  // What is added on the way is visited, too.
  for (const { id } of found.values()) {
    for (const edge of lineage.down(id)) {
      if (!ways.includes(edge.how)) continue;
      for (const { id, column } of columnsOf(lineage, edge.to)) {
        const text = columnText(id);
        if (!stops(column) && !found.has(text)) found.set(text, { id, column, how, edge });
      }
    }
  }
}

const UNDECLARED = { type: "", phi: false, notNull: false } as const;

function columnsOf(lineage: Lineage, to: ColumnId): readonly Pick<PhiColumn, "id" | "column">[] {
  const table = lineage.tables.get(to.relation);
  // Statements need not declare the columns of what they make.
  if (table && table.columns.length === 0) return [{ id: to, column: { ...UNDECLARED, name: to.column } }];
  return (table?.columns ?? []).flatMap((column) =>
    to.column === "*" || to.column === column.name
      ? [{ id: { relation: to.relation, column: column.name }, column }]
      : [],
  );
}

/** The steps by which PHI came to a column, from the one that is declared. */
export function wayTo(phi: PhiColumn, all: PhiColumns): readonly Edge[] {
  const edges: Edge[] = [];
  for (let at: PhiColumn | undefined = phi; at?.edge; at = all.get(columnText(at.edge.from))) edges.push(at.edge);
  return edges.toReversed();
}
