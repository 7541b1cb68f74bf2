import { defineCode } from "../diagnostics/diagnostic.ts";
import { findPipelineCycles } from "../graph/pipelines.ts";
import type { Rule } from "./rule.ts";
import { circle, inputPlace, transformsById } from "./transform_cycles.ts";

const pipeline = (name: string) => ({ [`pipelines/${name}/pipeline.yaml`]: `description: About ${name}.\n` });
const table = (pipelineName: string, name: string, input?: string) => ({
  [`pipelines/${pipelineName}/${name}.yaml`]: `kind: no_op\n${input === undefined ? "" : `inputs:\n  - ${input}\n`}output: {table: ${pipelineName}.${name}}\n`,
});

const both = {
  ...pipeline("claims"),
  ...pipeline("members"),
  ...table("claims", "raw"),
  ...table("claims", "paid", "{pipeline: members, transform: current}"),
};

const pipelineCycle = defineCode({
  code: "CTF211",
  name: "pipeline-cycle",
  severity: "error",
  what: "Pipelines read each other in a circle, though their transforms don't.",
  why: "A pipeline runs as a whole, so each would have to run before the other, and no scheduler can do that.",
  todo: "Move one of the transforms into the other pipeline, or into one of its own that both read.",
  bad: { ...both, ...table("members", "current", "{pipeline: claims, transform: raw}") },
  good: { ...both, ...table("members", "current") },
});

export const pipelineCycles: Rule = {
  codes: [pipelineCycle],
  check({ project }) {
    const byId = transformsById(project);
    return findPipelineCycles(project).map(({ pipelines, edges }) => {
      const steps = edges.map(({ from, to }) => ({ from, to: byId.get(to)! }));
      const first = steps[0]!;
      return {
        file: first.to.file,
        transform: first.to.id,
        problem: {
          code: pipelineCycle,
          ...inputPlace(first.to, first.from),
          message: `these pipelines wait for each other: ${circle(pipelines)}`,
          labels: steps.map(({ from, to }) => ({
            ...inputPlace(to, from),
            file: to.file,
            message: `${to.id} reads ${from}`,
          })),
          hint: "Move one of these transforms into the other pipeline, or into one of its own.",
        },
      };
    });
  },
};
