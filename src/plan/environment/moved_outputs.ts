/** What a transform makes, moved into an environment. */
import type {
  Column,
  ForeignKey,
  FunctionOutput,
  Index,
  Output,
  TableOutput,
  ViewOutput,
} from "../../project/types.ts";
import { fileOf, isHere, readFrom, writtenTo, type Environment } from "./environment.ts";
import { expressionMoved, typeMoved, type Moving } from "./moving.ts";

export function outputMoved(moving: Moving, output: Output): Output {
  switch (output.type) {
    case "table":
      return tableMoved(moving, output);
    case "view":
      return viewMoved(moving, output);
    case "function":
      return functionMoved(moving, output);
    case "file":
      return { ...output, path: fileOf(moving.environment.target, output.path) };
  }
}

const viewMoved = (moving: Moving, output: ViewOutput): ViewOutput => ({
  ...output,
  ...writtenTo(moving.environment, output),
  columns: columnsMoved(moving, output.columns),
});

const functionMoved = (moving: Moving, output: FunctionOutput): FunctionOutput => ({
  ...output,
  ...writtenTo(moving.environment, output),
  ...(output.arguments && { arguments: output.arguments.map((type) => typeMoved(moving, type)) }),
});

export const tableMoved = (moving: Moving, output: TableOutput): TableOutput => ({
  ...output,
  ...writtenTo(moving.environment, output),
  columns: columnsMoved(moving, output.columns),
  indexes: output.indexes.map((index) => indexMoved(moving, index)),
  constraints: output.constraints.map((one) => ({ ...one, check: expressionMoved(moving, one.check) })),
  foreignKeys: output.foreignKeys.map((key) => foreignKey(moving.environment, key)),
});

const columnsMoved = (moving: Moving, columns: readonly Column[]): readonly Column[] =>
  columns.map((column) => ({
    ...column,
    type: typeMoved(moving, column.type),
    ...(column.default !== undefined && { default: expressionMoved(moving, column.default) }),
  }));

const indexMoved = (moving: Moving, index: Index): Index => ({
  ...index,
  ...(index.where !== undefined && { where: expressionMoved(moving, index.where) }),
  keys: index.keys.map((key) => ({
    ...key,
    ...(key.expression !== undefined && { expression: expressionMoved(moving, key.expression) }),
    ...(key.opclass !== undefined && { opclass: typeMoved(moving, key.opclass) }),
  })),
});

/** A constraint on a table of another environment would hold that up; what it says is verified all the same. */
export function foreignKey(environment: Environment, key: ForeignKey): ForeignKey {
  const { columns } = key.references;
  const to = readFrom(environment, key.references);
  return { ...key, references: { ...to, columns }, enforce: key.enforce && isHere(environment, key.references) };
}
