import type { Kind } from "../../plan/kind.ts";
import { publishProblems } from "../matched_rows.ts";
import { statementsOf, tableOf } from "../shared.ts";
import { documentation } from "./documentation.ts";
import type { Spec } from "./syntax.ts";

export const createTableAs: Kind = {
  name: "create_table_as",
  summary: "builds a table anew from one SELECT, and puts it in the old one's place",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table"],
  severalOutputs: false,
  code: { key: "sql", extension: ".sql", holds: "select" },
  mayReadItself: false,
  columnsOptional: false,

  check: (transform) => publishProblems((transform.spec as Spec).publish, tableOf(transform)),

  plan(transform, context) {
    const query = statementsOf(transform, context)[0]!;
    const { publish } = transform.spec as Spec;
    return {
      type: "build_table",
      rows: { type: "query", query },
      output: tableOf(transform),
      publish: publish ?? "swap",
    };
  },
};
