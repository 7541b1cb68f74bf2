import { defineCode } from "../../diagnostics/diagnostic.ts";
import type { Deprecation } from "../../project/types.ts";
import { readsOf } from "../reads.ts";
import { ownersOf, type Relation, restrictionsOn } from "../relations.ts";
import { declaredAt } from "../restrictions.ts";
import { made, selected } from "./example_files.ts";
import type { Rule } from "./rule.ts";

const tables = {
  ...made("claims", "paid"),
  ...made("claims", "paid_old", "  deprecated: {since: 2026-01-01, use: claims.paid}\n"),
};

const deprecatedRead = defineCode({
  code: "CTF234",
  name: "deprecated-read",
  severity: "warning",
  what: "A transform reads an output or a source that is deprecated.",
  why: "Its owners will take it away. While it is still there, there is time to change over.",
  todo: "Read the successor that the message names, or ask the owners for one.",
  bad: {
    ...tables,
    ...selected("claims", "open", "inputs:\n  - transform: paid_old\n", "SELECT claim_id FROM claims.paid_old"),
  },
  good: {
    ...tables,
    ...selected("claims", "open", "inputs:\n  - transform: paid\n", "SELECT claim_id FROM claims.paid"),
  },
});

export const deprecatedReads: Rule = {
  codes: [deprecatedRead],
  check(facts) {
    const { project } = facts;
    const any =
      project.sources.some(({ restrictions }) => restrictions?.deprecated) ||
      project.transforms.some(({ outputs }) => outputs.some(({ restrictions }) => restrictions?.deprecated));
    if (!any) return [];
    return project.transforms.flatMap((transform) =>
      readsOf(transform, facts).flatMap(({ relation, path, span }) => {
        const deprecated = restrictionsOn(relation)?.deprecated;
        if (!deprecated) return [];
        return [
          {
            file: transform.file,
            transform: transform.id,
            problem: {
              code: deprecatedRead,
              path,
              ...(span && { span }),
              message: `reads ${relation.text}, which is deprecated since ${deprecated.since}`,
              labels: [{ ...declaredAt(relation, project, "deprecated"), message: "declared here" }],
              hint: instead(deprecated, relation),
            },
          },
        ];
      }),
    );
  },
};

function instead({ use }: Deprecation, relation: Relation): string {
  const owners = ownersOf(relation);
  const ask = owners.length > 0 ? owners.join(", ") : "whoever answers for it";
  return use === undefined ? `Ask ${ask} what to read instead.` : `Read ${use} instead. Questions: ${ask}.`;
}
