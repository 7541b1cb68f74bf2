/**
 * The rows that a test gives, as INSERTs: what the test leaves out is made up, and rows that they need in other tables too.
 * What PostgreSQL has against a row is said at the place where it was written.
 */
import type pg from "pg";
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.ts";
import { makeCheckedRows } from "../../generate/checked_rows.ts";
import type { MadeRows } from "../../generate/types.ts";
import { tableText } from "../../project/types.ts";
import type { Statement } from "../../warehouse/session/batch.ts";
import { databaseError } from "../../warehouse/errors.ts";
import { insertStatements } from "../../warehouse/facts/insert.ts";
import { readFacts } from "../../warehouse/facts/read.ts";
import type { TableFacts } from "../../warehouse/facts/types.ts";
import { identifier, qualified } from "../../warehouse/names.ts";
import { insertion, tableForView } from "../../warehouse/testbed/given.ts";
import { badTestValue } from "../codes.ts";
import { hintFor } from "../judge/value_hints.ts";
import type { GivenRelation, GivenTable, TestCase } from "../types.ts";
import { transformsOf } from "../transforms_of.ts";

/** What is known of tables, by `schema.name`; kept from one test to the next. */
export type FactsMemory = Map<string, TableFacts>;

export interface Insert {
  /** `schema.name` */
  readonly table: string;
  readonly statement: Statement;
  readonly blame: (error: unknown) => Diagnostic;
}

/** The same test always gets the same rows. */
export const SEED = 1;

/**
 * Asks PostgreSQL about tables and checks, so it comes before the transaction; or in one that `afterError` takes back.
 * @throws DiagnosticError where nothing can be made up that a table takes
 */
export async function insertsOf(
  client: pg.Client,
  tables: readonly GivenTable[],
  memory: FactsMemory,
  afterError?: Statement,
): Promise<readonly Insert[]> {
  const unknown = tables.filter(({ relation }) => !memory.has(tableText(relation)));
  if (unknown.length > 0) {
    const found = await readFacts(
      client,
      unknown.map(({ relation }) => relation),
    );
    for (const [text, facts] of found) memory.set(text, facts);
  }
  const byTable = new Map<string, GivenTable>();
  for (const table of tables) {
    const text = tableText(table.relation);
    const other = byTable.get(text);
    byTable.set(text, other ? together(other, table) : table);
  }
  const given = new Map([...byTable].map(([text, { rows }]) => [text, rows.map(({ values }) => values)]));
  const made = await makeCheckedRows(client, factsFor(byTable, memory), given, { seed: SEED }, afterError);
  const views = [...byTable.values()].filter(({ relation }) => relation.type === "view");
  return [
    ...views.map((table) => ({
      table: tableText(table.relation),
      statement: tableForView(table.relation),
      blame: blamed(table),
    })),
    ...made.flatMap((rows) => insertsOfMade(rows, byTable.get(tableText(rows.table)))),
  ];
}

const together = (a: GivenTable, b: GivenTable): GivenTable => ({
  ...a,
  rows: [...a.rows, ...b.rows],
  at: (row, column) => (row < a.rows.length ? a.at(row, column) : b.at(row - a.rows.length, column)),
});

/**
 * The tables and what their foreign keys lead to. Where a test speaks of both sides of a key, it means what it says: no
 * parent is made up beside those that it gives.
 */
function factsFor(tables: ReadonlyMap<string, GivenTable>, memory: FactsMemory): ReadonlyMap<string, TableFacts> {
  const facts = new Map<string, TableFacts>();
  const queue = new Set(tables.keys());
  for (const text of queue) {
    const known = memory.get(text);
    if (!known) continue;
    const rows = tables.get(text)?.rows ?? [];
    const foreignKeys = known.foreignKeys.filter(({ columns, references }) => {
      const parent = tables.get(tableText(references));
      if (!parent) return memory.has(tableText(references));
      return parent.rows.length > 0 && !rows.some(({ values }) => columns.some((column) => column in values));
    });
    facts.set(text, { ...known, foreignKeys });
    for (const { references } of foreignKeys) queue.add(tableText(references));
  }
  return facts;
}

function insertsOfMade(made: MadeRows, given: GivenTable | undefined): readonly Insert[] {
  if (made.rows.length === 0) return [];
  const { statement, valueAt } = insertion(made);
  const table = tableText(made.table);
  const blame = (error: unknown): Diagnostic => {
    const value = valueAt(databaseError(error)?.position);
    const number = value && made.given[value.row];
    const written = number === undefined ? undefined : given?.rows[number]?.values;
    const column = value && written && value.column in written ? value.column : undefined;
    const span = number === undefined ? given?.place : given?.at(number, column);
    return refusedRow(error, table, span, column === undefined ? undefined : typeOf(given?.relation, column));
  };
  const counting = insertStatements([{ ...made, rows: [] }]);
  return [{ table, statement, blame }, ...counting.map((one) => ({ table, statement: one, blame }))];
}

const blamed =
  ({ relation, place }: GivenTable) =>
  (error: unknown): Diagnostic =>
    refusedRow(error, tableText(relation), place);

/** The tables that a test has rows in, and those that it makes. */
export function relationsOf({ given, before, subject }: Pick<TestCase, "given" | "before" | "subject">) {
  const transforms = transformsOf(subject);
  const made = transforms.flatMap(({ outputs }) => outputs.filter((output) => output.type === "table"));
  return [...[...given, ...before].map(({ relation }): GivenRelation => relation), ...made];
}

/** Numbers that PostgreSQL gives begin at 1 in every test: counting is not rolled back. */
export const countFromOne = (relations: readonly GivenRelation[]): readonly Statement[] =>
  [...new Set(relations)].flatMap((relation) =>
    relation.columns
      .filter(({ identity }) => identity)
      .map(({ name }) => ({ text: `ALTER TABLE ${qualified(relation)} ALTER COLUMN ${identifier(name)} RESTART` })),
  );

/** In PostgreSQL's own words: the rows are the author's. */
function refusedRow(error: unknown, table: string, span: Span | undefined, type?: string): Diagnostic {
  const cause = databaseError(error);
  if (!cause) throw error;
  const detail = cause.detail === undefined ? "" : ` (${cause.detail})`;
  const message = `${table} can't have this row: ${cause.message}${detail}`;
  const hint = type === undefined ? undefined : hintFor(type);
  return badTestValue({ message, ...(span && { span }), ...(hint !== undefined && { hint }) });
}

const typeOf = (relation: GivenRelation | undefined, column: string): string | undefined =>
  relation?.columns.find(({ name }) => name === column)?.type;
