/**
 * FHIR's QuestionnaireResponse (R4, R5) beside its Questionnaire. A leaf is an answer; what else a response says of itself
 * (its state, who wrote it, the questions' texts) is none.
 */
import { isIgnored, type Reading } from "../forms/form.ts";
import { below } from "../paths.ts";
import type { Reason } from "../reasons.ts";
import { isList, isMap, JsonNumber, jsonText, type Json, type JsonObject } from "./json.ts";
import { fits, type Branch, type Leaves, type Scalar } from "./walk.ts";

export const isResponse = (document: JsonObject): boolean => document.get("resourceType") === "QuestionnaireResponse";

/** One that should be a list of one is taken for that, and a list in a list for what is in it. */
function listIn(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value.flatMap((item) => (isList(item) ? listIn(item) : [item])) : [value];
}

const itemsOf = (holder: JsonObject): readonly Json[] => listIn(holder.get("item"));
const answersOf = (holder: JsonObject): readonly Json[] => listIn(holder.get("answer"));

/** An answer's `valueString`, `valueCoding` …: one, if it is written as it should be. */
const valuesOf = (answer: JsonObject): readonly Json[] =>
  [...answer].flatMap(([key, value]) => (/^value[A-Z]/.test(key) ? [value] : []));

/** An answer with items but without a value is only a way to further questions. */
const isLeaf = (answer: Json): boolean => !isMap(answer) || !answer.has("item") || valuesOf(answer).length > 0;

/** How many answers there are, wherever they stand. What should be an item and is none counts as one. */
export function answersIn(holder: JsonObject): number {
  let count = 0;
  for (const answer of answersOf(holder)) count += (isLeaf(answer) ? 1 : 0) + (isMap(answer) ? answersIn(answer) : 0);
  for (const item of itemsOf(holder)) count += isMap(item) ? answersIn(item) : 1;
  return count;
}

/** What of a value with several parts counts: a quantity's number, a coding's code, a reference's address. */
const FIRST = ["value", "code", "reference", "url", "display", "text", "title"];

/** Where it has none of these, the whole counts, as JSON. */
function scalarOf(value: Json): Scalar {
  if (!isMap(value)) return isList(value) ? jsonText(value) : (value as Scalar);
  for (const key of FIRST) {
    const part = value.get(key);
    if (typeof part === "string" || part instanceof JsonNumber) return part;
  }
  return jsonText(value);
}

/** Where the walk is. Below what the form does not know there is no branch, but the reason why. */
interface Place<Extra> {
  readonly branch: Branch<Extra> | undefined;
  readonly path: string;
  readonly index: readonly number[];
  readonly reason: Reason;
}

export function walkResponse<Extra>(
  root: Branch<Extra>,
  response: JsonObject,
  reading: Pick<Reading, "ignore">,
  leaves: Leaves<Extra>,
): void {
  const leaf = ({ branch, path, index, reason }: Place<Extra>, answer: Json): void => {
    const values = isMap(answer) ? valuesOf(answer) : [];
    const [whole] = values;
    if (branch ? branch.node.ignored : isIgnored(path, reading)) leaves.ignore();
    else if (!branch) leaves.reject(path, index, values.length === 1 ? whole! : answer, reason);
    else if (whole === undefined) leaves.reject(path, index, answer, "no_value");
    else if (values.length > 1) leaves.reject(path, index, answer, "several_values");
    else if (!branch.node.answer) leaves.reject(path, index, whole, "not_a_question");
    else {
      const value = scalarOf(whole);
      if (fits(value, branch.node.answer.is)) leaves.event(branch, index, value, whole);
      else leaves.reject(path, index, whole, "misfit");
    }
  };

  /** The answers and the items in an item, an answer or the response. */
  const inside = (place: Place<Extra>, holder: JsonObject): void => {
    const answers = answersOf(holder);
    answers.forEach((answer, n) => {
      const own = answers.length > 1 ? { ...place, index: [...place.index, n + 1] } : place;
      if (isLeaf(answer)) leaf(own, answer);
      if (isMap(answer)) inside(own, answer);
    });
    items(place, itemsOf(holder));
  };

  /** Those with one linkId are a repeated group, and have a number. */
  const items = (place: Place<Extra>, all: readonly Json[]): void => {
    const linkIdOf = (item: Json) => (isMap(item) ? item.get("linkId") : undefined);
    const counts = new Map<Json | undefined, number>();
    for (const item of all) counts.set(linkIdOf(item), (counts.get(linkIdOf(item)) ?? 0) + 1);
    const numbers = new Map<Json | undefined, number>();
    for (const item of all) {
      const linkId = linkIdOf(item);
      const number = (numbers.get(linkId) ?? 0) + 1;
      numbers.set(linkId, number);
      const index = counts.get(linkId)! > 1 ? [...place.index, number] : place.index;
      if (!isMap(item)) leaf({ ...place, branch: undefined, index, reason: "not_an_object" }, item);
      else if (typeof linkId !== "string" || linkId === "") {
        inside({ branch: undefined, path: place.path, index, reason: "no_slug" }, item);
      } else {
        const branch = place.branch?.children.get(linkId);
        const path = branch?.node.path ?? below(place.path, linkId);
        inside({ branch, path, index, reason: place.reason }, item);
      }
    }
  };

  inside({ branch: root, path: "", index: [], reason: "unknown_path" }, response);
}
