/** A form with a question of each kind, as a definition has its schemas written. */
import type { DocumentRows, NodeKeys } from "../../../plan/types.ts";
import { questionnaireNode } from "../../../warehouse/flatten/forms/fhir.ts";
import type { Form } from "../../../warehouse/flatten/forms/form.ts";
import { formOfPaths } from "../../../warehouse/flatten/forms/paths.ts";
import { isObject, readForm, treeNode } from "../../../warehouse/flatten/forms/tree.ts";

/** Question by slug → its answer type. */
const QUESTIONS: Readonly<Record<string, string>> = {
  note: "text",
  count: "number",
  agreed: "boolean",
  day: "date",
  several: "textArray",
};

/** As FHIR calls them. */
const ITEMS: Readonly<Record<string, string>> = { note: "string", count: "decimal", agreed: "boolean", day: "date" };

/** JSON; unused where the definition lists paths. */
export function madeSchema({ forms, types }: DocumentRows): string {
  if (forms.type === "paths") return "{}";
  if (forms.format === "fhir") return JSON.stringify(questionnaire());
  const own = Object.fromEntries(Object.keys(types).map((type, n) => [`typed_${n + 1}`, type]));
  return JSON.stringify(tree(forms.nodes, { ...QUESTIONS, ...own }));
}

/** The form as a run reads it. */
export function formOf(rows: DocumentRows, schema: string): Form {
  const { forms, types, ignore } = rows;
  const reading = { types, ignore };
  if (forms.type === "paths") return formOfPaths("", forms.paths, reading);
  const json: unknown = JSON.parse(schema);
  const read = forms.format === "fhir" ? questionnaireNode : treeNode(forms.nodes);
  return readForm("", isObject(json) ? json : {}, read, reading);
}

function tree({ slug, children, type, tag, label }: NodeKeys, questions: Readonly<Record<string, string>>) {
  const below = children[0] ?? "children";
  const asked = Object.entries(questions).map(([name, answer]) => ({
    [slug]: name,
    [type]: answer,
    [tag]: `MADE-${name}`,
    [label]: { en: `What is your ${name}?` },
  }));
  const deeper = { [slug]: "deeper", [below]: [{ [slug]: "note", [type]: "text" }] };
  return {
    [slug]: "made",
    [below]: [
      { [slug]: "main", [below]: asked },
      { [slug]: "more", [below]: [deeper] },
    ],
  };
}

const questionnaire = () => ({
  resourceType: "Questionnaire",
  item: [
    {
      linkId: "main",
      type: "group",
      item: Object.entries(ITEMS).map(([linkId, type]) => ({ linkId, type, text: `What is your ${linkId}?` })),
    },
  ],
});
