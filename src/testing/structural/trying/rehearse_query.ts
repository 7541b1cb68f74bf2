/** A SELECT whose rows go straight into the output's empty table, which has its keys and checks: one round trip a try. */
import type { Code } from "../../../plan/types.ts";
import { tableText, type TableOutput } from "../../../project/types.ts";
import { batch, BatchError, type Row, type Statement } from "../../../warehouse/session/batch.ts";
import { databaseError, isLostConnection, problem, type Rewritten, sqlstate } from "../../../warehouse/errors.ts";
import { tableOrigin } from "../../../warehouse/session/steps.ts";
import { backToBeginning, briefly, cellsOf, insertedRows, selectedRows } from "../../../warehouse/testbed/made_rows.ts";
import type { Work } from "../../../warehouse/work.ts";
import {
  type Outcome,
  type OutputColumn,
  type OutputRows,
  type Refusal,
  type Rehearse,
  RowsRefused,
} from "./outcome.ts";

/** `given`: the columns that the query gives, in its order. */
export function rehearseQueryRows(
  work: Work,
  query: Code & Rewritten,
  output: TableOutput,
  given: readonly string[],
): Rehearse {
  const columns = outputColumns(output, given);
  const inserted = insertedRows(output, query.text, given, true);
  const hidden = insertedRows(output, query.text, given, false);
  const selected = selectedRows(query.text, given);
  const rowsOf = (rows: readonly Row[]): readonly OutputRows[] => [
    { table: tableText(output), columns, rows: cellsOf(rows, given) },
  ];

  return async ({ inserts, twice, isBrief }) => {
    const prepare = [backToBeginning, ...inserts, ...(isBrief ? [briefly] : [])];
    const last = isBrief ? [hidden] : [inserted, ...(twice ? [selected] : [])];
    try {
      const results = await batch(work.client, [...prepare, ...last]);
      if (isBrief) return {};
      const again = twice && { again: rowsOf(results.at(-1)!.rows) };
      return { outputs: rowsOf(results[prepare.length]!.rows), ...again };
    } catch (error) {
      const at = error instanceof BatchError ? error.index - prepare.length : -1;
      if (isLostConnection(error) || !databaseError(error)) throw error;
      if (at < 0) throw new RowsRefused(sqlstate(error));
      const refused = refusalOf(error, work, query, last[at]!.offset, output);
      if (refused.by !== "rule" || isBrief) return { refused };
      return { refused, ...(await withoutRules(prepare, twice)) };
    }
  };

  /** The rows that the output's rules have refused, unless something else is wrong with these as well. */
  async function withoutRules(prepare: readonly Statement[], twice: boolean): Promise<Outcome> {
    try {
      const results = await batch(work.client, [...prepare, selected, ...(twice ? [selected] : [])]);
      const [first, second] = results.slice(prepare.length);
      return { outputs: rowsOf(first!.rows), ...(second && { again: rowsOf(second.rows) }) };
    } catch (error) {
      if (isLostConnection(error) || !databaseError(error)) throw error;
      return {};
    }
  }
}

export const outputColumns = (
  output: Pick<TableOutput, "columns">,
  names: readonly string[],
): readonly OutputColumn[] =>
  names.map((name) => {
    const type = output.columns.find((column) => column.name === name)?.type ?? "";
    return { name, isFloat: /^(float|real|double)/i.test(type) };
  });

function refusalOf(error: unknown, work: Work, query: Code & Rewritten, offset: number, output: TableOutput): Refusal {
  const state = sqlstate(error);
  const isRule = state?.startsWith("23") === true && databaseError(error)?.where === undefined;
  const origin = isRule ? tableOrigin(output, work.span) : { code: query, offset, table: tableText(output) };
  return { diagnostics: [problem(error, origin)], by: isRule ? "rule" : "query", state };
}
