import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { VerifyOutputs } from "../../plan/types.ts";
import { rowsOf } from "../session/batch.ts";
import { checkMonitors } from "../build/monitors.ts";
import { outputProblems } from "../introspect/existing.ts";
import { qualified } from "../names.ts";
import { started, succeeded } from "../records/transform_run.ts";
import { runSteps } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";

/** Nothing is made: the outputs must be there with the declared columns, and pass their monitors. */
export async function verifyOutputs(work: Work, action: VerifyOutputs): Promise<Done> {
  await runSteps(work, [started(work.record, null)]);
  work.enter("monitor");
  const problems = await outputProblems(work, action.outputs);
  if (problems.length > 0) throw new DiagnosticError(problems);
  for (const output of action.outputs) {
    if (output.type !== "table" || work.planned.monitors.length === 0) continue;
    const [row] = await rowsOf(work.client, `SELECT pg_catalog.count(*) AS count FROM ${qualified(output)}`);
    await checkMonitors(work, output, row?.["count"] as number, false);
  }
  await runSteps(work, [succeeded(work.record)]);
  return { counts: {} };
}
