/** Rows that are matched by key: in an upsert, whatever its rows come from, and with `publish: rows`. */
import { repeated } from "../project/names.ts";
import type { Path, Problem } from "../project/problem.ts";
import type { Output, TableOutput } from "../project/types.ts";
import { missingKeys, notAColumn } from "./codes.ts";
import { unknownColumns } from "./shared.ts";

interface UpsertKeys {
  readonly keys?: readonly string[] | undefined;
  readonly update_columns?: readonly string[] | undefined;
}

/** Said, or else the primary key. */
export const keysOf = ({ keys }: UpsertKeys, { primaryKey }: TableOutput): readonly string[] =>
  keys ?? primaryKey?.columns ?? [];

/** `upsertAt`: where the definition says that it is an upsert. */
export function upsertProblems(spec: UpsertKeys, output: TableOutput, upsertAt: Path): readonly Problem[] {
  const { keys: said = [], update_columns: updated = [] } = spec;
  const columns = output.columns.map(({ name }) => name);
  const keys = keysOf(spec, output);
  const noKeys: Problem = {
    code: missingKeys,
    path: upsertAt,
    message: "an upsert needs keys to match rows by",
    hint: 'Add "primary_key: [COLUMN]" under output, or "keys: [COLUMN]".',
  };
  const keyUpdated = (column: string, i: number): Problem => ({
    code: notAColumn,
    path: ["update_columns", i],
    message: `"${column}" is a key, so it never changes`,
    hint: "Remove it from update_columns.",
  });
  return [
    ...(keys.length === 0 ? [noKeys] : []),
    ...unknownColumns(said, columns, ["keys"]),
    ...repeated(said, (i) => ["keys", i]),
    ...unknownColumns(updated, columns, ["update_columns"]),
    ...repeated(updated, (i) => ["update_columns", i]),
    ...updated.flatMap((column, i) => (keys.includes(column) ? [keyUpdated(column, i)] : [])),
  ];
}

/** `publish: rows` matches rows by the primary key of a table. */
export function publishProblems(publish: "swap" | "rows" | undefined, output: Output | undefined): readonly Problem[] {
  const isTable = output?.type === "table";
  if (publish !== "rows" || (isTable && output.primaryKey)) return [];
  return [
    {
      code: missingKeys,
      path: ["publish"],
      message: `"publish: rows" needs a ${isTable ? "primary_key in" : "table with a primary_key as"} the output`,
      hint: 'Add "primary_key: [COLUMN]" under output: rows are matched by it.',
    },
  ];
}
