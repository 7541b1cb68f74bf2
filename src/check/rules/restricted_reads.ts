import { defineCode } from "../../diagnostics/diagnostic.ts";
import type { Problem } from "../../project/problem.ts";
import { readsOf } from "../reads.ts";
import { type Relation, restrictionsOn } from "../relations.ts";
import { declaredAt, isShut, wayOut } from "../restrictions.ts";
import { made, pipeline, selected } from "./example_files.ts";
import type { Facts, Rule } from "./rule.ts";

const reader = {
  ...pipeline("finance", "finance@clover.example"),
  ...selected(
    "finance",
    "spend",
    "inputs:\n  - {pipeline: claims, transform: paid}\n",
    "SELECT claim_id FROM claims.paid",
  ),
};

const restrictedRead = defineCode({
  code: "CTF232",
  name: "restricted-read",
  severity: "error",
  what: "A transform reads an output or a source that is not open to it.",
  why: "Its owners want to be able to change it without asking everybody, or it holds what only some may use. `visibility` and `readers` are where they say so.",
  todo: "Read something that is meant for you, or ask the owners that the message names to let your pipeline in.",
  bad: { ...reader, ...made("claims", "paid", "  visibility: pipeline\n") },
  good: { ...reader, ...made("claims", "paid", "  visibility: pipeline\n  readers: [finance]\n") },
});

export const restrictedReads: Rule = {
  codes: [restrictedRead],
  check: (facts) => {
    if (!hasRestrictions(facts)) return [];
    return facts.project.transforms.flatMap((transform) =>
      readsOf(transform, facts).flatMap(({ relation, path, span }) => {
        if (!isShut(relation, transform)) return [];
        const problem: Problem = {
          code: restrictedRead,
          path,
          ...(span && { span }),
          message: `reads ${relation.text}, but ${whoMay(relation)}`,
          labels: [{ ...declaredAt(relation, facts.project, "visibility"), message: "declared here" }],
          hint: wayOut(relation, transform),
        };
        return [{ file: transform.file, transform: transform.id, problem }];
      }),
    );
  },
};

/** Most projects have few, and then nobody's reads have to be gone through. */
const hasRestrictions = ({ project }: Facts): boolean =>
  project.sources.some(({ restrictions }) => restrictions?.visibility !== undefined) ||
  project.transforms.some(({ outputs }) => outputs.some(({ restrictions }) => restrictions?.visibility !== undefined));

function whoMay(relation: Relation): string {
  const { visibility, readers = [] } = restrictionsOn(relation)!;
  if (visibility === "private") {
    return "transform" in relation
      ? `it is private: only ${relation.transform.id} itself may read it`
      : "it is private: no transform may read it";
  }
  const allowed = [...("transform" in relation ? [relation.transform.pipeline] : []), ...readers];
  if (allowed.length === 0) return "no pipeline may read it";
  return `only ${allowed.length === 1 ? "pipeline" : "pipelines"} ${allowed.join(", ")} may read it`;
}
