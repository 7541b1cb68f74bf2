import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { MergeRows } from "../../plan/types.ts";
import type { TableOutput } from "../../project/types.ts";
import { batch, type Statement } from "../session/batch.ts";
import { type Build, buildNumber, buildSchema, countsOf, forgetSchemas, nextBuildNumber } from "../build/build.ts";
import { fillerOf } from "../build/fill.ts";
import { buildTable, settingStatements } from "../build/make.ts";
import { keyedBy } from "../build/shape.ts";
import { checkMonitors } from "../build/monitors.ts";
import { comment, constrain, createEmpty, createIndexes, createStatistics, grant } from "../build/table.ts";
import { verifyKeys } from "../build/verify_keys.ts";
import type { Filled, Filler } from "../build/filler.ts";
import { refuseOtherKinds } from "../introspect/existing.ts";
import { admit, handIn, refuseOthers, showOut, takeOver } from "../isolation/build.ts";
import { bodyOf, deputy } from "../isolation/deputy.ts";
import { identifier, qualified } from "../names.ts";
import { refuseDifference } from "../publish/difference.ts";
import { foreignKeyProblems, keysToHold } from "../publish/foreign_keys.ts";
import { merged, mergeRows } from "../publish/merge.ts";
import { recordOutput } from "../publish/record.ts";
import { readRelation } from "../publish/relation.ts";
import { settle } from "../publish/settle.ts";
import { publishSwap } from "../publish/swap.ts";
import { appended, forgetFiles } from "../records/loaded_file.ts";
import { built, started, succeeded } from "../records/transform_run.ts";
import { inPhase, runSteps, tableOrigin, type Step } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";
import { earlierBuild } from "./build_table.ts";

/** Merges a SELECT's rows into the table by key. The first run makes the table. */
export async function mergeInto(work: Work, action: MergeRows): Promise<Done> {
  const { output, keys } = action;
  const old = await readRelation(work.client, output);
  refuseOtherKinds(work, output, old);
  if (!old && action.readsItself) return firstRunThatReadsItself(work, action);
  if (old) await refuseDifference(work, output);
  const earlier = await earlierBuild(work, old ? "merge" : "publish");
  const number = earlier?.number ?? (await buildNumber(work));
  if (!old) {
    const build =
      earlier ?? (await buildTable(work, action.rows, output, number, { type: "publish", old, matchedBy: keys }));
    await verifyKeys(work, { schema: buildSchema(number), name: output.name }, output, keys);
    await publishSwap(work, output, build, filesIn(work, output, build));
    const { rows } = build;
    return { counts: { rows, inserted: rows, updated: 0, unchanged: 0, deleted: 0, ...countsOf(build) } };
  }
  const build = earlier ?? (await buildTable(work, action.rows, output, number, { type: "merge", keys }));
  const counts = await mergeRows(work, output, number, {
    keys,
    ...(action.updateColumns ? { updateColumns: action.updateColumns } : {}),
    deleteMissing: action.deleteMissing,
    rows: build.rows,
    also: filesIn(work, output, build),
  });
  await settle(work, output);
  return { counts: { ...counts, ...countsOf(build) } };
}

/** Should the definition go over to `mode: append`, it goes on from these files. */
const filesIn = (work: Work, output: TableOutput, { loaded }: Build): readonly Statement[] =>
  loaded ? [forgetFiles(output, loaded.files), appended(work, output, loaded.files)] : [];

/**
 * The SELECT names the table, so an empty one must be there before it runs: all in one transaction, which nobody sees
 * until it commits.
 */
async function firstRunThatReadsItself(work: Work, action: MergeRows): Promise<Done> {
  const { output, keys } = action;
  const { client } = work;
  const origin = tableOrigin(output, work.span);
  const number = await nextBuildNumber(client);
  const schema = buildSchema(number);
  const source = { schema, name: output.name };
  await runSteps(work, [started(work.record, schema)]);
  const filler = fillerOf(action.rows, output, { type: "merge", keys });
  const byGuest = work.guest && (await fillAsGuest(work, output, number, filler));
  await runSteps(work, [
    { text: "BEGIN" },
    { text: "SET LOCAL synchronous_commit TO DEFAULT" },
    ...settingStatements(work),
  ]);
  try {
    const closed = byGuest ? takeOver(work, source) : [{ text: `CREATE SCHEMA ${identifier(schema)}` }];
    const first = await runSteps(work, [
      ...inPhase("build", [createEmpty(output, output.columns)], origin),
      ...inPhase("build", closed, origin),
    ]);
    if (byGuest) refuseOthers(work, first[1]?.rows ?? []);
    else await filler.prepare(work);
    const { rows, notNulls, explain } = byGuest ?? (await filler.fill(work, source, []));
    const keyed = keyedBy(output, keys);
    await runSteps(work, [
      ...inPhase(
        "constrain",
        constrain(source, keyed, [...new Set([...keys, ...notNulls])]),
        tableOrigin(keyed, work.span),
      ),
      ...inPhase("constrain", shape(output), origin),
    ]);
    const counts = await merged(work, output, schema, { keys, deleteMissing: false, rows });
    await runSteps(work, inPhase("analyze", [{ text: `ANALYZE ${qualified(output)}` }]));
    await checkMonitors(work, output, rows, false);
    const sides = { added: source, whole: output };
    const problems = await foreignKeyProblems(client, output, sides, keysToHold(work.planned), work.span);
    if (problems.length > 0) throw new DiagnosticError(problems);
    await runSteps(work, [
      ...inPhase("publish", grant(output, output.grants), origin),
      { text: `DROP SCHEMA ${identifier(schema)} CASCADE` },
      recordOutput(work, output, { made: [] }),
      built(work.record, rows, explain),
      succeeded(work.record),
      ...(byGuest ? showOut(work) : []),
      { text: "COMMIT" },
    ]);
    if (byGuest) forgetSchemas(work);
    return { counts };
  } catch (error) {
    await batch(client, [{ text: "ROLLBACK" }]).catch(() => {});
    throw error;
  }
}

/**
 * The guest has to see the empty table too: a deputy makes it in the guest's transaction, and drops it there when the rows are
 * in the closed schema.
 */
async function fillAsGuest(work: Work, output: TableOutput, number: number, filler: Filler): Promise<Filled> {
  const { role } = work.guest!;
  const schema = buildSchema(number);
  const letRead = { text: `GRANT SELECT ON ${qualified(output)} TO ${identifier(role)}` };
  const makesEmpty = deputy(schema, "make_empty", role, bodyOf([createEmpty(output, output.columns), letRead]));
  const dropsEmpty = deputy(schema, "drop_empty", role, bodyOf([{ text: `DROP TABLE ${qualified(output)}` }]));
  const allowed = { reads: work.planned.reads, writes: [], refers: false };
  const guest = (await admit(work, number, allowed, [...makesEmpty.make, ...dropsEmpty.make]))!;
  try {
    const begin: readonly Step[] = [{ text: "BEGIN" }, ...settingStatements(work)];
    await runSteps(guest, [...begin, { ...makesEmpty.call, origin: tableOrigin(output, work.span) }]);
    await filler.prepare(guest);
    const filled = await filler.fill(guest, { schema, name: output.name }, []);
    await runSteps(guest, [dropsEmpty.call, ...handIn]);
    return filled;
  } catch (error) {
    await batch(guest.client, [{ text: "ROLLBACK" }]).catch(() => {});
    throw error;
  }
}

const shape = (output: TableOutput) => [
  ...constrain(output, output, []),
  ...createIndexes(output, output),
  ...createStatistics(output, output),
  ...comment(output, output),
];
