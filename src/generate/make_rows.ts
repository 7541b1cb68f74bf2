/** Rows for tables: what was given, and all that it needs. Nothing but the arguments decides on them. */
import { rowsInSteps } from "./steps.ts";
import type { Facts, GivenRow, MadeRows, MakeOptions } from "./types.ts";

/**
 * In an order in which they can be inserted. Rows beyond those given are made where `counts` asks for them, and parents where
 * a foreign key needs them. Checks that only PostgreSQL can judge are taken to hold; `makeCheckedRows` asks it.
 * @throws DiagnosticError where a check or a key leaves nothing that could be found
 */
export function makeRows(
  facts: Facts,
  given: ReadonlyMap<string, readonly GivenRow[]>,
  options: MakeOptions,
): readonly MadeRows[] {
  const steps = rowsInSteps(facts, given, options);
  let step = steps.next();
  while (!step.done) step = steps.next(step.value.rows.map(() => []));
  return step.value;
}
