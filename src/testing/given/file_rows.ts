/** Files that a test gives as rows: what it leaves out is made up by the output's declaration, and all of it written in the source's format. */
import type pg from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { encoded } from "../../files/encodings.ts";
import { makeCheckedRows } from "../../generate/checked_rows.ts";
import { packedAs } from "../../generate/fill/packed.ts";
import { fileBytes } from "../../generate/fill/file_text.ts";
import type { FileRows, PlannedTransform } from "../../plan/types.ts";
import { type TableOutput, tableText } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { readFacts } from "../../warehouse/facts/read.ts";
import type { TableFacts } from "../../warehouse/facts/types.ts";
import type { CellText } from "../../warehouse/testbed/values.ts";
import { badTestValue, impossibleTest, unknownInTest } from "../codes.ts";
import { SEED } from "./rows.ts";
import { classifiedColumns } from "../structural/load/file_names.ts";
import { fileColumn, isWritten, narrowed } from "../structural/load/files.ts";
import type { GivenFile, GivenFileRows, TestCase } from "../types.ts";

/** The test with its files as bytes. @throws DiagnosticError with what is wrong with rows */
export async function withFilesWritten(
  client: pg.Client,
  test: TestCase,
  planned: readonly PlannedTransform[],
): Promise<TestCase> {
  if (test.fileRows.length === 0) return test;
  const files: GivenFile[] = [...test.files];
  for (const one of test.fileRows) files.push(await written(client, one, planned));
  return { ...test, files };
}

async function written(
  client: pg.Client,
  given: GivenFileRows,
  planned: readonly PlannedTransform[],
): Promise<GivenFile> {
  const { source, name, place } = given;
  const load = planned.flatMap(({ action }) =>
    "rows" in action && action.rows.type === "files" && action.rows.source === source.sourceName
      ? [{ rows: action.rows, output: action.output }]
      : [],
  )[0];
  if (!load || !isWritten(source.format)) {
    const message = `rows can't be written as a file of ${source.sourceName}: ${load ? "nobody knows how its format is written" : "nothing that is run loads it into a table"}`;
    throw new DiagnosticError([impossibleTest({ message, span: place, hint: "Give the file's text, or a path." })]);
  }
  const { columns, rows } = await madeRows(client, given, load);
  return { source, name, bytes: packedAs(name, await fileBytes(source.format, columns, rows)) };
}

interface Load {
  readonly rows: FileRows;
  readonly output: TableOutput;
}

async function madeRows(client: pg.Client, given: GivenFileRows, { rows: load, output }: Load) {
  const { format } = given.source;
  const [declared] = (await readFacts(client, [{ ...output, foreignKeys: [] }])).values();
  const headers = new Map(Object.entries(load.rename).map(([header, column]) => [column, header]));
  const headerOf = (column: string) => headers.get(column) ?? column;
  const facts = narrowed(declared!, format, headerOf);
  const classified = classifiedColumns(load);
  // What PostgreSQL fills in by itself may be in the file, and what the file's name says is not.
  const possible = facts.columns.filter(({ name, filledBy }) => filledBy !== "generated" && !classified.has(name));
  const values = valuesByColumn(
    given,
    possible.map(({ name }) => name),
    load,
  );
  refuseUnwritable(given);
  const made = await completed(client, facts, values);
  const named = new Set(values.flatMap((row) => Object.keys(row)));
  const columns = possible.filter(({ name, filledBy }) => filledBy === undefined || named.has(name));
  return {
    columns: columns.map((column) => fileColumn(column, headerOf(column.name))),
    rows: made.map((row) => columns.map(({ name }) => row[name] ?? null)),
  };
}

type Values = Readonly<Record<string, CellText>>;

/** A column may be called as the file has it, or as the output does. */
function valuesByColumn(
  { rows, source, at }: GivenFileRows,
  columns: readonly string[],
  { rename }: FileRows,
): readonly Values[] {
  const known = new Map([...columns.map((name) => [name, name] as const), ...Object.entries(rename)]);
  return rows.map(({ values }, n) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const column = known.get(name);
        if (column !== undefined) return [column, value];
        const { hint } = suggestion(name, [...known.keys()]);
        const message = `a file of ${source.sourceName} has no column ${name}`;
        throw new DiagnosticError([unknownInTest({ message, span: at(n, name), ...(hint !== undefined && { hint }) })]);
      }),
    ),
  );
}

function refuseUnwritable({ source, rows, at }: GivenFileRows): void {
  const { format } = source;
  if (!("encoding" in format)) return;
  const problems = rows.flatMap(({ values }, n) =>
    Object.entries(values).flatMap(([column, value]) => {
      if (value === null || encoded(value, format.encoding)) return [];
      const message = `this can't be written in ${format.encoding}, the encoding of ${source.sourceName}`;
      return [badTestValue({ message, span: at(n, column) })];
    }),
  );
  if (problems.length > 0) throw new DiagnosticError(problems);
}

/** In the order of the given ones, which keep their texts, also those that no load can take. */
async function completed(client: pg.Client, facts: TableFacts, given: readonly Values[]): Promise<readonly Values[]> {
  const text = tableText(facts.table);
  const tables = await makeCheckedRows(client, new Map([[text, facts]]), new Map([[text, given]]), { seed: SEED });
  const made = tables.flatMap(({ columns, rows, given: numbers }) =>
    rows.map((row, n) => ({
      number: numbers[n] ?? 0,
      values: Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])),
    })),
  );
  return given.map((row, n) => ({ ...made.find(({ number }) => number === n)?.values, ...row }));
}
