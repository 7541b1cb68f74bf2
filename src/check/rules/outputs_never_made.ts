import { defineCode } from "../../diagnostics/diagnostic.ts";
import { outputPath } from "../../project/output_path.ts";
import { statements } from "./example_files.ts";
import type { Rule, RuleFinding } from "./rule.ts";

const outputs = "outputs:\n  - view: claims.open\n  - view: claims.closed\n";
const open = "CREATE OR REPLACE VIEW claims.open AS SELECT 1 AS claim_id;";

const outputNeverMade = defineCode({
  code: "CTF235",
  name: "output-never-made",
  severity: "warning",
  what: "A declared output is neither made nor changed by the transform's statements.",
  why: "A run fails at its end when the output is not there; if it is there by chance, nobody keeps it up to date.",
  todo: "Correct the name, add the statement that makes it, or remove the output.",
  bad: statements("claims", "views", outputs, open),
  good: statements(
    "claims",
    "views",
    outputs,
    `${open}\nCREATE OR REPLACE VIEW claims.closed AS SELECT 2 AS claim_id;`,
  ),
});

export const outputsNeverMade: Rule = {
  codes: [outputNeverMade],
  check: ({ project, uses }) =>
    project.transforms.flatMap((transform) => {
      const own = uses.get(transform.id);
      if (transform.codeHolds !== "statements" || !own || own.problems.length > 0 || own.opaque.length > 0) return [];
      const written = new Set(own.writes.map(({ schema, name }) => `${schema ?? ""}.${name}`));
      return transform.outputs.flatMap((output, i): readonly RuleFinding[] => {
        // Functions are none of what is looked for in SQL; a name without its schema is a fault of its own.
        if (output.type === "file" || output.type === "function" || written.has(`.${output.name}`)) return [];
        const text = `${output.schema}.${output.name}`;
        if (written.has(text)) return [];
        return [
          {
            file: transform.file,
            transform: transform.id,
            problem: {
              code: outputNeverMade,
              path: [...outputPath(transform, i), output.type],
              message: `no statement of ${transform.codeFile} makes or changes ${text}`,
              hint: "Correct its name, or remove the output.",
            },
          },
        ];
      });
    }),
};
