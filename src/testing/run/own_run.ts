/**
 * A test in a database of its own, by all of production's steps and committed: for Python, files, statements outside of a
 * transaction and whole pipelines, and for looking at what a test leaves.
 */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Plan, PlannedTransform } from "../../plan/types.ts";
import { tableText, type TableOutput } from "../../project/types.ts";
import { carryOut } from "../../warehouse/actions/index.ts";
import { batch, BatchError, type Statement } from "../../warehouse/session/batch.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import { setLocally } from "../../warehouse/empty/session.ts";
import { identifier, literal } from "../../warehouse/names.ts";
import type { RowCounts } from "../../warehouse/outcome.ts";
import { startRun } from "../../warehouse/records/run.ts";
import type { TestDatabase } from "../../warehouse/testbed/databases.ts";
import { rehearseQuery } from "../../warehouse/testbed/rehearse.ts";
import type { ClosedSchemas, PythonCaller, Work } from "../../warehouse/work.ts";
import type { Clock } from "./clock.ts";
import { judgeFailingCall, rowsOfCall } from "./call.ts";
import { compareRows } from "../judge/compare_rows.ts";
import { withFilesWritten } from "../given/file_rows.ts";
import { FILE_SCHEMA, writingNoFile } from "../judge/file_output.ts";
import { frozenDefaultStatements, frozenDefinitions, frozenTransform } from "./frozen.ts";
import { writeFiles, type FilesOfTest } from "../given/files.ts";
import { insertsOf, relationsOf } from "../given/rows.ts";
import { changesTold, inWords, judgeCounts, judgeRefusal } from "../judge/judge.ts";
import { divideGiven, isPieceTest, pieceOf } from "./piece.ts";
import type { TestCase } from "../types.ts";
import type { Failure } from "../verdict.ts";
import { TEST_RUN, workFor } from "./work.ts";

export interface OwnRun {
  readonly database: TestDatabase;
  readonly test: TestCase;
  /** What is run, in its order. */
  readonly planned: readonly PlannedTransform[];
  readonly root: string;
  readonly env: Work["env"];
  readonly signal: AbortSignal;
  readonly python: PythonCaller;
  readonly clock: Clock | undefined;
  /** Of several runs in one database, which it is. */
  readonly number?: number;
  /** The closed schemas of the run before. */
  readonly closed?: ClosedSchemas;
}

const runId = ({ number }: Pick<OwnRun, "number">): string =>
  number === undefined ? TEST_RUN : `${TEST_RUN}_${number}`;

export async function runInOwn(run: OwnRun): Promise<readonly Failure[]> {
  const { test, database, clock } = run;
  const session = await database.session();
  let files: FilesOfTest | undefined;
  try {
    files = writeFiles(await withFilesWritten(session.client, test, run.planned));
    await giveRows(run, session);
    let done: Done;
    try {
      done = await carryOutAll(run, session, files);
    } catch (error) {
      return judgeRefusal(test, inWords(error, run.planned[0]!));
    }
    if (test.expectError) return [{ type: "no_error", expected: test.expectError }];
    const failures: Failure[] = [...judgeCounts(test, done.counts)];
    const work = () => workOf(run, session, run.planned.at(-1)!, run.root);
    for (const expected of test.expect) {
      const { call } = expected;
      if (call?.error) {
        failures.push(...(await session.guarded(() => judgeFailingCall(work(), call, clock))));
        continue;
      }
      const called = call && (await session.guarded(() => rowsOfCall(work(), test, expected, clock)));
      const table = called ?? done.piece ?? expected.table!;
      const difference = await compareRows((await database.session()).client, {
        expected,
        table,
        tolerance: test.tolerance,
        known: new Map(),
      });
      if (difference) failures.push({ type: "rows", expected, difference });
    }
    if (done.again && failures.length === 0) failures.push(...(await done.again()));
    return failures;
  } catch (error) {
    if (error instanceof DiagnosticError) return [{ type: "refused", diagnostics: error.diagnostics }];
    throw error;
  } finally {
    files?.remove();
  }
}

/** @throws DiagnosticError with what is wrong with the test's own rows */
async function giveRows({ test, planned, root, clock }: OwnRun, { client }: Session): Promise<void> {
  const given = isPieceTest(test) ? (await divideGiven(test, root)).given : test.given;
  const inserts = await insertsOf(client, [...given, ...test.before], new Map());
  const variables = Object.entries(test.vars).map(([name, value]): Statement => ({
    text: `SELECT pg_catalog.set_config(${literal(`ctf.${name}`)}, ${literal(value)}, false)`,
  }));
  const before: readonly Statement[] = [
    ...variables,
    { text: `CREATE SCHEMA IF NOT EXISTS ${identifier(FILE_SCHEMA)}` },
    ...(await frozenDefinitions(clock)),
    ...(await frozenDefaultStatements(relationsOf({ ...test, given }), clock)),
    { text: "BEGIN" },
    ...setLocally(planned[0]?.settings ?? {}),
  ];
  try {
    await batch(client, [...before, ...inserts.map(({ statement }) => statement), { text: "COMMIT" }]);
  } catch (error) {
    const insert = error instanceof BatchError ? inserts[error.index - before.length] : undefined;
    if (!insert) throw error;
    throw new DiagnosticError([insert.blame(error)]);
  }
}

interface Done {
  readonly counts: RowCounts;
  readonly piece?: { readonly schema: string; readonly name: string };
  readonly again?: () => Promise<readonly Failure[]>;
}

/** What is run, by a run's own steps. @throws what a run would throw */
export async function carryOutAll(run: OwnRun, session: Session, files: FilesOfTest): Promise<Done> {
  const { test, root, signal, clock } = run;
  const realWork = (planned: PlannedTransform): Work => {
    // A load finds its files by their names alone; Python has its code in the project.
    const from = "rows" in planned.action && planned.action.rows.type === "files" ? files.folder : root;
    const record = { run: runId(run), transform: planned.id };
    return { ...workOf(run, session, planned, from), record, closed: run.closed ?? {} };
  };
  if (isPieceTest(test)) {
    const { pieces } = await divideGiven(test, root);
    const { query, columns } = await pieceOf(session.client, test, root, pieces, clock);
    const work = workOf(run, session, run.planned[0]!, root);
    return { counts: {}, piece: await session.guarded(() => rehearseQuery(work, query, { name: "piece", columns })) };
  }
  const made = new Set(run.planned.flatMap(({ action }) => ("output" in action ? [outputText(action.output)] : [])));
  const given = new Set([...test.given, ...test.before].map(({ relation }) => tableText(relation)));
  const there = new Set([...made, ...given]);
  const planned: PlannedTransform[] = [];
  for (const one of run.planned) {
    const frozen = await frozenTransform(writingNoFile(one), clock);
    const action = withKeysTo(files.reading(frozen.action, { file: one.file, start: { line: 1, column: 1 } }), there);
    planned.push({ ...frozen, action, referencedBy: [], monitors: test.expectError ? one.monitors : [] });
  }
  await record(run, session, planned);
  let counts: RowCounts = {};
  for (const one of planned) {
    signal.throwIfAborted();
    counts = (await session.guarded(() => carryOut(realWork(one), one.action))).counts;
  }
  const [only] = planned;
  if (!test.twice || planned.length > 1 || only?.action.type !== "merge_rows") return { counts };
  return {
    counts,
    again: async () => {
      const second = await session.guarded(() => carryOut(realWork(only), only.action));
      return changesTold(second.counts);
    },
  };
}

/** For what is done in the closed schema that each of a testbed's databases has. */
const workOf = (
  { database, env, signal, python }: OwnRun,
  { client }: Session,
  planned: PlannedTransform,
  root: string,
): Work =>
  workFor({ client, planned, root, env, signal, another: async () => (await database.session()).client, python });

const outputText = (output: { readonly type: string }): string =>
  output.type === "table" ? tableText(output as TableOutput) : "";

/** The foreign keys whose other side the test gives or the run makes. */
function withKeysTo<A extends PlannedTransform["action"]>(action: A, there: ReadonlySet<string>): A {
  if (!("output" in action) || action.output.type !== "table") return action;
  const foreignKeys = action.output.foreignKeys.filter(({ references }) => there.has(tableText(references)));
  return { ...action, output: { ...action.output, foreignKeys } };
}

/** The steps of a run keep records, so there must be some to keep. */
async function record(run: OwnRun, { client }: Session, transforms: readonly PlannedTransform[]): Promise<void> {
  const plan = {
    version: 1,
    project: "test",
    target: "tests",
    variables: {},
    selection: run.test.name,
    transforms,
  } as const satisfies Plan;
  await startRun(client, plan, { id: runId(run), who: "test", host: "test", ctfVersion: "test" });
}
