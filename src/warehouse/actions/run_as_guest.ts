/**
 * A person's statements by a guest. The records are written by a deputy in the guest's own transaction: what was made is
 * published if and only if they say so.
 */
import type { RunStatements } from "../../plan/types.ts";
import type { Output } from "../../project/types.ts";
import { schemaMadeIfMissing } from "../../sql/questions/create_schema.ts";
import { changesRowsOnly } from "../../sql/questions/row_statements.ts";
import { loadParser } from "../../sql/parser.ts";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { buildNumber, buildSchema } from "../build/build.ts";
import { settingStatements } from "../build/make.ts";
import { refuseChangesOutside, runAlone } from "../environments/guard.ts";
import { admit, refuseOthers } from "../isolation/build.ts";
import { bodyOf, deputy } from "../isolation/deputy.ts";
import { takeBack } from "../isolation/grants.ts";
import * as lend from "../isolation/lend.ts";
import { takeAllOf } from "../isolation/roles.ts";
import { unlockAll } from "../session/locks.ts";
import { identifier, literal } from "../names.ts";
import { succeeded } from "../records/transform_run.ts";
import { runSteps, type Step } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";
import { afterwards, stepsOf, verified } from "./made_by_statements.ts";

export async function runAsGuest(work: Work, action: RunStatements): Promise<Done> {
  await loadParser();
  const outputs = [...action.outputs, ...action.alsoMakes];
  const number = await buildNumber(work);
  const { role } = work.guest!;
  const lender = deputy(buildSchema(number), "lend", role, lend.lending(role, outputs));
  const before = await standing(work, outputs);
  const schemas = schemasOf(outputs);
  const inSchemas = schemas.map(identifier).join(", ");
  const allowed = { reads: work.planned.reads, writes: relationsOf(outputs), refers: true };
  const guest = (await admit(work, number, allowed, [
    ...(inSchemas ? [{ text: `GRANT CREATE ON SCHEMA ${inSchemas} TO ${identifier(role)}` }] : []),
    ...lender.make,
  ]))!;
  // The outputs' schemas are there already; a guest may make none, not even one that is there.
  const own = stepsOf(action).filter(({ text }) => !schemas.includes(schemaMadeIfMissing(text) ?? ""));
  const steps = lendingFirst(own, lender.call);
  try {
    const end = action.oneTransaction ? await inOneTransaction(guest, steps) : await oneByOne(guest, steps);
    const done = await verified(guest, action);
    const looking = [{ text: "DISCARD TEMP" }, unlockAll, lend.askForUndeclared(role, outputs)];
    const undeclared = (await runSteps(guest, looking)).at(-1);
    refuseOthers(work, undeclared?.rows ?? []);
    const settler = deputy(buildSchema(number), "settle", role, bodyOf(await settling(work, guest, action, before)));
    await runSteps(work, settler.make);
    await runSteps(guest, [settler.call, ...end]);
    await batch(work.client, [
      lender.drop,
      settler.drop,
      ...takeBack(role),
      ...(inSchemas ? [{ text: `REVOKE CREATE ON SCHEMA ${inSchemas} FROM ${identifier(role)}` }] : []),
    ]);
    return done;
  } catch (error) {
    await batch(guest.client, [{ text: "ROLLBACK" }]).catch(() => {});
    if (!action.oneTransaction) await takeOutputs(work, role);
    throw error;
  }
}

/** Gives the steps that end it. */
async function inOneTransaction(guest: Work, steps: readonly Step[]): Promise<readonly Statement[]> {
  await runSteps(guest, [
    { text: "BEGIN", phase: "build" },
    { text: "SET LOCAL synchronous_commit TO DEFAULT" },
    ...settingStatements(guest),
    ...steps,
  ]);
  await refuseChangesOutside(guest);
  return [{ text: "COMMIT" }];
}

async function oneByOne(guest: Work, steps: readonly Step[]): Promise<readonly Statement[]> {
  const settings = Object.entries(guest.planned.settings);
  const set = "SELECT pg_catalog.set_config($1, $2, false)";
  await runSteps(guest, [
    { text: "SET synchronous_commit TO DEFAULT", phase: "build" },
    ...settings.map((values): Step => ({ text: set, values })),
  ]);
  for (const step of steps) await runAlone(guest, step);
  return [];
}

/** Lends the outputs before the first statement that may alter one: whoever owns a table keeps its readers waiting. */
function lendingFirst(steps: readonly Step[], call: Statement): readonly Step[] {
  const first = steps.findIndex(({ text }) => !changesRowsOnly(text));
  return first < 0 ? steps : [...steps.slice(0, first), call, ...steps.slice(first)];
}

/** What CTF does when the statements are done: owners, default privileges, words, grants, records. */
async function settling(
  work: Work,
  guest: Work,
  action: RunStatements,
  before: readonly lend.Standing[],
): Promise<readonly Statement[]> {
  const { role } = work.guest!;
  const outputs = [...action.outputs, ...action.alsoMakes];
  const [me] = await rowsOf(work.client, "SELECT current_user AS name");
  const now = await standing(guest, outputs);
  const isNew = ({ oid }: lend.Standing) => before.every((was) => was.oid !== oid);
  return [
    ...lend.givingBack(role, me?.["name"] as string, before, now),
    ...(await lend.defaultPrivileges(work.client, now.filter(isNew))),
    ...now.flatMap(({ output, sort, name }) => wordsFor(outputs[output]!, sort, name)),
    ...(await afterwards(guest, { ...action, outputs: action.outputs.filter(({ type }) => type !== "function") })),
    succeeded(work.record),
  ];
}

const wordsFor = (output: Output, sort: string, name: string): readonly Statement[] =>
  output.type === "function" && output.description !== undefined
    ? [{ text: `COMMENT ON ${sort} ${name} IS ${literal(output.description)}` }]
    : [];

/** With whole names, whatever search_path the statements have left. */
async function standing({ client }: Work, outputs: readonly Output[]): Promise<readonly lend.Standing[]> {
  const path = await rowsOf(client, "SELECT pg_catalog.current_setting('search_path') AS was");
  const setPath = "SELECT pg_catalog.set_config('search_path', $1, false)";
  await batch(client, [{ text: setPath, values: [""] }]);
  const found = await lend.standingOutputs(client, outputs);
  await batch(client, [{ text: setPath, values: [path[0]?.["was"] as string] }]);
  return found;
}

const TRIES = 3;

/** What statements left that each committed by itself. It may still be hit by the cancelling of what failed. */
async function takeOutputs(work: Work, role: string): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      await batch(work.client, takeAllOf(role));
      return;
    } catch (error) {
      // The end of the run, or the next one, does it.
      if (!(error instanceof Error)) throw error;
    }
  }
}

const relationsOf = (outputs: readonly Output[]) =>
  outputs.filter((output) => output.type === "table" || output.type === "view");

const schemasOf = (outputs: readonly Output[]): readonly string[] => [
  ...new Set(outputs.flatMap((output) => (output.type === "file" ? [] : [output.schema]))),
];
