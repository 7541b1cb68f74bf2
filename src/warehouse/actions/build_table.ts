import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { BuildTable } from "../../plan/types.ts";
import type { TableOutput } from "../../project/types.ts";
import { buildNumber, countsOf, recallBuild, type Build } from "../build/build.ts";
import { buildTable } from "../build/make.ts";
import type { Purpose } from "../build/purpose.ts";
import { describeDeclared } from "../build/verify_columns.ts";
import { batch, type Statement } from "../session/batch.ts";
import type { DescribedColumn } from "../session/describe.ts";
import { publishBeside } from "../flatten/publish.ts";
import { publishLock } from "../publish/patience.ts";
import { refuseOtherKinds } from "../introspect/existing.ts";
import { refuseDifference } from "../publish/difference.ts";
import { mergeRows } from "../publish/merge.ts";
import { readRelation, relationOf, type Relation } from "../publish/relation.ts";
import { settle } from "../publish/settle.ts";
import { readSurroundings } from "../publish/around/surroundings.ts";
import { publishSwap } from "../publish/swap.ts";
import { appended, forgetFiles } from "../records/loaded_file.ts";
import { built, handedOver, started } from "../records/transform_run.ts";
import { runSteps } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";

/** A whole new table beside the old one, then published by a swap or by its rows. */
export async function buildAndPublish(work: Work, action: BuildTable): Promise<Done> {
  const { output } = action;
  const old = await (work.seen
    ? relationOf(work.client, work.seen.at(-1)?.rows[0])
    : readRelation(work.client, output));
  refuseOtherKinds(work, output, old);
  const keys = output.primaryKey?.columns ?? [];
  if (action.publish === "rows" && old !== undefined) {
    await refuseDifference(work, output);
    const build = await buildFor(work, action, { type: "merge", keys });
    const counts = await mergeRows(work, output, build.number, {
      keys,
      deleteMissing: true,
      rows: build.rows,
      also: alsoTrue(work, action, build),
    });
    await settle(work, output);
    return { counts: { ...counts, ...countsOf(build) } };
  }
  const build = await buildFor(work, action, await publishing(work, output, old));
  const published = await publishSwap(work, output, build, alsoTrue(work, action, build));
  return { counts: { rows: build.rows, ...countsOf(build) }, ...published };
}

/** What is published with the table. Should the definition go over to `mode: append`, it goes on from these files. */
const alsoTrue = (work: Work, { rows, output }: BuildTable, { number, loaded }: Build): readonly Statement[] => [
  ...(loaded ? [forgetFiles(output), appended(work, output, loaded.files)] : []),
  ...(rows.type === "documents" ? publishBeside(rows, output, number, true) : []),
];

/**
 * Everything that would keep the table from being swapped is said before the build, not after. Where something depends on
 * it, no publish may come in between: PostgreSQL could not write out a view whose other table is just being replaced.
 */
async function publishing(work: Work, output: TableOutput, old: Relation | undefined): Promise<Purpose> {
  if (!old || old.dependents.length === 0) return around(work, output, old, []);
  const columns = await describeDeclared(work.client, output.columns);
  await batch(work.client, [{ text: "BEGIN" }, ...publishLock]);
  try {
    return await around(work, output, await readRelation(work.client, output), columns);
  } finally {
    await batch(work.client, [{ text: "ROLLBACK" }]);
  }
}

async function around(
  work: Work,
  output: TableOutput,
  old: Relation | undefined,
  columns: readonly DescribedColumn[],
): Promise<Purpose> {
  const { keys, problems } = await readSurroundings(work, output, old, async () => columns);
  if (problems.length > 0) throw new DiagnosticError(problems);
  return { type: "publish", old, kept: [...keys.values()] };
}

async function buildFor(work: Work, action: BuildTable, purpose: Purpose): Promise<Build> {
  const earlier = await earlierBuild(work, purpose.type);
  if (earlier) return earlier;
  const number = await buildNumber(work);
  return buildTable(work, action.rows, action.output, number, purpose);
}

/** What `--resume` finds: a build that was not published takes this run's name from here on. */
export async function earlierBuild(work: Work, purpose: Build["purpose"]): Promise<Build | undefined> {
  const schema = work.built?.buildSchema;
  if (!work.built || !schema) return undefined;
  const build = await recallBuild(work.client, schema);
  if (build?.purpose !== purpose) return undefined;
  const before = { run: work.built.run, transform: work.planned.id };
  await runSteps(work, [
    started(work.record, schema),
    built(work.record, build.rows),
    ...(before.run === work.record.run ? [] : [handedOver(before)]),
  ]);
  return build;
}
