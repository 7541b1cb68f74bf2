/** Merges and statements, by the code of a run. */
import { DiagnosticError } from "../../../diagnostics/diagnostic.ts";
import type { MergeRows, RunStatements } from "../../../plan/types.ts";
import { tableText, type TableOutput, type ViewOutput } from "../../../project/types.ts";
import { batch, BatchError, type Statement } from "../../../warehouse/session/batch.ts";
import type { Filler } from "../../../warehouse/build/filler.ts";
import {
  checkFailed,
  columnsDiffer,
  duplicateKey,
  foreignKeyFailed,
  nullInColumn,
} from "../../../warehouse/build/codes.ts";
import { outputMissing } from "../../../warehouse/codes.ts";
import { databaseError, isLostConnection, sqlstate } from "../../../warehouse/errors.ts";
import { backToBeginning, briefly, cellsOf, rowsOfTable } from "../../../warehouse/testbed/made_rows.ts";
import { rehearseMerge, rehearseStatements } from "../../../warehouse/testbed/rehearse.ts";
import type { Work } from "../../../warehouse/work.ts";
import { inWords } from "../../judge/judge.ts";
import { type Outcome, type OutputRows, type Refusal, type Rehearse, RowsRefused } from "./outcome.ts";
import { outputColumns } from "./rehearse_query.ts";

export function rehearseMergedRows(work: Work, action: MergeRows, filler: Filler): Rehearse {
  const output: TableOutput = { ...action.output, foreignKeys: [] };
  return async (trial) => {
    await begin(work, trial.inserts, trial.isBrief);
    return told(work, async () => {
      await rehearseMerge(work, action, output, filler);
      const outputs = [await rowsIn(work, output)];
      if (!trial.twice) return { outputs };
      const changes = await rehearseMerge(work, action, output, filler);
      return { outputs, again: [await rowsIn(work, output)], changes };
    });
  };
}

export function rehearseAllStatements(work: Work, action: RunStatements): Rehearse {
  const relations = action.outputs.filter((output) => output.type === "table" || output.type === "view");
  const run = async () => {
    await rehearseStatements(work, action);
    const found: OutputRows[] = [];
    for (const relation of relations) found.push(await rowsIn(work, relation));
    return found;
  };
  return async (trial) => {
    await begin(work, trial.inserts, trial.isBrief);
    return told(work, async () => {
      const outputs = await run();
      return trial.twice ? { outputs, again: await run() } : { outputs };
    });
  };
}

async function begin({ client }: Work, inserts: readonly Statement[], isBrief: boolean): Promise<void> {
  try {
    await batch(client, [backToBeginning, ...inserts, ...(isBrief ? [briefly] : [])]);
  } catch (error) {
    if (error instanceof BatchError && error.index > 0 && databaseError(error)) throw new RowsRefused(sqlstate(error));
    throw error;
  }
}

async function told({ planned }: Work, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DiagnosticError) && (!databaseError(error) || isLostConnection(error))) throw error;
    return { refused: refusalOf(error, inWords(error, planned)) };
  }
}

const RULES: ReadonlySet<string> = new Set(
  [nullInColumn, duplicateKey, checkFailed, foreignKeyFailed].map(({ code }) => code),
);
const DECLARATIONS: ReadonlySet<string> = new Set([columnsDiffer, outputMissing].map(({ code }) => code));

export function refusalOf(error: unknown, diagnostics: Refusal["diagnostics"]): Refusal {
  const { code = "", message = "" } = diagnostics[0] ?? {};
  const state = sqlstate(error) ?? /\(SQLSTATE (\w{5})\)/.exec(message)?.[1];
  return { diagnostics, by: RULES.has(code) ? "rule" : DECLARATIONS.has(code) ? "declaration" : "query", state };
}

/** Of these columns; all that are declared, if nothing is said. */
export async function rowsIn(
  { client }: Pick<Work, "client">,
  relation: TableOutput | ViewOutput,
  names: readonly string[] = relation.columns.map(({ name }) => name),
): Promise<OutputRows> {
  const [result] = names.length === 0 ? [] : await batch(client, [rowsOfTable(relation, names)]);
  return {
    table: tableText(relation),
    columns: outputColumns(relation, names),
    rows: cellsOf(result?.rows ?? [], names),
  };
}
