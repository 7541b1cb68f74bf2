/** What is wrong with one transform, each finding with the smallest rows that show it. */
import { unmasked } from "../../warehouse/errors.ts";
import { asTest } from "./finding/as_test.ts";
import type { Problem, StructuralCheck } from "./checks/check.ts";
import { structuralChecks } from "./checks/index.ts";
import { rowCounts } from "./inputs/made_inputs.ts";
import { loadChecks } from "./load/checks/index.ts";
import type { LoadStage } from "./load/load_stage.ts";
import { smallestTest } from "./load/smallest.ts";
import { runChecks } from "./checks/run_checks.ts";
import { shrink, triesOfGiven } from "./finding/shrink.ts";
import type { Stage } from "./trying/stage.ts";
import type { Finding, StructuralResult } from "./types.ts";

/** `now`: the time at which its clock stands still, if it reads one. */
export const testTransform = (stage: Stage, now: string | undefined): Promise<StructuralResult> =>
  runChecks(stage, structuralChecks, (check, problem) => findingOf(stage, check, problem, now));

export const testLoad = (stage: LoadStage): Promise<StructuralResult> =>
  runChecks(stage, loadChecks, async ({ name, title }, { diagnostic, witness }) => {
    const test = witness && (await smallestTest(stage, title, witness));
    return { check: name, diagnostic, ...(test !== undefined && { test }) };
  });

async function findingOf(
  stage: Stage,
  check: StructuralCheck,
  { diagnostic, witness }: Problem,
  now: string | undefined,
): Promise<Finding> {
  const shrunk = witness && (await shrink(stage, witness));
  if (!witness || !shrunk) {
    return { check: check.name, diagnostic: diagnostic(witness && rowCounts(witness.rows)) };
  }
  const { rows } = shrunk;
  const told = diagnostic(new Map([...rows].map(([table, some]) => [table, some.length])));
  if (!shrunk.isTest) return { check: check.name, diagnostic: told };
  const expects = await witness.expects?.(triesOfGiven(stage, rows));
  const refused = (await triesOfGiven(stage, rows, witness.isBrief).once()).refused?.diagnostics[0];
  const test = asTest(stage.subject, {
    name: check.title,
    rows,
    ...(expects && { expects }),
    ...(refused && { refusedWith: refused.code }),
    ...(now !== undefined && { now }),
  });
  const words = refused && unmasked(refused)?.split("\n")[0];
  return { check: check.name, diagnostic: told, test, ...(words !== undefined && { words }) };
}
