import { defineCode } from "../../diagnostics/diagnostic.ts";
import { outputPath } from "../../project/output_path.ts";
import { tableText } from "../../project/types.ts";
import { declaredAt } from "../restrictions.ts";
import type { Rule } from "./rule.ts";

const output = (grants: string) => ({
  "pipelines/claims/paid.yaml": `kind: no_op\noutput:\n  table: claims.paid\n  visibility: pipeline\n  columns: [{name: claim_id, type: bigint}]\n${grants}`,
});

const publicGrant = defineCode({
  code: "CTF239",
  name: "public-grant",
  severity: "warning",
  what: "An output that not everybody may read is granted to PUBLIC.",
  why: "What is granted to PUBLIC every role may read, those of transforms too: the database can't refuse it to anybody.",
  todo: "Grant it to the roles that are meant, or take the restriction away.",
  bad: output("  grants: {public: [select]}\n"),
  good: output(""),
});

export const publicGrants: Rule = {
  codes: [publicGrant],
  check: ({ project }) =>
    project.transforms.flatMap((transform) =>
      transform.outputs.flatMap((output, index) => {
        if (output.type !== "table" && output.type !== "view") return [];
        const { visibility = "public" } = output.restrictions ?? {};
        if (visibility === "public" || !output.grants.some(({ role }) => role === "public")) return [];
        const relation = { text: tableText(output), transform, output, index };
        return [
          {
            file: transform.file,
            transform: transform.id,
            problem: {
              code: publicGrant,
              path: outputPath(transform, index),
              message: `${relation.text} is granted to PUBLIC, and not everybody may read it`,
              labels: [{ ...declaredAt(relation, project, "visibility"), message: "restricted here" }],
              hint: "Grant it to the roles that are meant.",
            },
          },
        ];
      }),
    ),
};
