import type { TableName, TableOutput } from "../../project/types.ts";
import type { Spec } from "./syntax.ts";

export const keysOf = (spec: Spec, output: TableOutput): readonly string[] =>
  spec.keys ?? output.primaryKey?.columns ?? [];

/** Where the rows go that can't be loaded. */
export const rejectsOf = (output: TableName): TableName => ({ schema: output.schema, name: `${output.name}_rejects` });
