/**
 * Publishing by a swap: the old table out of its schema, the built one in, in one short transaction.
 * Readers through a view lock view, then table; so views are re-created first, and nothing is locked that is not needed.
 */
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { batch, type Statement } from "../session/batch.ts";
import { buildSchema, isOwn, leave, oldSchema, type Build } from "../build/build.ts";
import { cannotSwap } from "./codes.ts";
import { describe } from "../session/describe.ts";
import { dropGivenUp, givenUpWarnings } from "../environments/given_up.ts";
import { identifier, qualified } from "../names.ts";
import { succeeded } from "../records/transform_run.ts";
import { runSteps, tableOrigin } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";
import type { CarriedOver } from "./around/by_hand.ts";
import { carryOver, handOver } from "./around/carry.ts";
import { classify } from "./around/dependents.ts";
import * as foreign from "./foreign_keys.ts";
import { ComeAgain, hastily, patiently, publishLock } from "./patience.ts";
import { dropViews, makeViewsAgain } from "./around/rebuild_views.ts";
import { askForOthers, readDependents } from "./around/pg_depend.ts";
import { moves, stillRead } from "./moves.ts";
import { keepPrevious } from "./previous.ts";
import { recordOutput } from "./record.ts";
import { askForRelation, assertUnchanged, relationOf, type Relation } from "./relation.ts";
import { waitForSnapshots } from "./snapshots.ts";
import { readSurroundings, type Surroundings } from "./around/surroundings.ts";
import { takenNames } from "./around/taken_names.ts";
import { forCatalogs } from "./around/catalogs.ts";
import { repointViews } from "./around/views.ts";

/** `also`: what else is true when it is published, recorded with it. */
export async function publishSwap(
  work: Work,
  output: TableOutput,
  build: Build,
  also: readonly Statement[] = [],
): Promise<Pick<Done, "released">> {
  work.enter("publish");
  await waitForSnapshots(work, output, build);
  const swapped = await patiently(
    work,
    output,
    "access exclusive",
    async () => (await swapAtOnce(work, output, build, also)) ?? (await trySwap(work, output, build, also)),
  );
  swapped.warnings.forEach(work.warn);
  await cleanUp(work, output, build, swapped);
  return { released: swapped.released };
}

interface Swapped {
  /** Foreign keys that are still to be validated. */
  readonly keys: readonly foreign.AddedKey[];
  readonly warnings: readonly Diagnostic[];
  /** The old table, where it is still there. */
  readonly left?: TableName;
  /** `Work.release` went along. */
  readonly released: boolean;
}

/**
 * Most tables stand alone: nothing depends on them, and they have nothing that would have to be looked at. Those are swapped
 * in one round trip, if all is as it was before the build. Nothing is done, and nothing returned, where it is not.
 */
async function swapAtOnce(
  work: Work,
  output: TableOutput,
  build: Build,
  also: readonly Statement[],
): Promise<Swapped | undefined> {
  if (!standsAlone(work, output, build)) return undefined;
  const old = build.old?.relation;
  const moved = { schema: buildSchema(build.number), name: output.name };
  const statements = [
    ...opening,
    ...(old
      ? [
          ...hastily([{ text: `LOCK TABLE ONLY ${qualified(output)} IN ACCESS EXCLUSIVE MODE` }]),
          assertUnchanged(output, old),
          { text: `DROP TABLE ${qualified(output)}` },
        ]
      : []),
    { text: `ALTER TABLE ${qualified(moved)} SET SCHEMA ${identifier(output.schema)}` },
    ...stillRead(output, old),
    recordOutput(work, output, build),
    ...also,
    succeeded(work.record),
    { text: "COMMIT" },
    ...work.release,
  ];
  try {
    await run(work, output, statements);
  } catch (error) {
    // What it is, the closer look tells.
    if (!(error instanceof DiagnosticError)) throw error;
    await batch(work.client, [{ text: "ROLLBACK" }]);
    return undefined;
  }
  return { keys: [], warnings: [], released: true };
}

/** What fails among them is told by the output's columns. */
function run(work: Work, output: TableOutput, statements: readonly Statement[]) {
  const origin = tableOrigin(output, work.span);
  return runSteps(
    work,
    statements.map((statement) => ({ ...statement, origin })),
  );
}

function standsAlone(work: Work, output: TableOutput, build: Build): boolean {
  if (!build.old || !isOwn(work, build.number)) return false;
  const { relation } = build.old;
  const keys = output.foreignKeys.length + build.foreignKeys.length + foreign.keysToHold(work.planned).length;
  const plain = !relation || (relation.dependents.length === 0 && !relation.hasForeignKeys && !relation.hasStatistics);
  return plain && keys === 0 && output.statistics.length === 0 && !work.planned.keepPrevious;
}

/** The transaction, and one publish at a time. Whatever was read before that lock may have changed since. */
const opening: readonly Statement[] = [
  { text: "BEGIN" },
  { text: "SET LOCAL synchronous_commit TO DEFAULT" },
  { text: "SET LOCAL row_security TO off" },
  forCatalogs,
  ...publishLock,
];

/** What stands in the output's place, read in the transaction of a publish. */
interface Standing {
  readonly old: Relation | undefined;
  readonly around: Surroundings;
}

/** The closer look: with all that hangs on the table, or has come to it since the build. */
async function trySwap(work: Work, output: TableOutput, build: Build, also: readonly Statement[]): Promise<Swapped> {
  const { client, planned } = work;
  const built = { schema: buildSchema(build.number), name: output.name };
  const { old, around } = await begin(work, output, built);
  const carried = await catchUp(work, output, built, build, { old, around });
  const declared = output.foreignKeys.filter((key) => key.enforce).map((key) => foreign.declaredKey(output, key));
  const own = [...declared, ...carried.foreignKeys.map((key) => ({ table: output, ...key }))];
  const keys = [...(old?.hasForeignKeys ? await foreign.withComments(client, old, own) : own), ...around.keys.values()];
  // The drop goes along, for one wait for the disk instead of two; but not where it would lock the tables referred to.
  const aside = { schema: oldSchema(build.number), name: output.name };
  const left = old && (old.hasForeignKeys || planned.keepPrevious) ? aside : undefined;
  const { out, inside } = await moves(work, output, build, old);
  const again = await makeViewsAgain(work, around.rebuilt);
  try {
    const results = await run(work, output, [
      ...hastily([
        ...dropGivenUp(around.givenUp),
        ...dropViews(around.rebuilt),
        ...(await repointViews(around.repointed, output, built.schema)),
        ...[...around.keys.values()].map(foreign.dropConstraint),
        ...out,
      ]),
      ...(old ? [askForOthers(old.oid)] : []),
    ]);
    if (old && results.at(-1)?.rows[0]?.["others"]) await refuseNewcomers(work, output, old, around);
    await run(work, output, [
      ...inside,
      ...stillRead(output, old),
      ...keys.flatMap(foreign.addNotValid),
      ...again,
      recordOutput(work, output, { ...build, made: [...build.made, ...declared.map(({ name }) => name)] }),
      ...also,
      succeeded(work.record),
      ...(old && !left ? [{ text: `DROP TABLE ${qualified(aside)}` }] : []),
      { text: "COMMIT" },
    ]);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    await batch(client, [{ text: "ROLLBACK" }]);
    throw (await takenNames(work, output, built, old)) ?? error;
  }
  const warnings = [...carried.warnings, ...givenUpWarnings(around.givenUp, output, work.span)];
  return { keys, warnings, released: false, ...(left ? { left } : {}) };
}

async function begin(work: Work, output: TableOutput, built: TableName): Promise<Standing> {
  const { client } = work;
  const begun = await batch(client, [...opening, askForRelation(output)]);
  const old = await relationOf(client, begun.at(-1)?.rows[0]);
  const around = await readSurroundings(work, output, old, () => describe(client, `SELECT * FROM ${qualified(built)}`));
  if (around.problems.length > 0) throw new DiagnosticError(around.problems);
  return { old, around };
}

/** Where something has changed since the build, it is verified and carried over again. */
async function catchUp(
  work: Work,
  output: TableOutput,
  built: TableName,
  build: Build,
  { old, around }: Standing,
): Promise<CarriedOver> {
  const { client, planned, span } = work;
  const referencedBy = foreign.keysToHold(planned, around.keys.values());
  if ((await foreign.othersPublished(client, output, referencedBy)) !== build.othersPublished) {
    const rows = { added: built, whole: built };
    const problems = await foreign.foreignKeyProblems(client, output, rows, referencedBy, span);
    if (problems.length > 0) throw new DiagnosticError(problems);
  }
  if (!old || old.state === build.oldState) return { warnings: [], foreignKeys: build.foreignKeys };
  const carried = await carryOver(work, old, output, built);
  await batch(client, handOver(built, old));
  return carried;
}

/** Now that the old table is ours alone: a view that was made since we looked would stay with it. The next try sees it. */
async function refuseNewcomers(work: Work, output: TableOutput, old: Relation, around: Surroundings): Promise<void> {
  const dependents = await readDependents(work.client, old.oid);
  const left = dependents.filter((dependent) => classify(dependent, old, new Set()) !== "own");
  const known = new Set(around.repointed.map(({ oid }) => oid));
  const clinging = left.filter(({ relation }) => relation !== null && known.has(relation));
  if (clinging.length > 0) {
    const names = [...new Set(clinging.map(({ description }) => description))].join(", ");
    throw new DiagnosticError([
      cannotSwap({
        message: `${tableText(output)} can't be swapped: ${names} holds on to it even when made again, as by a regclass constant`,
        span: work.span,
        hint: "Change the view, or write `publish: rows` in the definition.",
      }),
    ]);
  }
  if (left.length > 0) throw new ComeAgain();
}

/** After the publish: the old table goes, or is kept, the constraints are validated. */
async function cleanUp(work: Work, output: TableOutput, build: Build, { keys, left }: Swapped): Promise<void> {
  const kept = left && work.planned.keepPrevious ? await keepPrevious(work, output, left) : false;
  await leave(work, build.number, kept ? undefined : left);
  const later = new Set(work.planned.rebuiltLater);
  for (const key of keys) {
    // The rows of a table that is built anew afterwards may not fit for the moment.
    if (later.has(tableText(key.table))) continue;
    for (const step of foreign.validate(key))
      await runSteps(work, [{ ...step, origin: tableOrigin(output, work.span) }]);
  }
}
