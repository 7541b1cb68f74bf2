import type { RunStatements } from "../../plan/types.ts";
import { batch } from "../session/batch.ts";
import { settingStatements } from "../build/make.ts";
import { refuseChangesOutside, runAlone } from "../environments/guard.ts";
import { started, succeeded } from "../records/transform_run.ts";
import { runSteps, type Step } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";
import { afterwards, stepsOf, verified } from "./made_by_statements.ts";
import { runAsGuest } from "./run_as_guest.ts";

/**
 * A person's statements as they are, by a guest where the target isolates transforms; then their outputs are verified,
 * commented, granted and monitored.
 */
export async function runStatements(work: Work, action: RunStatements): Promise<Done> {
  await runSteps(work, [started(work.record, null)]);
  if (work.guest) return runAsGuest(work, action);
  return action.oneTransaction ? inOneTransaction(work, action) : oneByOne(work, action);
}

async function inOneTransaction(work: Work, action: RunStatements): Promise<Done> {
  try {
    await runSteps(work, [
      { text: "BEGIN", phase: "build" },
      { text: "SET LOCAL synchronous_commit TO DEFAULT" },
      ...settingStatements(work),
      ...stepsOf(action),
      // The records are written by the role that began.
      { text: "RESET ROLE" },
    ]);
    await refuseChangesOutside(work);
    const done = await verified(work, action);
    await runSteps(work, [...(await afterwards(work, action)), succeeded(work.record), { text: "COMMIT" }]);
    return done;
  } catch (error) {
    await batch(work.client, [{ text: "ROLLBACK" }]).catch(() => {});
    throw error;
  }
}

async function oneByOne(work: Work, action: RunStatements): Promise<Done> {
  const settings = Object.entries(work.planned.settings);
  const set = "SELECT pg_catalog.set_config($1, $2, false)";
  await runSteps(work, [
    { text: "SET synchronous_commit TO DEFAULT", phase: "build" },
    ...settings.map((values): Step => ({ text: set, values })),
  ]);
  for (const step of [...stepsOf(action), { text: "RESET ROLE" }]) await runAlone(work, step);
  const done = await verified(work, action);
  await runSteps(work, [...(await afterwards(work, action)), succeeded(work.record)]);
  return done;
}
