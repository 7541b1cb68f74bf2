import type { Kind } from "../../plan/kind.ts";
import type { PythonCall } from "../../plan/types.ts";
import { publishProblems } from "../matched_rows.ts";
import { codeOf } from "../shared.ts";
import { documentation } from "./documentation.ts";
import { checksumOf } from "./modules.ts";
import { parametersOf } from "./parameters.ts";
import type { Spec } from "./syntax.ts";

export const python: Kind = {
  name: "python",
  summary: "calls a Python function, and makes a table or a file of what it returns",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table", "file"],
  severalOutputs: false,
  code: { key: "python", extension: ".py" },
  mayReadItself: false,
  columnsOptional: false,

  check: ({ spec, outputs: [output] }) => publishProblems((spec as Spec).publish, output),

  plan(transform, context) {
    const { project } = context;
    const code = codeOf(transform, context);
    const call: PythonCall = {
      file: code.file,
      checksum: checksumOf(project.root, code.file, code.text),
      inputs: parametersOf(transform, project),
      variables: Object.fromEntries(project.variables.map(({ name, type }) => [name, type])),
    };
    const [output] = transform.outputs;
    if (output?.type === "file") return { type: "write_file", call, output };
    if (output?.type !== "table") throw new Error(`${transform.id} has no table and no file`);
    const { publish } = transform.spec as Spec;
    return { type: "build_table", rows: { type: "python", call }, output, publish: publish ?? "swap" };
  },
};
