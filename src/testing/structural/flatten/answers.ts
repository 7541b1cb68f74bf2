/** Documents that answer a form: wholly, with NULLs, in lists, and with what no form knows. */
import type { AnswerClass, DocumentRows } from "../../../plan/types.ts";
import type { Form, FormNode } from "../../../warehouse/flatten/forms/form.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** `isText`: the column takes what is no JSON. `hasPlaces`: several answers to one question can be told apart. */
interface Column {
  readonly isText: boolean;
  readonly hasPlaces: boolean;
}

type Answer = (node: FormNode, n: number) => Json;

const ONE: Readonly<Record<AnswerClass, Json>> = { text: "yes", number: 7, boolean: true, date: "2018-02-28" };
const OTHER: Readonly<Record<AnswerClass, Json>> = {
  text: "Ünïcødé 中",
  number: -2.5,
  boolean: false,
  date: "2024-02-29",
};

const whole: Answer = ({ answer }) => ONE[answer!.is];
const other: Answer = ({ answer }, n) => (n === 0 ? null : OTHER[answer!.is]);
const listed: Answer = ({ answer }) =>
  answer!.type.endsWith("Array") ? [ONE[answer!.is], OTHER[answer!.is]] : ONE[answer!.is];
const misfit: Answer = ({ answer }, n) => (n % 2 === 0 && answer!.is !== "text" ? "no such thing" : ONE[answer!.is]);

/** JSON; the first answers every question. */
export function answersOf(form: Form, { documents }: DocumentRows, { isText, hasPlaces }: Column): readonly string[] {
  const write = documents.format === "fhir" ? response : nested;
  const unknown = documents.format === "fhir" ? { linkId: "nobody asked", answer: [{ valueString: "no" }] } : "no";
  return [
    JSON.stringify(write(form, whole)),
    JSON.stringify(write(form, other)),
    JSON.stringify(write(form, hasPlaces ? listed : whole)),
    JSON.stringify(withUnknown(write(form, misfit), unknown)),
    // The first questions are there, and the document breaks off.
    ...(isText ? [JSON.stringify(write(form, whole)).slice(0, -2)] : []),
  ];
}

function withUnknown(document: { readonly [key: string]: Json }, unknown: Json): Json {
  const { item } = document;
  return Array.isArray(item) ? { ...document, item: [...item, unknown] } : { ...document, "nobody asked": unknown };
}

const childrenOf = ({ nodes }: Form, { id }: FormNode): readonly FormNode[] =>
  nodes.filter(({ parent }) => parent === id);

/** Answers nested by slug. */
function nested(form: Form, answer: Answer): { readonly [key: string]: Json } {
  let asked = 0;
  const inside = (node: FormNode): { readonly [key: string]: Json } =>
    Object.fromEntries(
      childrenOf(form, node).flatMap((child): readonly (readonly [string, Json])[] => {
        if (child.section) return [[child.slug, inside(child)]];
        return child.answer ? [[child.slug, answer(child, asked++)]] : [];
      }),
    );
  return inside(form.nodes[0]!);
}

const VALUE: Readonly<Record<AnswerClass, string>> = {
  text: "valueString",
  number: "valueDecimal",
  boolean: "valueBoolean",
  date: "valueDate",
};

/** FHIR's QuestionnaireResponse. What has no answer is not in it. */
function response(form: Form, answer: Answer): { readonly [key: string]: Json } {
  let asked = 0;
  const items = (node: FormNode): readonly Json[] =>
    childrenOf(form, node).map((child) => {
      const value = child.answer && answer(child, asked++);
      const values = value === undefined || value === null ? [] : [value].flat();
      const key = (one: Json) => (typeof one === "string" ? VALUE.text : VALUE[child.answer!.is]);
      return {
        linkId: child.slug,
        ...(values.length > 0 && { answer: values.map((one) => ({ [key(one)]: one })) }),
        ...(child.section && { item: items(child) }),
      };
    });
  return { resourceType: "QuestionnaireResponse", status: "completed", item: items(form.nodes[0]!) };
}
