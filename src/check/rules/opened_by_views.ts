import { defineCode } from "../../diagnostics/diagnostic.ts";
import { outputPath } from "../../project/output_path.ts";
import type { Restrictions } from "../../project/types.ts";
import { type Relation, restrictionsOn } from "../relations.ts";
import { declaredAt } from "../restrictions.ts";
import { made, pipeline, statements } from "./example_files.ts";
import type { Rule, RuleFinding } from "./rule.ts";

const view = (more: string) => ({
  ...pipeline("claims", "claims@clover.example"),
  ...made("claims", "paid", "  visibility: pipeline\n"),
  ...statements(
    "claims",
    "open",
    `inputs:\n  - transform: paid\noutput:\n  view: claims.open\n  columns: [{name: claim_id, type: bigint}]\n${more}`,
    "CREATE OR REPLACE VIEW claims.open AS SELECT claim_id FROM claims.paid;",
  ),
});

const openedByView = defineCode({
  code: "CTF241",
  name: "opened-by-view",
  severity: "warning",
  what: "A view shows the rows of a table to more people than may read the table.",
  why: "A view reads with its owner's rights, not with those of whoever reads it: the database can't refuse the table's rows to somebody who may read the view.",
  todo: "Give the view the table's visibility, or make it WITH (security_invoker = true), so that its readers need the right to the table too.",
  bad: view(""),
  good: view("  visibility: pipeline\n"),
});

export const openedByViews: Rule = {
  codes: [openedByView],
  check: ({ project, flows, relations }) =>
    project.transforms.flatMap((transform) =>
      transform.outputs.flatMap((output, index): readonly RuleFinding[] => {
        if (output.type !== "view") return [];
        const own = relations.find(output.schema, output.name);
        const query = flows.get(transform.id)?.queries.find(({ view: name }) => name === own?.text);
        if (!own || !query || query.invoker) return [];
        const opened = query.relations.flatMap((text) => {
          const relation = relations.all().get(text);
          return relation && isWider(own, relation) ? [relation] : [];
        });
        return opened.map((relation) => ({
          file: transform.file,
          transform: transform.id,
          problem: {
            code: openedByView,
            path: outputPath(transform, index),
            message: `${own.text} shows rows of ${relation.text} to more than may read that`,
            labels: [{ ...declaredAt(relation, project, "visibility"), message: "restricted here" }],
            hint: "Give the view the same visibility, or make it WITH (security_invoker = true).",
          },
        }));
      }),
    ),
};

/** Whether somebody may read the one and not the other. */
function isWider(view: Relation, table: Relation): boolean {
  const allowed = readersOf(table);
  if (!allowed) return false;
  const readers = readersOf(view);
  return !readers || [...readers].some((reader) => !allowed.has(reader));
}

/** The pipelines that may read it, or for a private one nobody; undefined where everybody may. */
function readersOf(relation: Relation): ReadonlySet<string> | undefined {
  const { visibility = "public", readers = [] }: Restrictions = restrictionsOn(relation) ?? {};
  if (visibility === "public") return undefined;
  if (visibility === "private") return new Set();
  return new Set([...("transform" in relation ? [relation.transform.pipeline] : []), ...readers]);
}
