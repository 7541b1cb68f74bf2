/** A batch whose statements know what they are for: the phase that they belong to, and whom to blame when one fails. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableOutput } from "../../project/types.ts";
import { batch, BatchError, type Statement, type StatementResult } from "./batch.ts";
import { constraintWords } from "../build/table.ts";
import { databaseError, isTransient, problem, sqlstate, type Origin } from "../errors.ts";
import { refusal } from "../isolation/refusals.ts";
import type { Phase } from "../outcome.ts";
import type { Work } from "../work.ts";

export interface Step extends Statement {
  readonly phase?: Phase;
  readonly origin?: Origin;
}

export const inPhase = (phase: Phase, statements: readonly Statement[], origin?: Origin): readonly Step[] =>
  statements.map((statement) => ({ ...statement, phase, ...(origin ? { origin } : {}) }));

/** Runs the steps in one round trip. @throws DiagnosticError for what a user can mend, BatchError for what may be retried */
export async function runSteps(work: Work, steps: readonly Step[]): Promise<readonly StatementResult[]> {
  const enter = (index: number) => {
    const phase = steps[index]?.phase;
    if (phase) work.enter(phase);
  };
  work.signal.throwIfAborted();
  enter(0);
  try {
    return await batch(work.client, steps, (index) => enter(index + 1));
  } catch (error) {
    const step = error instanceof BatchError ? steps[error.index] : undefined;
    throw await failure(work, error, { span: work.span, ...step?.origin });
  }
}

/** What the database refused to a guest is told by what it lacks; the rest as `explainError` does. */
export async function failure(work: Work, error: unknown, origin: Origin): Promise<unknown> {
  if (!work.host || sqlstate(error) !== "42501") return explainError(error, origin);
  return refusal(work.host, error, origin);
}

/** Transient errors and lost connections stay what they are, for the run to try again; the rest becomes words. */
export function explainError(error: unknown, origin: Origin): unknown {
  if (error instanceof DiagnosticError || isTransient(error) || !databaseError(error)) return error;
  return new DiagnosticError([problem(error, origin)]);
}

/** For errors of statements on a declared table: constraints are named by their columns. */
export const tableOrigin = (output: TableOutput, span: Work["span"]): Origin => ({
  table: tableText(output),
  constraint: (name) => constraintWords(output, name),
  span,
});
