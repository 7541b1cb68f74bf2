import type { Kind } from "../../plan/kind.ts";
import { keysOf, upsertProblems } from "../matched_rows.ts";
import { statementsOf, tableOf } from "../shared.ts";
import { documentation } from "./documentation.ts";
import type { Spec } from "./syntax.ts";

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

  check: (transform) => upsertProblems(transform.spec as Spec, tableOf(transform), ["kind"]),

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
