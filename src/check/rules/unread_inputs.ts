import { defineCode } from "../../diagnostics/diagnostic.ts";
import { rejectsOf } from "../../project/rejects.ts";
import type { Transform } from "../../project/types.ts";
import type { Relation } from "../relations.ts";
import type { Mention, Uses } from "../uses/types.ts";
import { made, selected } from "./example_files.ts";
import type { Facts, Rule } from "./rule.ts";

const tables = { ...made("claims", "paid"), ...made("claims", "denied") };
const SELECT = "SELECT claim_id FROM claims.paid";

const unreadInput = defineCode({
  code: "CTF230",
  name: "unread-input",
  severity: "warning",
  what: "An input is declared, but the SQL never reads it.",
  why: "The transform waits for it without need, and its owners believe that you depend on it.",
  todo: "Remove it from the inputs.",
  fixable: true,
  bad: { ...tables, ...selected("claims", "open", "inputs:\n  - transform: paid\n  - transform: denied\n", SELECT) },
  good: { ...tables, ...selected("claims", "open", "inputs:\n  - transform: paid\n", SELECT) },
});

export const unreadInputs: Rule = {
  codes: [unreadInput],
  check: (facts) =>
    facts.project.transforms.flatMap((transform) => {
      const uses = facts.uses.get(transform.id);
      // Nobody can say what SQL reads that is put together while it runs, or that does not parse.
      if (!uses || uses.opaque.length > 0 || uses.problems.length > 0) return [];
      const unread = transform.inputs.flatMap((input, index) => {
        const relations = facts.relations.of(input);
        return relations.length > 0 && relations.every((one) => !isNamed(one, uses)) ? [{ relations, index }] : [];
      });
      if (unread.length === 0) return [];
      const behind = behindViews(transform, uses, facts);
      return unread.flatMap(({ relations, index }) => {
        if (relations.some((one) => behind.has("source" in one ? one.source : one.transform))) return [];
        const texts = relations.map(({ text }) => text).join(", ");
        return [
          {
            file: transform.file,
            transform: transform.id,
            problem: {
              code: unreadInput,
              path: ["inputs", index],
              message: `${texts} is among the inputs, but ${transform.codeFile} does not read it`,
              hint: "Remove the input, or read it.",
            },
            remedy: { type: "remove_input", index },
          },
        ];
      });
    }),
};

/** Files are read by no SQL; a function may be called in ways that don't name its schema. */
function isNamed(relation: Relation, { reads, writes }: Uses): boolean {
  const table = "source" in relation ? relation.source : relation.output;
  if (table.type === "file") return false;
  if (table.type === "function") return true;
  const fits = ({ schema, name }: Mention): boolean =>
    (name === table.name || name === rejectsOf(table).name) && (schema === undefined || schema === table.schema);
  return reads.some(fits) || writes.some(fits);
}

/** What is read through the views that the SQL names: to wait for it is sound. */
function behindViews(transform: Transform, uses: Uses, { relations }: Facts): ReadonlySet<object> {
  const behind = new Set<object>();
  const views = (relation: Relation | undefined): readonly Transform[] =>
    relation && "output" in relation && relation.output.type !== "table" && relation.transform !== transform
      ? [relation.transform]
      : [];
  const through = new Set(
    uses.reads.flatMap(({ schema, name }) => views(schema === undefined ? undefined : relations.find(schema, name))),
  );
  for (const one of through) {
    for (const relation of one.inputs.flatMap((input) => relations.of(input))) {
      behind.add("source" in relation ? relation.source : relation.transform);
      for (const next of views(relation)) through.add(next);
    }
  }
  return behind;
}
