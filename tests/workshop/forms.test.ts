/** The three forms of the workshop. */
import { describe, expect, test } from "vitest";
import { forms, questionsOf } from "../../src/workshop/forms/index.ts";
import type { FormNode } from "../../src/workshop/forms/node.ts";

const [general, healthRisk, carePlan] = forms as readonly [FormNode, FormNode, FormNode];
const pathsOf = (form: FormNode) => questionsOf(form).map(({ slugs }) => slugs.join("."));
const nodesOf = (node: FormNode): readonly FormNode[] => [node, ...(node.children ?? []).flatMap(nodesOf)];

test.each([
  ["general", general, 13, 2],
  ["health-risk assessment", healthRisk, 68, 4],
  ["care plan", carePlan, 62, 3],
] as const)("the %s has its questions, as deep as promised", (_, form, questions, depth) => {
  const paths = pathsOf(form);
  expect(paths).toHaveLength(questions);
  expect(new Set(paths).size).toBe(questions);
  expect(Math.max(...questionsOf(form).map(({ slugs }) => slugs.length))).toBe(depth);
});

describe.each(forms.map((form) => [form.slug, form] as const))("of %s", (_, form) => {
  test("every label is there in English and in Spanish", () => {
    for (const { slug, label } of nodesOf(form)) expect(label.en && label.es, slug).toBeTruthy();
  });

  test("every rule of showing asks a question of the form", () => {
    const paths = pathsOf(form);
    for (const { show } of nodesOf(form)) if (show) expect(paths).toContain(show.path);
  });

  test("some node is only read, and has no answer", () => {
    const only = nodesOf(form).filter(({ viewOnly }) => viewOnly);
    expect(only.length).toBeGreaterThan(0);
    for (const { answerType } of only) expect(answerType).toBeUndefined();
  });
});

test("the assessment and the care plan have tags", () => {
  const tags = (form: FormNode) => new Set(questionsOf(form).map(({ node }) => node.tag));
  expect(tags(healthRisk).size).toBeGreaterThan(20);
  expect(tags(carePlan)).toContain("goal_heart");
});
