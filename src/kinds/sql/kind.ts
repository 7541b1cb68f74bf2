import type { Kind } from "../../plan/kind.ts";
import { splitStatements } from "../../sql/statements.ts";
import { codeOf } from "../shared.ts";
import { documentation } from "./documentation.ts";
import type { Spec } from "./syntax.ts";

export const sql: Kind = {
  name: "sql",
  summary: "runs statements as they are, and verifies that they made what is declared",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table", "view", "function"],
  severalOutputs: true,
  code: { key: "sql", extension: ".sql" },
  mayReadItself: false,
  columnsOptional: true,

  plan(transform, context) {
    const { statements, diagnostics } = splitStatements(codeOf(transform, context));
    if (diagnostics.length > 0) return diagnostics;
    return {
      type: "run_statements",
      statements,
      oneTransaction: (transform.spec as Spec).transaction !== "none",
      outputs: transform.outputs,
    };
  },
};
