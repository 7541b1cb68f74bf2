import { badSchedule } from "../codes/definition_codes.ts";
import { defined, type Interpreted, type PipelineDefinition } from "../definitions.ts";
import type { Problem } from "../problem.ts";
import { pipelineFile, type RawPipeline } from "../syntax/pipeline_file.ts";
import { cronProblem } from "./cron.ts";
import { explain, withoutFaults } from "./explain.ts";
import { executionOf, executionProblems, grantProblems, grantsOf } from "./values.ts";

export function readPipeline(value: unknown): Interpreted<PipelineDefinition> {
  const result = pipelineFile.safeParse(value);
  if (result.success) return interpret(result.data);
  const shape = explain(pipelineFile, result.error.issues, value);
  const rest = pipelineFile.safeParse(withoutFaults(value, result.error.issues));
  return { problems: [...shape, ...(rest.success ? interpret(rest.data).problems : [])] };
}

function interpret(raw: RawPipeline): Interpreted<PipelineDefinition> {
  const problems: Problem[] = [
    ...executionProblems(raw.defaults, ["defaults"]),
    ...grantProblems(raw.grants, ["grants"]),
  ];
  const fault = raw.schedule === undefined ? undefined : cronProblem(raw.schedule);
  if (fault !== undefined) {
    problems.push({
      code: badSchedule,
      path: ["schedule"],
      message: `the schedule can't be followed: ${fault}`,
      hint: 'Write minute, hour, day of month, month, day of week: "0 6 * * *" is daily at 6:00.',
    });
  }
  const definition = defined<PipelineDefinition>({
    description: raw.description,
    owners: raw.owners,
    schedule: raw.schedule,
    defaults: executionOf(raw.defaults),
    visibility: raw.defaults?.visibility,
    grants: grantsOf(raw.grants),
  });
  return { definition, problems };
}
