import type pg from "pg";
import type { Statement } from "../warehouse/session/batch.ts";
import { brokenChecks, valuesOf } from "../warehouse/facts/broken_checks.ts";
import { rowsInSteps } from "./steps.ts";
import type { Facts, GivenRow, MadeRows, MakeOptions } from "./types.ts";

/**
 * Like `makeRows`, but checks of an uncommon form are judged by PostgreSQL: one question for all rows of a table, none where
 * every check has a common form; and what a check says that a column is (`total = a + b`) it computes. An error in such a check (a division by zero) aborts a transaction that is open, unless
 * `afterError` takes it back to where it was.
 */
export async function makeCheckedRows(
  client: pg.Client,
  facts: Facts,
  given: ReadonlyMap<string, readonly GivenRow[]>,
  options: MakeOptions,
  afterError?: Statement,
): Promise<readonly MadeRows[]> {
  const steps = rowsInSteps(facts, given, options);
  let step = steps.next();
  while (!step.done) {
    const { shape, rows, equalities } = step.value;
    const answer = equalities
      ? valuesOf(client, shape.facts, rows, equalities, afterError)
      : brokenChecks(client, shape.facts, rows, afterError);
    step = steps.next(await answer);
  }
  return step.value;
}
