/** The forms of the workshop, in the order in which submissions answer them. */
import { mapNested } from "../../library/nested.ts";
import { carePlan } from "./care_plan.ts";
import { general } from "./general.ts";
import { healthRisk } from "./health_risk.ts";
import type { FormNode } from "./node.ts";

export const forms: readonly FormNode[] = [general, healthRisk, carePlan];

export interface Question {
  readonly slugs: readonly string[];
  readonly node: FormNode;
}

/** What a form asks, with the slugs that lead there from its root. */
export const questionsOf = (form: FormNode): readonly Question[] => [
  ...mapNested(
    form,
    (node, slugs) => (node.answerType === undefined ? [] : [{ slugs: [...slugs], node }]),
    ({ children = [] }) => children.map((child) => [child.slug, child] as const),
  ),
];
