import { defineCode } from "../diagnostics/diagnostic.ts";
import { findCycles } from "../graph/graph.ts";
import type { Place } from "../project/problem.ts";
import type { Project, Transform } from "../project/types.ts";
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

/** Where a transform says that it reads another. */
export function inputPlace(reader: Transform, id: string): Place {
  const index = reader.inputs.findIndex((input) => input.type === "transform" && input.id === id);
  return { path: ["inputs", index] };
}

/** `a → b → a`, in the direction of the data. */
export const circle = (names: readonly string[]): string => [...names, names[0]!].join(" → ");

export const transformsById = (project: Project): ReadonlyMap<string, Transform> =>
  new Map(project.transforms.map((transform) => [transform.id, transform]));

export const transformCycles: Rule = {
  codes: [transformCycle],
  check({ project, graph }) {
    const byId = transformsById(project);
    return findCycles(graph).map((ids) => {
      const steps = ids.map((from, i) => ({ from, to: byId.get(ids[(i + 1) % ids.length]!)! }));
      const first = steps[0]!;
      return {
        file: first.to.file,
        transform: first.to.id,
        problem: {
          code: transformCycle,
          ...inputPlace(first.to, first.from),
          message: `these transforms wait for each other: ${circle(ids)}`,
          labels: steps.map(({ from, to }) => ({
            ...inputPlace(to, from),
            file: to.file,
            message: `${to.id} reads ${from}`,
          })),
          hint: "Take one of these inputs out.",
        },
      };
    });
  },
};
