/** Every code that `ctf check` can give, for the documentation and its tests. */
import type { Code, Diagnostic, ExampleFiles } from "../diagnostics/diagnostic.ts";
import { codes as projectCodes } from "../project/codes/index.ts";
import { codes as sqlCodes } from "../sql/codes.ts";
import { rules } from "./rules/index.ts";

export const catalogue: readonly Code[] = [...projectCodes, ...sqlCodes, ...rules.flatMap((rule) => rule.codes)];

const fixable = new Set(catalogue.flatMap((entry) => (entry.fixable ? [entry.code] : [])));

/** Whether its fix is the one right answer. Half a fix is none, so one that goes through several files would need more. */
export const isFixable = ({ code, fix = [] }: Diagnostic): boolean =>
  fixable.has(code) && new Set(fix.map(({ span }) => span.file)).size === 1;

/** What the examples of codes leave out: a project and the pipeline that their definitions are in. */
export const EXAMPLE_BASE: ExampleFiles = {
  "ctf.yaml": "ctf: 1\nproject: example\n",
  "pipelines/claims/pipeline.yaml": "description: What was paid.\nowners: [claims@clover.example]\n",
};
