import type { Kind } from "../../plan/kind.ts";
import { documentation } from "./documentation.ts";

export const noOp: Kind = {
  name: "no_op",
  summary: "makes nothing: verifies that an output made elsewhere is there as declared",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table", "view"],
  severalOutputs: false,
  mayReadItself: false,
  madeElsewhere: true,
  columnsOptional: true,

  plan(transform) {
    const outputs = transform.outputs.filter((output) => output.type === "table" || output.type === "view");
    return { type: "verify_outputs", outputs };
  },
};
