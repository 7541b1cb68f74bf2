/** Expected rows held against a table: what differs, or what is wrong with the expectation. */
import type pg from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { givenText } from "../../generate/given_text.ts";
import { suggestion } from "../../project/suggestion.ts";
import { batch, BatchError } from "../../warehouse/session/batch.ts";
import { databaseError } from "../../warehouse/errors.ts";
import type { TableName } from "../../project/types.ts";
import { comparedColumns, comparison, type ComparedColumn } from "../../warehouse/testbed/compare.ts";
import type { CellText } from "../../warehouse/testbed/values.ts";
import { badTestValue, unknownInTest } from "../codes.ts";
import { differenceOf, type Difference } from "./difference.ts";
import type { ExpectedTable } from "../types.ts";
import { hintFor } from "./value_hints.ts";

export interface ToCompare {
  readonly expected: ExpectedTable;
  /** Where the rows are. */
  readonly table: TableName;
  readonly tolerance: number | undefined;
  /** Columns by table, kept from one test to the next. */
  readonly known: Map<string, readonly ComparedColumn[]>;
  /** The name under which they are kept; nothing is kept without. */
  readonly knownAs?: string;
}

/** @throws DiagnosticError when an expected row can't be one of the table's */
export async function compareRows(client: pg.Client, what: ToCompare): Promise<Difference | undefined> {
  const { expected, table, tolerance, known, knownAs } = what;
  const all = (knownAs === undefined ? undefined : known.get(knownAs)) ?? (await comparedColumns(client, table));
  if (knownAs !== undefined) known.set(knownAs, all);
  const columns = lookedAt(expected, all);
  const texts = expected.rows.flatMap(({ values, times }) =>
    Array.from({ length: times }, () => columns.map(({ name, type }) => expectedText(type, values[name] ?? null))),
  );
  const numbers = expected.rows.flatMap(({ times }, n) => Array.from({ length: times }, () => n));
  const { statement, valueAt, surplusOf } = comparison(table, columns, texts);
  try {
    const [result] = await batch(client, [statement]);
    const key = expected.relation && "primaryKey" in expected.relation ? expected.relation.primaryKey : undefined;
    const surplus = surplusOf(result!.rows).map((one) => ({ ...one, expected: one.expected.map((n) => numbers[n]!) }));
    return differenceOf(columns, surplus, key?.columns ?? [], tolerance);
  } catch (error) {
    const cause = databaseError(error);
    if (!(error instanceof BatchError) || !cause) throw error;
    const value = valueAt(cause.position);
    const span = value ? expected.at(numbers[value.row]!, value.column) : expected.place;
    const column = value ? `${value.column} can't be this: ` : "";
    const type = columns.find(({ name }) => name === value?.column)?.type;
    const hint = type === undefined ? undefined : hintFor(type);
    const message = `${column}${cause.message}`;
    throw new DiagnosticError([badTestValue({ message, span, ...(hint !== undefined && { hint }) })]);
  }
}

/** A list for an array is written as under `given`. */
const expectedText = (type: string, text: CellText): CellText =>
  type.endsWith("[]") ? givenText({ is: "array", of: { is: "base", name: "text", modifiers: [] } }, text) : text;

/** The columns that the expectation names; all where it names none, so that a surplus row can be shown. */
function lookedAt({ rows, at }: ExpectedTable, all: readonly ComparedColumn[]): readonly ComparedColumn[] {
  if (rows.length === 0) return all;
  const byName = new Map(all.map((column) => [column.name, column]));
  return Object.keys(rows[0]!.values).map((name) => {
    const column = byName.get(name);
    if (column) return column;
    const { hint } = suggestion(name, [...byName.keys()]);
    const message = `there is no column ${name} to compare with`;
    throw new DiagnosticError([unknownInTest({ message, span: at(0, name), ...(hint !== undefined && { hint }) })]);
  });
}
