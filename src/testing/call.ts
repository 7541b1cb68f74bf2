/** The rows that a call of a function gives, after what makes the function has run. */
import type { TableName } from "../project/types.ts";
import { rehearseQuery } from "../warehouse/testbed/rehearse.ts";
import type { Work } from "../warehouse/work.ts";
import type { Clock } from "./clock.ts";
import { frozenCall } from "./frozen.ts";
import type { ExpectedTable, TestCase } from "./types.ts";

/** Where an expectation's rows are, if it is of a call: they are put there. @throws DiagnosticError with what PostgreSQL has against the call */
export async function rowsOfCall(
  work: Work,
  { expect }: TestCase,
  expected: ExpectedTable,
  clock: Clock | undefined,
): Promise<TableName | undefined> {
  if (!expected.call) return undefined;
  const call = await frozenCall(expected.call.code, clock);
  return rehearseQuery(work, call, { name: `call_${expect.indexOf(expected)}`, isCall: true });
}
