/** Every code that `ctf check` can give, for the documentation and its tests. */
import type { Code, ExampleFiles } from "../diagnostics/diagnostic.ts";
import { codes as projectCodes } from "../project/codes/index.ts";
import { rules } from "./rules/index.ts";

export const catalogue: readonly Code[] = [...projectCodes, ...rules.flatMap((rule) => rule.codes)];

/** What the examples of codes leave out: a project and the pipeline that their definitions are in. */
export const EXAMPLE_BASE: ExampleFiles = {
  "ctf.yaml": "ctf: 1\nproject: example\n",
  "pipelines/claims/pipeline.yaml": "description: What was paid.\nowners: [claims@clover.example]\n",
};
