import { defineCode } from "../../diagnostics/diagnostic.ts";
import { findCycles } from "../../graph/cycles.ts";
import { cycleFinding } from "./cycle_finding.ts";
import type { Rule } from "./rule.ts";

const table = (name: string, input: string) => ({
  [`pipelines/claims/${name}.yaml`]: `kind: no_op\ninputs:\n  - transform: ${input}\noutput: {table: claims.${name}}\n`,
});

const transformCycle = defineCode({
  code: "CTF210",
  name: "transform-cycle",
  severity: "error",
  what: "Transforms read each other in a circle.",
  why: "Each would have to be built before the other, so none of them can be.",
  todo: "Take one of the inputs out, or split a transform in two so that the circle opens.",
  bad: { ...table("billed", "paid"), ...table("paid", "billed") },
  good: { ...table("paid", "billed"), "pipelines/claims/billed.yaml": "kind: no_op\noutput: {table: claims.billed}\n" },
});

export const transformCycles: Rule = {
  codes: [transformCycle],
  check: ({ project, graph }) =>
    findCycles(graph).map((ids) => {
      const steps = ids.map((from, i) => ({ from, to: ids[(i + 1) % ids.length]! }));
      const hint = "Take one of these inputs out.";
      return cycleFinding(project, ids, steps, { code: transformCycle, who: "these transforms", hint });
    }),
};
