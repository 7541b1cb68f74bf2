/** Calls of functions, after what makes the functions has run: the rows that a call gives, or the error that it must raise. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { TableName } from "../../project/types.ts";
import { attributed, stateOf } from "../../warehouse/errors.ts";
import { rehearseQuery } from "../../warehouse/testbed/rehearse.ts";
import type { Work } from "../../warehouse/work.ts";
import type { Clock } from "./clock.ts";
import { frozenCall } from "./frozen.ts";
import { inWords, judgeRefusal } from "../judge/judge.ts";
import type { ExpectedCall, ExpectedTable, TestCase } from "../types.ts";
import type { Failure } from "../verdict.ts";

/** Where an expectation's rows are, if it is of a call: they are put there. @throws DiagnosticError with what PostgreSQL has against the call */
export async function rowsOfCall(
  work: Work,
  { expect }: TestCase,
  expected: ExpectedTable,
  clock: Clock | undefined,
): Promise<TableName | undefined> {
  if (!expected.call) return undefined;
  const name = `call_${expect.indexOf(expected)}`;
  return rowsInto(work, expected.call, name, clock).catch((error: unknown) => {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new DiagnosticError(error.diagnostics.map((one) => withWayOut(one, work)));
  });
}

/** Whether a call fails as it must. Where it does, the transaction that it was called in has failed, too. */
export async function judgeFailingCall(
  work: Work,
  call: ExpectedCall,
  clock: Clock | undefined,
): Promise<readonly Failure[]> {
  const expectError = call.error!;
  try {
    await rowsInto(work, call, "failing_call", clock);
  } catch (error) {
    return judgeRefusal({ expectError }, inWords(error, work.planned)).map((one) => ({ ...one, call: call.code.text }));
  }
  return [{ type: "no_error", expected: expectError, call: call.code.text }];
}

async function rowsInto(work: Work, call: ExpectedCall, name: string, clock: Clock | undefined): Promise<TableName> {
  return rehearseQuery(work, await frozenCall(call.code, clock), { name, isCall: true });
}

/** PostgreSQL found them while it read the call; all others come from the function. */
const OF_THE_CALL = /^(?:42|0A|3F)/;

/** What a function raises may be what it is to do. */
function withWayOut(one: DiagnosticError["diagnostics"][number], { planned }: Work): typeof one {
  const state = stateOf(one);
  if (one.hint !== undefined || state === undefined || OF_THE_CALL.test(state)) return one;
  const hint = `If the call must fail, write {error: {code: ${state}}} in the place of its rows.`;
  return attributed({ ...one, hint }, one.transform ?? planned.id, one);
}
