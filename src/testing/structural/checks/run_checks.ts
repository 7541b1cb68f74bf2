/** All checks of one transform, one after the other. */
import type { CheckOn } from "./check.ts";
import { RowsRefused } from "../trying/outcome.ts";
import type { CheckStatus, Finding, StructuralResult } from "../types.ts";

/** Where one of these fails, nothing can be said of the rows. */
const FIRST: ReadonlySet<string> = new Set(["compiles", "declaration"]);
/** A finding of these is that nothing has come of it. */
const OF_THE_TEST: ReadonlySet<string> = new Set(["exercised"]);

/** `findingOf`: with the smallest rows, where it can be shown on such. */
export async function runChecks<S, P extends object>(
  stage: S,
  checks: readonly CheckOn<S, P>[],
  findingOf: (check: CheckOn<S, P>, problem: P) => Promise<Finding>,
): Promise<StructuralResult> {
  const statuses: Record<string, CheckStatus> = {};
  const findings: Finding[] = [];
  for (const check of checks) {
    if ([...FIRST].some((name) => statuses[name] === "failed")) {
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
    const finding = await findingOf(check, found);
    findings.push(finding);
    statuses[check.name] = statusOf(check.name, finding);
  }
  return { findings, statuses };
}

function statusOf(check: string, { diagnostic }: Finding): CheckStatus {
  if (diagnostic.severity === "error") return "failed";
  return OF_THE_TEST.has(check) ? "not exercised" : "noted";
}
