/** The rows of a new table from a python transform's function. */
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { PythonRows } from "../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { badReturnedRow } from "./codes.ts";
import { databaseError, isTransient, problem, rememberWords } from "../errors.ts";
import { list, qualified } from "../names.ts";
import { inPhase, runSteps } from "../session/steps.ts";
import type { PythonTable, Work } from "../work.ts";
import { nothingBehind, type Filler } from "./filler.ts";
import { createEmpty } from "./table.ts";
import { columnProblems, describeDeclared } from "./verify_columns.ts";

/** `merge`: the table only brings rows to another, so it has no more columns than they have. */
export function fromPython({ call }: PythonRows, output: TableOutput, merge: boolean): Filler {
  return {
    async prepare(work) {
      const types = () => describeDeclared(work.client, output.columns);
      // Only what PostgreSQL has against the declared types themselves: which columns come is known when rows do.
      const problems = await types().then(
        () => [],
        () => columnProblems(work.client, output, [], { giver: call.file, span: work.span }),
      );
      if (problems.length > 0) throw new DiagnosticError(problems);
    },
    async fill(work, table, begin, behind = nothingBehind) {
      work.enter("build");
      const rows = await work.python.table(work, call, output);
      try {
        const given = new Set(rows.columns);
        const columns = output.columns
          .filter(({ name }) => !merge || given.has(name))
          .map(({ identity, default: value, ...column }) => ({
            ...column,
            notNull: false,
            ...(merge || identity === undefined ? {} : { identity }),
            ...(merge || value === undefined ? {} : { default: value }),
          }));
        const origin = { table: tableText(output), span: work.span };
        await runSteps(work, [...begin, ...inPhase("build", [createEmpty(table, columns)], origin)]);
        const count = await copyRows(work, rows, output, table);
        const notNulls = output.columns
          .filter(({ name, notNull }) => notNull && (!merge || given.has(name)))
          .map(({ name }) => name);
        return { rows: count, notNulls, behind: await runSteps(work, behind({ notNulls })) };
      } finally {
        rows.bytes.destroy();
      }
    },
  };
}

async function copyRows(work: Work, rows: PythonTable, output: TableOutput, table: TableName): Promise<number> {
  const options = `FORMAT ${rows.format}, ENCODING 'UTF8'`;
  const copy = work.client.query(
    copyFrom(`COPY ${qualified(table)} (${list(rows.columns)}) FROM STDIN WITH (${options})`),
  );
  const failed = failureOf(rows.bytes);
  try {
    await pipeline(rows.bytes, copy, { signal: work.signal });
    if (copy.rowCount === rows.count()) return copy.rowCount;
    throw new Error("the rows that were stored are not those that were returned");
  } catch (error) {
    // What made the rows fail comes first: what COPY then says is only that they broke off.
    const cause = failed.error ?? error;
    if (cause instanceof DiagnosticError || work.signal.aborted || isTransient(cause)) throw cause;
    throw databaseError(cause) ? new DiagnosticError([rowProblem(cause, work, output, rows)]) : cause;
  }
}

function failureOf(bytes: Readable): { readonly error?: Error } {
  const failure: { error?: Error } = {};
  bytes.once("error", (error) => (failure.error = error));
  return failure;
}

/** COPY counts lines: `COPY score, line 5, column amount: "…"`. The value is left out. */
function rowProblem(error: unknown, work: Work, output: TableOutput, rows: PythonTable): Diagnostic {
  const name = tableText(output);
  const general = problem(error, { table: name, span: work.span });
  const place = /^COPY .*?, line (\d+)(?:, column ([^:]+))?/.exec(databaseError(error)?.where ?? "");
  if (!place) return general;
  const column = output.columns.find((one) => one.name === place[2]);
  const row = `row ${rows.rowAt(Number(place[1]))}`;
  const where = column ? `${row}, column ${column.name} (${column.type})` : row;
  const diagnostic = badReturnedRow({
    message: `${where} can't be stored: ${general.message.replace(`${name}: `, "")}`,
    span: work.span,
    hint: "Rows count from 1, in the order in which the function returned them. Nothing was published.",
  });
  rememberWords(diagnostic, error);
  return diagnostic;
}
