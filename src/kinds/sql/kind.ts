import type { Kind } from "../../plan/kind.ts";
import type { Project, TableOutput, Transform, ViewOutput } from "../../project/types.ts";
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
      alsoMakes: madeFor(transform, context.project),
    };
  },
};

/** The outputs of those that make nothing themselves and name this one among their inputs. */
const madeFor = ({ id }: Transform, { transforms }: Project): readonly (TableOutput | ViewOutput)[] =>
  transforms
    .filter(
      (other) => other.madeElsewhere && other.inputs.some((input) => input.type === "transform" && input.id === id),
    )
    .flatMap(({ outputs }) => outputs.filter((output) => output.type === "table" || output.type === "view"));
