import { type Column, type Output, outputText, type Project } from "../../project/types.ts";
import { columnText, type ColumnId, type Edge, type Lineage } from "./graph.ts";

/** The project with the descriptions that columns of these transforms inherit: a column without one has that of the column that it is a copy of. */
export function withDescriptions(project: Project, lineage: Lineage, ids: ReadonlySet<string>): Project {
  const describe = (output: Output): Output => {
    if (output.type === "function") return output;
    const relation = outputText(output);
    return { ...output, columns: output.columns.map((column) => described(column, relation, lineage)) };
  };
  const transforms = project.transforms.map((transform) =>
    ids.has(transform.id) ? { ...transform, outputs: transform.outputs.map(describe) } : transform,
  );
  return { ...project, transforms };
}

function described(column: Column, relation: string, lineage: Lineage): Column {
  const description = column.description ?? inherited({ relation, column: column.name }, lineage);
  return description === undefined ? column : { ...column, description };
}

function inherited(id: ColumnId, lineage: Lineage): string | undefined {
  const seen = new Set<string>();
  for (let at: ColumnId | undefined = id; at && !seen.has(columnText(at));) {
    seen.add(columnText(at));
    const description = lineage.columnOf(at)?.description;
    if (description !== undefined) return description;
    const values: readonly Edge[] = lineage.up(at).filter(({ how }) => how === "copy" || how === "value");
    at = values.length === 1 && values[0]?.how === "copy" ? values[0].from : undefined;
  }
  return undefined;
}
