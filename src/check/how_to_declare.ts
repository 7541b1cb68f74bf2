import type { Project, TableName } from "../project/types.ts";
import { itemText } from "../project/write/item_text.ts";
import { inputItem, relationsOf } from "./relations.ts";
import { isShut, wayOut } from "./restrictions.ts";

/**
 * What a transform is told that reads a table which is not among its inputs, and which the project knows: the line to add, or
 * whom to ask where it may not read it.
 */
export function howToDeclare(project: Project): (transform: string, table: TableName) => string | undefined {
  const relations = relationsOf(project);
  const transforms = new Map(project.transforms.map((transform) => [transform.id, transform]));
  return (id, { schema, name }) => {
    const relation = relations.find(schema, name);
    const transform = transforms.get(id);
    if (!relation || !transform) return undefined;
    if (isShut(relation, transform)) return wayOut(relation, transform);
    return `Add "- ${itemText(inputItem(relation, transform.pipeline))}" under inputs: in ${transform.file}.`;
  };
}
