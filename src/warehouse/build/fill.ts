/** The rows of a new table: from a SELECT, or from files. */
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import type { FileRows, QueryRows } from "../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { describe, type DescribedColumn } from "../describe.ts";
import { list, qualified } from "../names.ts";
import { explainError, inPhase, runSteps, type Step } from "../steps.ts";
import type { Work } from "../work.ts";
import { copyFiles } from "./copy.ts";
import { withoutValues } from "./explain.ts";
import { createEmpty, isFilledIn } from "./table.ts";
import { columnProblems } from "./verify_columns.ts";

/** Fills a table in its closed schema and tells how many rows came. The transaction is the caller's. */
export interface Filler {
  /** Before the transaction: what can be found wrong without running anything. */
  prepare(work: Work): Promise<void>;
  /** `begin` opens the transaction, in the same round trip. */
  fill(work: Work, table: TableName, begin: readonly Step[]): Promise<Filled>;
}

export interface Filled {
  readonly rows: number;
  /** Columns that are still to be made NOT NULL. */
  readonly notNulls: readonly string[];
  /** The plan of the SELECT, without its constants. */
  readonly explain?: string;
}

/** `merge`: the table only brings rows to another, which has defaults and numbers rows of its own. */
export const fillerOf = (rows: QueryRows | FileRows, output: TableOutput, purpose: "publish" | "merge"): Filler =>
  rows.type === "query" ? fromQuery(rows, output, purpose === "merge") : fromFiles(rows, output);

const codePoints = (text: string): number => [...text].length;

function fromQuery(rows: QueryRows, output: TableOutput, merge: boolean): Filler {
  const { query } = rows;
  const span: Span = { file: query.file, start: { line: query.line, column: query.column } };
  const name = tableText(output);
  let explain = "";
  let given: readonly DescribedColumn[] = [];
  return {
    async prepare(work) {
      work.enter("explain");
      given = await describe(work.client, query.text).catch((error: unknown) => {
        throw explainError(error, { code: query, table: name });
      });
      const options = { giver: query.file, span, mayLack: isFilledIn };
      const problems = await columnProblems(work.client, output, given, options);
      if (problems.length > 0) throw new DiagnosticError(problems);
      const prefix = "EXPLAIN (FORMAT JSON) ";
      const [result] = await runSteps(work, [
        { text: prefix + query.text, origin: { code: query, offset: prefix.length, table: name } },
      ]);
      const plan = result?.rows[0]?.["QUERY PLAN"] as readonly [
        { Plan: { "Total Cost": number; "Plan Rows": number } },
      ];
      explain = JSON.stringify(withoutValues(plan, query.text));
      work.explained(plan[0].Plan["Total Cost"], plan[0].Plan["Plan Rows"], explain);
    },
    async fill(work, table, begin) {
      const inserted = !merge && output.columns.some(isFilledIn);
      const { prefix, before } = inserted ? insertion(given, output, table) : creation(table);
      const origin = { code: query, offset: codePoints(prefix), table: name };
      const results = await runSteps(work, [
        ...begin,
        ...before,
        { text: prefix + query.text, phase: "build", origin },
      ]);
      const names = new Set(given.map((column) => column.name));
      const notNulls = inserted
        ? []
        : output.columns.filter((column) => column.notNull && names.has(column.name)).map((column) => column.name);
      return { rows: results.at(-1)?.count ?? 0, notNulls, explain };
    },
  };
}

const creation = (table: TableName) => ({
  prefix: `CREATE TABLE ${qualified(table)} AS `,
  before: [] as readonly Step[],
});

/** Columns that PostgreSQL fills in exist before the rows; then the SELECT is inserted. */
function insertion(given: readonly DescribedColumn[], output: TableOutput, table: TableName) {
  const overriding = output.columns.some((column) => column.identity && given.some(({ name }) => name === column.name));
  return {
    prefix: `INSERT INTO ${qualified(table)} (${list(given.map((column) => column.name))})${overriding ? " OVERRIDING SYSTEM VALUE" : ""} `,
    before: inPhase("build", [createEmpty(table, output.columns)]),
  };
}

function fromFiles(rows: FileRows, output: TableOutput): Filler {
  return {
    async prepare() {},
    async fill(work, table, begin) {
      const columns = output.columns.map((column) => ({ ...column, notNull: false }));
      const origin = { table: tableText(output), span: work.span };
      await runSteps(work, [...begin, ...inPhase("build", [createEmpty(table, columns)], origin)]);
      const loaded = await copyFiles(work, rows, output, table);
      return { rows: loaded, notNulls: output.columns.filter((column) => column.notNull).map((column) => column.name) };
    },
  };
}
