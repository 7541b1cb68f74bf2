/** One document beside its form: what each leaf of it is. */
import { LONGEST_NUMBER, DATE, NUMBER } from "../values.ts";
import type { AnswerClass } from "../../../plan/types.ts";
import { isIgnored, type Form, type FormNode, type Reading } from "../forms/form.ts";
import { below } from "../paths.ts";
import type { Reason } from "../reasons.ts";
import { isList, isMap, JsonNumber, type Json, type JsonObject } from "./json.ts";

export type Scalar = string | JsonNumber | boolean | null;

/** A form's node with the ones below it, by slug. */
export interface Branch<Extra> {
  readonly node: FormNode;
  readonly children: ReadonlyMap<string, Branch<Extra>>;
  /** What its reader knows of it. */
  readonly extra: Extra;
}

export function branchesOf<Extra>({ nodes }: Form, extra: (node: FormNode) => Extra): Branch<Extra> {
  const all = nodes.map((node) => ({ node, children: new Map<string, Branch<Extra>>(), extra: extra(node) }));
  for (const branch of all) {
    if (branch.node.parent !== undefined) all[branch.node.parent]!.children.set(branch.node.slug, branch);
  }
  return all[0]!;
}

/** Where each leaf goes. `index` counts from 1, one number for each list on the way. */
export interface Leaves<Extra> {
  /** `whole`: the answer as the document has it, where the value is only the part that counts. */
  event(branch: Branch<Extra>, index: readonly number[], value: Scalar, whole: Json): void;
  reject(path: string, index: readonly number[], value: Json, reason: Reason): void;
  ignore(): void;
}

const NO_LIST: readonly number[] = [];

export function walkDocument<Extra>(
  root: Branch<Extra>,
  document: JsonObject,
  reading: Pick<Reading, "ignore">,
  leaves: Leaves<Extra>,
): void {
  const known = (branch: Branch<Extra>, value: Json, index: readonly number[], member: boolean): void => {
    const { node } = branch;
    if (isMap(value)) {
      if (!node.section) return unknown(node.path, value, index, node.answer ? "not_an_answer" : "not_a_question");
      return inside(branch, value, index);
    }
    if (isList(value)) {
      value.forEach((item, n) => {
        const place = [...index, n + 1];
        if (member) unknown(node.path, item, place, "list_in_list");
        else known(branch, item, place, true);
      });
      return;
    }
    const scalar = value as Scalar;
    if (node.ignored) leaves.ignore();
    else if (!node.answer) leaves.reject(node.path, index, scalar, "not_a_question");
    else if (fits(scalar, node.answer.is)) leaves.event(branch, index, scalar, scalar);
    else leaves.reject(node.path, index, scalar, "misfit");
  };

  const unknown = (path: string, value: Json, index: readonly number[], reason: Reason): void => {
    if (isMap(value)) for (const [slug, member] of value) unknown(below(path, slug), member, index, reason);
    else if (isList(value)) value.forEach((item, n) => unknown(path, item, [...index, n + 1], reason));
    else if (isIgnored(path, reading)) leaves.ignore();
    else leaves.reject(path, index, value as Scalar, reason);
  };

  const inside = (branch: Branch<Extra>, section: JsonObject, index: readonly number[]): void => {
    for (const [slug, value] of section) {
      const child = branch.children.get(slug);
      if (child) known(child, value, index, false);
      else unknown(below(branch.node.path, slug), value, index, "unknown_path");
    }
  };

  inside(root, document, NO_LIST);
}

const number = new RegExp(NUMBER);
const date = new RegExp(DATE);

/** As fits.ts of the other engine. */
export function fits(value: Scalar, as: AnswerClass): boolean {
  if (value === null || as === "text") return true;
  if (value instanceof JsonNumber) return as === "number";
  if (typeof value === "boolean") return as === "boolean";
  switch (as) {
    case "number":
      return value.length <= LONGEST_NUMBER && number.test(value);
    case "boolean":
      return value === "true" || value === "false";
    case "date":
      return date.test(value);
  }
}
