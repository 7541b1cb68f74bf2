/** A test of SQL: rows in, the transform, the comparison, all in one transaction of a shared database that is rolled back. */
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Action } from "../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { batch, BatchError, type Statement } from "../../warehouse/session/batch.ts";
import { fromQuery } from "../../warehouse/build/from_query.ts";
import type { Filler } from "../../warehouse/build/filler.ts";
import { setLocally } from "../../warehouse/empty/session.ts";
import type { RowCounts } from "../../warehouse/outcome.ts";
import type { ComparedColumn } from "../../warehouse/testbed/compare.ts";
import { rehearseBuild, rehearseMerge, rehearseQuery, rehearseStatements } from "../../warehouse/testbed/rehearse.ts";
import type { Work } from "../../warehouse/work.ts";
import type { Clock } from "./clock.ts";
import { judgeFailingCall, rowsOfCall } from "./call.ts";
import { compareRows } from "../judge/compare_rows.ts";
import { frozenDefaultStatements, frozenDefinitions } from "./frozen.ts";
import { changesTold, inWords, judgeCounts, judgeRefusal } from "../judge/judge.ts";
import { countFromOne, type FactsMemory, insertsOf, relationsOf } from "../given/rows.ts";
import { divideGiven, isPieceTest, pieceOf } from "./piece.ts";
import type { ExpectedTable, TestCase } from "../types.ts";
import type { Failure } from "../verdict.ts";

/** What a session has found out, for the tests that come after. */
export interface SessionMemory {
  /** Fillers that have looked at their query, by its text. */
  readonly fillers: Map<string, Filler>;
  readonly columns: Map<string, readonly ComparedColumn[]>;
  readonly facts: FactsMemory;
}

export const newMemory = (): SessionMemory => ({ fillers: new Map(), columns: new Map(), facts: new Map() });

/** @throws what is no answer of the server's */
export async function rehearse(
  work: Work,
  test: TestCase,
  memory: SessionMemory,
  clock: Clock | undefined,
): Promise<readonly Failure[]> {
  const { client } = work;
  try {
    const refused = await giveRows(work, test, memory, clock);
    if (refused) return [{ type: "refused", diagnostics: [refused] }];
    let done: Rehearsed;
    try {
      done = await rehearseTransform(work, test, memory, clock);
    } catch (error) {
      return judgeRefusal(test, inWords(error, work.planned));
    }
    if (test.expectError) return [{ type: "no_error", expected: test.expectError }];
    const failures: Failure[] = [...judgeCounts(test, done.counts)];
    for (const expected of test.expect) {
      if (expected.call?.error) {
        await batch(client, [{ text: "SAVEPOINT ctf_call" }]);
        failures.push(...(await judgeFailingCall(work, expected.call, clock)));
        await batch(client, [{ text: "ROLLBACK TO SAVEPOINT ctf_call" }]);
        continue;
      }
      const table = (await rowsOfCall(work, test, expected, clock)) ?? done.built ?? expected.table!;
      failures.push(...(await judgeRows(work, test, expected, table, memory)));
    }
    if (done.again && failures.length === 0) failures.push(...(await done.again()));
    return failures;
  } catch (error) {
    if (error instanceof DiagnosticError) return [{ type: "refused", diagnostics: error.diagnostics }];
    throw error;
  } finally {
    await batch(client, [{ text: "ROLLBACK" }]).catch(() => {});
  }
}

/** Begins the transaction. Gives what is wrong with the test's own rows. */
async function giveRows(
  work: Work,
  test: TestCase,
  memory: SessionMemory,
  clock: Clock | undefined,
): Promise<Diagnostic | undefined> {
  const variables = Object.fromEntries(Object.entries(test.vars).map(([name, value]) => [`ctf.${name}`, value]));
  const given = isPieceTest(test) ? (await divideGiven(test, work.root)).given : test.given;
  const relations = relationsOf({ ...test, given });
  const inserts = await insertsOf(work.client, [...given, ...test.before], memory.facts);
  const before: readonly Statement[] = [
    { text: "BEGIN" },
    ...setLocally({ ...work.planned.settings, ...variables }),
    ...(await frozenDefinitions(clock)),
    ...(await frozenDefaultStatements(relations, clock)),
    ...countFromOne(relations),
  ];
  try {
    await batch(work.client, [...before, ...inserts.map(({ statement }) => statement)]);
    return undefined;
  } catch (error) {
    const insert = error instanceof BatchError ? inserts[error.index - before.length] : undefined;
    if (!insert) throw error;
    return insert.blame(error);
  }
}

interface Rehearsed {
  readonly counts: RowCounts;
  /** Where the output's rows are, if not in the output. */
  readonly built?: TableName;
  /** The same once more, which must change nothing. */
  readonly again?: () => Promise<readonly Failure[]>;
}

/** What is tested, done in the transaction that the caller has begun. @throws what a run would throw */
export async function rehearseTransform(
  work: Work,
  test: TestCase,
  memory: SessionMemory,
  clock: Clock | undefined,
): Promise<Rehearsed> {
  const { action } = work.planned;
  if (isPieceTest(test)) {
    const { pieces } = await divideGiven(test, work.root);
    const { query, columns } = await pieceOf(work.client, test, work.root, pieces, clock);
    return { built: await rehearseQuery(work, query, { name: "piece", columns }), counts: {} };
  }
  switch (action.type) {
    case "build_table": {
      const { table, counts } = await rehearseBuild(
        work,
        withKeysGiven(action.output, test),
        await filler(work, memory),
        test.before.length > 0,
      );
      return { built: table, counts };
    }
    case "merge_rows": {
      const output = withKeysGiven(action.output, test);
      const merge = async () => rehearseMerge(work, action, output, await filler(work, memory), test.before.length > 0);
      const counts = await merge();
      if (!test.twice) return { counts };
      return {
        counts,
        again: async () => {
          return changesTold(await merge());
        },
      };
    }
    case "run_statements":
      return { counts: await rehearseStatements(work, action) };
    default:
      throw new Error(`${action.type} is not rehearsed`);
  }
}

/** The foreign keys whose other side the test gives: rows that it does not speak of are not missed. */
function withKeysGiven(output: TableOutput, { given, before }: TestCase): TableOutput {
  const tables = new Set([...given, ...before].map(({ relation }) => tableText(relation)));
  return { ...output, foreignKeys: output.foreignKeys.filter(({ references }) => tables.has(tableText(references))) };
}

async function filler(work: Work, memory: SessionMemory): Promise<Filler> {
  const action = work.planned.action as Extract<Action, { type: "build_table" | "merge_rows" }>;
  if (action.rows.type !== "query") throw new Error(`rows of ${action.rows.type} are not rehearsed`);
  const key = `${work.planned.id} ${action.rows.query.text}`;
  const known = memory.fillers.get(key);
  if (known) return known;
  const made = fromQuery(action.rows, action.output, action.type === "merge_rows");
  await made.prepare(work);
  memory.fillers.set(key, made);
  return made;
}

async function judgeRows(
  work: Work,
  { tolerance }: TestCase,
  expected: ExpectedTable,
  table: TableName,
  { columns: known }: SessionMemory,
): Promise<readonly Failure[]> {
  const knownAs = expected.table && `${work.planned.id} ${tableText(table)}`;
  const difference = await compareRows(work.client, { expected, table, tolerance, known, ...(knownAs && { knownAs }) });
  return difference ? [{ type: "rows", expected, difference }] : [];
}
