import type { Kind } from "../../plan/kind.ts";
import { statementsOf } from "../shared.ts";
import { documentation } from "./documentation.ts";
import type { Spec } from "./syntax.ts";

export const sql: Kind = {
  name: "sql",
  summary: "runs statements as they are, and verifies that they made what is declared",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table", "view", "function"],
  severalOutputs: true,
  code: { key: "sql", extension: ".sql", holds: "statements" },
  mayReadItself: false,
  columnsOptional: true,

  plan(transform, context) {
    return {
      type: "run_statements",
      statements: statementsOf(transform, context),
      oneTransaction: (transform.spec as Spec).transaction !== "none",
      outputs: transform.outputs,
    };
  },
};
