import type { Kind } from "../../plan/kind.ts";
import type { Problem } from "../../project/problem.ts";
import type { TableOutput } from "../../project/types.ts";
import { repeated } from "../../project/names.ts";
import { missingKeys, notAColumn } from "../codes.ts";
import { statementsOf, tableOf, unknownColumns } from "../shared.ts";
import { documentation } from "./documentation.ts";
import type { Spec } from "./syntax.ts";

const keysOf = (spec: Spec, output: TableOutput): readonly string[] => spec.keys ?? output.primaryKey?.columns ?? [];

export const upsert: Kind = {
  name: "upsert",
  summary: "inserts or updates rows by key, and touches only those that differ",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table"],
  severalOutputs: false,
  code: { key: "sql", extension: ".sql", holds: "select" },
  mayReadItself: true,
  columnsOptional: false,

  check(transform) {
    const spec = transform.spec as Spec;
    const output = tableOf(transform);
    const columns = output.columns.map(({ name }) => name);
    const keys = keysOf(spec, output);
    const problems: Problem[] = [
      ...unknownColumns(spec.keys ?? [], columns, ["keys"]),
      ...repeated(spec.keys ?? [], (i) => ["keys", i]),
      ...unknownColumns(spec.update_columns ?? [], columns, ["update_columns"]),
      ...repeated(spec.update_columns ?? [], (i) => ["update_columns", i]),
    ];
    if (keys.length === 0) {
      problems.push({
        code: missingKeys,
        path: ["kind"],
        message: "an upsert needs keys to match rows by",
        hint: 'Add "primary_key: [COLUMN]" under output, or "keys: [COLUMN]".',
      });
    }
    spec.update_columns?.forEach((column, i) => {
      if (!keys.includes(column)) return;
      problems.push({
        code: notAColumn,
        path: ["update_columns", i],
        message: `"${column}" is a key, so it never changes`,
        hint: "Remove it from update_columns.",
      });
    });
    return problems;
  },

  plan(transform, context) {
    const query = statementsOf(transform, context)[0]!;
    const spec = transform.spec as Spec;
    const output = tableOf(transform);
    return {
      type: "merge_rows",
      rows: { type: "query", query },
      output,
      keys: keysOf(spec, output),
      ...(spec.update_columns && { updateColumns: spec.update_columns }),
      deleteMissing: spec.delete_missing ?? false,
      readsItself: transform.inputs.some((input) => input.type === "transform" && input.id === transform.id),
    };
  },
};
