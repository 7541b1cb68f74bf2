/** The rows of a new table from a SELECT. */
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import type { QueryRows } from "../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { describeAndExplain, type DescribedColumn, EXPLAIN } from "../session/describe.ts";
import { list, qualified } from "../names.ts";
import { failure, inPhase, runSteps, type Step } from "../session/steps.ts";
import { withoutValues } from "./explain.ts";
import { nothingBehind, type Filler } from "./filler.ts";
import { createEmpty, isFilledIn } from "./table.ts";
import { columnProblems } from "./verify_columns.ts";

const codePoints = (text: string): number => [...text].length;

/** The rows of a SELECT. `merge`: they go into a table only to be merged into another. */
export function fromQuery(rows: QueryRows, output: TableOutput, merge: boolean): Filler {
  const { query } = rows;
  const span: Span = { file: query.file, start: { line: query.line, column: query.column } };
  const name = tableText(output);
  let explain = "";
  let given: readonly DescribedColumn[] = [];
  return {
    async prepare(work) {
      work.enter("explain");
      work.signal.throwIfAborted();
      const asked = await describeAndExplain(work.client, query.text);
      const origin = { code: query, table: name };
      if (!asked.columns) throw await failure(work, asked.error, origin);
      // Within a transaction nothing more can be asked after that.
      if (asked.plan === undefined) throw await failure(work, asked.error, { ...origin, offset: EXPLAIN.length });
      given = asked.columns;
      const options = { giver: query.file, span, mayLack: isFilledIn };
      const problems = await columnProblems((work.host ?? work).client, output, given, options);
      if (problems.length > 0) throw new DiagnosticError(problems);
      const plan = JSON.parse(asked.plan) as readonly [{ Plan: { "Total Cost": number; "Plan Rows": number } }];
      explain = JSON.stringify(withoutValues(plan, query.text));
      work.explained(plan[0].Plan["Total Cost"], plan[0].Plan["Plan Rows"], explain);
    },
    async fill(work, table, begin, behind = nothingBehind) {
      const inserted = !merge && output.columns.some(isFilledIn);
      const { prefix, suffix, before } = inserted
        ? insertion(given, output, table)
        : creation(given, output, table, merge);
      const origin = { code: query, offset: codePoints(prefix), table: name };
      const names = new Set(given.map((column) => column.name));
      const notNulls = inserted
        ? []
        : output.columns.filter((column) => column.notNull && names.has(column.name)).map((column) => column.name);
      const first = [...begin, ...before];
      const results = await runSteps(work, [
        ...first,
        { text: prefix + query.text + suffix, phase: "build", origin },
        ...behind({ notNulls }),
      ]);
      return {
        rows: results[first.length]?.count ?? 0,
        notNulls,
        behind: results.slice(first.length + 1),
        explain,
      };
    },
  };
}

/** The table has its columns in the declared order, whatever order the SELECT gives them in. */
function creation(given: readonly DescribedColumn[], output: TableOutput, table: TableName, merge: boolean) {
  const prefix = `CREATE TABLE ${qualified(table)} AS `;
  const before: readonly Step[] = [];
  const declared = output.columns.map(({ name }) => name);
  if (merge || given.every(({ name }, n) => name === declared[n])) return { prefix, suffix: "", before };
  return { prefix: `${prefix}SELECT ${list(declared)} FROM (`, suffix: "\n) AS given", before };
}

/** Columns that PostgreSQL fills in exist before the rows; then the SELECT is inserted. */
function insertion(given: readonly DescribedColumn[], output: TableOutput, table: TableName) {
  const overriding = output.columns.some((column) => column.identity && given.some(({ name }) => name === column.name));
  return {
    prefix: `INSERT INTO ${qualified(table)} (${list(given.map((column) => column.name))})${overriding ? " OVERRIDING SYSTEM VALUE" : ""} `,
    suffix: "",
    before: inPhase("build", [createEmpty(table, output.columns)]),
  };
}
