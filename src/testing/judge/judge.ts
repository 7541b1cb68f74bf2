/** Whether what happened is what the test expects, where that is no matter of rows. */
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import { databaseError, isLostConnection, problem, stateOf, unmasked } from "../../warehouse/errors.ts";
import type { RowCounts } from "../../warehouse/outcome.ts";
import type { ExpectedError, TestCase } from "../types.ts";
import type { Failure } from "../verdict.ts";

/** The transform was refused: as the test expects, or not. */
export function judgeRefusal(
  { expectError }: Pick<TestCase, "expectError">,
  diagnostics: readonly Diagnostic[],
): readonly Failure[] {
  if (!expectError) return [{ type: "refused", diagnostics }];
  return diagnostics.some((one) => isLike(one, expectError))
    ? []
    : [{ type: "other_error", expected: expectError, diagnostics }];
}

/** By the code of the diagnostic or the SQLSTATE, and by the message or the words of PostgreSQL or Python: a test's rows are its author's own. */
function isLike(one: Diagnostic, { code, like }: ExpectedError): boolean {
  const isCode = code === undefined || one.code === code || stateOf(one) === code;
  return isCode && (like === undefined || one.message.includes(like) || unmasked(one)?.includes(like) === true);
}

export function judgeCounts({ counts }: TestCase, actual: RowCounts): readonly Failure[] {
  if (!counts) return [];
  const expected = counts.values;
  const differs = (Object.keys(expected) as (keyof RowCounts)[]).some((key) => expected[key] !== actual[key]);
  return differs ? [{ type: "counts", expected, actual }] : [];
}

/** A second run of the same must change nothing. */
export function changesTold(counts: RowCounts): readonly Failure[] {
  const { inserted = 0, updated = 0, deleted = 0 } = counts;
  return inserted + updated + deleted > 0 ? [{ type: "twice", counts }] : [];
}

/** What a run would say of the error. @throws what is none of the transform's doing */
export function inWords(error: unknown, { id, file }: PlannedTransform): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  if (!databaseError(error) || isLostConnection(error)) throw error;
  return [problem(error, { span: { file, start: { line: 1, column: 1 } }, table: id })];
}
