import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { MergeRows } from "../../plan/types.ts";
import type { TableOutput } from "../../project/types.ts";
import { batch, type Statement } from "../batch.ts";
import { type Build, buildNumber, buildSchema, countsOf, nextBuildNumber } from "../build/build.ts";
import { fillerOf } from "../build/fill.ts";
import { buildTable, keyedBy, settingStatements } from "../build/make.ts";
import { checkMonitors } from "../build/monitors.ts";
import { comment, constrain, createEmpty, createIndexes, createStatistics, grant } from "../build/table.ts";
import { verifyKeys } from "../build/verify_keys.ts";
import { refuseOtherKinds } from "../existing.ts";
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
import { inPhase, runSteps, tableOrigin } from "../steps.ts";
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
  if (!earlier) await runSteps(work, [started(work.record, buildSchema(number))]);
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
  const schema = buildSchema(await nextBuildNumber(client));
  const source = { schema, name: output.name };
  await runSteps(work, [started(work.record, schema)]);
  await runSteps(work, [
    { text: "BEGIN" },
    { text: "SET LOCAL synchronous_commit TO DEFAULT" },
    ...settingStatements(work),
  ]);
  try {
    const first = [createEmpty(output, output.columns), { text: `CREATE SCHEMA ${identifier(schema)}` }];
    await runSteps(work, inPhase("build", first, origin));
    const filler = fillerOf(action.rows, output, { type: "merge", keys });
    await filler.prepare(work);
    const { rows, notNulls, explain } = await filler.fill(work, source, []);
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
      recordOutput(work, output, []),
      built(work.record, rows, explain),
      succeeded(work.record),
      { text: "COMMIT" },
    ]);
    return { counts };
  } catch (error) {
    await batch(client, [{ text: "ROLLBACK" }]).catch(() => {});
    throw error;
  }
}

const shape = (output: TableOutput) => [
  ...constrain(output, output, []),
  ...createIndexes(output, output),
  ...createStatistics(output, output),
  ...comment(output, output),
];
