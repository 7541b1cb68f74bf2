import { defineCode } from "../../diagnostics/diagnostic.ts";
import { findPipelineCycles } from "../../graph/pipelines.ts";
import { cycleFinding } from "./cycle_finding.ts";
import type { Rule } from "./rule.ts";

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
  check: ({ project }) =>
    findPipelineCycles(project).map(({ pipelines, edges }) => {
      const hint = "Move one of these transforms into the other pipeline, or into one of its own.";
      return cycleFinding(project, pipelines, edges, { code: pipelineCycle, who: "these pipelines", hint });
    }),
};
