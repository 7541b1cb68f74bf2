/** All structural checks of one transform. */
import { unmasked } from "../../warehouse/errors.ts";
import { asTest } from "./as_test.ts";
import type { Problem, StructuralCheck } from "./check.ts";
import { structuralChecks } from "./checks.ts";
import { rowCounts } from "./made_inputs.ts";
import { RowsRefused } from "./outcome.ts";
import { shrink, triesOfGiven } from "./shrink.ts";
import type { Stage } from "./stage.ts";
import type { CheckStatus, Finding, StructuralResult } from "./types.ts";

/** `now`: the time at which its clock stands still, if it reads one. */
export async function testTransform(stage: Stage, now: string | undefined): Promise<StructuralResult> {
  const statuses: Record<string, CheckStatus> = {};
  const findings: Finding[] = [];
  for (const check of structuralChecks) {
    if (statuses["compiles"] === "failed" || statuses["declaration"] === "failed") {
      statuses[check.name] = "not run";
      continue;
    }
    const found = await check.find(stage).catch((error: unknown) => {
      if (error instanceof RowsRefused) return "not exercised" as const;
      throw error;
    });
    if (typeof found === "string") {
      statuses[check.name] = found;
      continue;
    }
    const finding = await findingOf(stage, check, found, now);
    findings.push(finding);
    statuses[check.name] =
      finding.diagnostic.severity === "error" ? "failed" : check.name === "exercised" ? "not exercised" : "noted";
  }
  return { findings, statuses };
}

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
