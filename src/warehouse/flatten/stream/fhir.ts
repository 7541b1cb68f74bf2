/**
 * FHIR's QuestionnaireResponse (R4, R5) beside its Questionnaire. A leaf is an answer; what else a response says of itself
 * (its state, who wrote it, the questions' texts) is none.
 */
import { isIgnored, type Reading } from "../forms/form.ts";
import { below } from "../paths.ts";
import type { Reason } from "../reasons.ts";
import { isList, isMap, JsonNumber, type Json, type JsonObject } from "./json.ts";
import { fits, type Branch, type Leaves, type Scalar } from "./walk.ts";

/** One that should be a list of one is taken for that. */
const listIn = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : isList(value) ? value : [value];

const itemsIn = (holder: JsonObject): readonly JsonObject[] => listIn(holder.get("item")).filter(isMap);

/** What is no object has no value either, but must not vanish. */
const answersOf = (item: JsonObject): readonly JsonObject[] =>
  listIn(item.get("answer")).map((answer) => (isMap(answer) ? answer : new Map([["answer", answer]])));

/** An answer's `valueString`, `valueCoding` …: undefined where it has none. */
const valueOf = (answer: JsonObject): Json | undefined => {
  for (const [key, value] of answer) if (/^value[A-Z]/.test(key)) return value;
  return undefined;
};

/** An item in an answer without a value is only a way to further questions. */
const isLeaf = (answer: JsonObject): boolean => valueOf(answer) !== undefined || !answer.has("item");

/** How many answers there are, wherever they stand. */
export function answersIn(value: Json): number {
  if (isList(value)) return value.reduce((sum: number, item) => sum + answersIn(item), 0);
  if (!isMap(value)) return 0;
  let count = answersOf(value).filter(isLeaf).length;
  for (const key of ["item", "answer"]) count += answersIn(value.get(key) ?? null);
  return count;
}

/** What of a value with several parts counts: a quantity's number, a coding's code, a reference's address. */
const FIRST = ["value", "code", "reference", "url", "display", "text", "title"];

function scalarOf(value: Json): Scalar {
  if (!isMap(value)) return isList(value) ? null : (value as Scalar);
  for (const key of FIRST) {
    const part = value.get(key);
    if (typeof part === "string" || part instanceof JsonNumber) return part;
  }
  return null;
}

export function walkResponse<Extra>(
  root: Branch<Extra>,
  response: JsonObject,
  reading: Pick<Reading, "ignore">,
  leaves: Leaves<Extra>,
): void {
  const one = (branch: Branch<Extra>, answer: JsonObject, index: readonly number[]): void => {
    const { node } = branch;
    const whole = valueOf(answer);
    if (node.ignored) return leaves.ignore();
    if (whole === undefined) return leaves.reject(node.path, index, answer, "no_value");
    if (!node.answer) return leaves.reject(node.path, index, whole, "not_a_question");
    const value = scalarOf(whole);
    if (fits(value, node.answer.is)) leaves.event(branch, index, value, whole);
    else leaves.reject(node.path, index, whole, "misfit");
  };

  const unknown = (path: string, item: JsonObject, index: readonly number[], reason: Reason): void => {
    const answers = answersOf(item);
    answers.forEach((answer, n) => {
      const place = answers.length > 1 ? [...index, n + 1] : index;
      if (isLeaf(answer)) {
        if (isIgnored(path, reading)) leaves.ignore();
        else leaves.reject(path, place, valueOf(answer) ?? answer, reason);
      }
      inside(undefined, path, answer, place, reason);
    });
    inside(undefined, path, item, index, reason);
  };

  const known = (branch: Branch<Extra>, item: JsonObject, index: readonly number[]): void => {
    const answers = answersOf(item);
    answers.forEach((answer, n) => {
      const place = answers.length > 1 ? [...index, n + 1] : index;
      if (isLeaf(answer)) one(branch, answer, place);
      inside(branch, branch.node.path, answer, place, "unknown_path");
    });
    inside(branch, branch.node.path, item, index, "unknown_path");
  };

  /** The items in a group, an answer or the response. Those with one linkId are a repeated group, and have a number. */
  const inside = (
    branch: Branch<Extra> | undefined,
    path: string,
    holder: JsonObject,
    index: readonly number[],
    reason: Reason,
  ): void => {
    const items = itemsIn(holder);
    const counts = new Map<Json | undefined, number>();
    for (const item of items) counts.set(item.get("linkId"), (counts.get(item.get("linkId")) ?? 0) + 1);
    const numbers = new Map<Json | undefined, number>();
    for (const item of items) {
      const linkId = item.get("linkId");
      const number = (numbers.get(linkId) ?? 0) + 1;
      numbers.set(linkId, number);
      const place = counts.get(linkId)! > 1 ? [...index, number] : index;
      if (typeof linkId !== "string" || linkId === "") unknown(path, item, place, "no_slug");
      else {
        const child = branch?.children.get(linkId);
        if (child) known(child, item, place);
        else unknown(below(path, linkId), item, place, reason);
      }
    }
  };

  inside(root, "", response, [], "unknown_path");
}
