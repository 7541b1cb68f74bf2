/** What is put on a table when it is filled. */
import type { TableName, TableOutput } from "../../project/types.ts";
import type { Statement } from "../session/batch.ts";
import type { Made } from "./filler.ts";
import type { Purpose } from "./purpose.ts";
import { comment, constrain, createIndexes, createStatistics } from "./table.ts";

/** A table that only brings rows to another needs its key, nothing else. */
export function keyedBy({ primaryKey: _, ...output }: TableOutput, keys: readonly string[]): TableOutput {
  const keyed = keys.length > 0 && { primaryKey: { columns: keys } };
  return { ...output, ...keyed, unique: [], constraints: [] };
}

/** What makes a filled table what is declared. */
export function shape(
  table: TableName,
  output: TableOutput,
  { notNulls, loaded }: Made,
  purpose: Purpose,
): readonly Statement[] {
  if (purpose.type === "merge")
    return loaded ? [] : constrain(table, output, [...new Set([...purpose.keys, ...notNulls])]);
  return [
    ...(loaded ? [] : constrain(table, output, notNulls)),
    ...createIndexes(table, output),
    ...createStatistics(table, output),
    ...comment(table, output),
  ];
}
