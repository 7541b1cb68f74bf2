/** The SQL of structural tests: made-up rows through a SELECT, in one transaction that is taken back to its beginning again and again. */
import type { TableName, TableOutput } from "../../project/types.ts";
import type { Row, Statement } from "../session/batch.ts";
import { setLocally } from "../empty/session.ts";
import type { ColumnFacts } from "../facts/types.ts";
import { identifier, list, qualified } from "../names.ts";
import { tableForView } from "./given.ts";
import type { CellText } from "./values.ts";

const BEGINNING = "ctf_beginning";

/** Tables stand in for views, so that rows can be put there. */
export const beginTrying = (
  settings: Readonly<Record<string, string>>,
  views: readonly TableName[],
): readonly Statement[] => [
  { text: "BEGIN" },
  ...setLocally(settings),
  ...views.map(tableForView),
  { text: `SAVEPOINT ${BEGINNING}` },
];

export const backToBeginning: Statement = { text: `ROLLBACK TO SAVEPOINT ${BEGINNING}` };
export const endTrying: Statement = { text: "ROLLBACK" };

/** What takes longer is not waited for. */
export const briefly: Statement = { text: "SET LOCAL statement_timeout TO 1000" };

/** A text with a person's query in it, which begins after so many characters. */
export interface AroundQuery extends Statement {
  readonly offset: number;
}

const around = (before: string, query: string, after: string): AroundQuery => ({
  text: `${before}\n${query}\n${after}`,
  offset: [...before].length + 1,
});

const cells = (names: readonly string[], of = ""): string =>
  names.map((name, n) => `${of}${identifier(name)}::pg_catalog.text AS c${n}`).join(", ");

/** The query's rows into the output, whose keys and checks may refuse them. With `shown`, they come back as texts. */
export function insertedRows(
  output: TableOutput,
  query: string,
  names: readonly string[],
  shown: boolean,
): AroundQuery {
  const overriding = output.columns.some(({ identity, name }) => identity && names.includes(name));
  const into = `INSERT INTO ${qualified(output)} (${list(names)})${overriding ? " OVERRIDING SYSTEM VALUE" : ""}`;
  return around(into, query, shown ? `RETURNING ${cells(names)}` : "");
}

/** The query's rows as texts. */
export const selectedRows = (query: string, names: readonly string[]): AroundQuery =>
  around(`SELECT ${cells(names, "ctf_rows.")} FROM (`, query, ") AS ctf_rows");

export const rowsOfTable = (table: TableName, names: readonly string[]): Statement => ({
  text: `SELECT ${cells(names)} FROM ${qualified(table)}`,
});

export const cellsOf = (rows: readonly Row[], names: readonly string[]): readonly (readonly CellText[])[] =>
  rows.map((row) => names.map((_, n) => row[`c${n}`] as CellText));

/** Orders of rows number n. Two, for a sort may leave what is alike as it was by accident. */
export const ORDERS: readonly string[] = ["n DESC", "n % 2 DESC, n"];

/** Puts a table's rows into another order: they are deleted, and inserted as what they were. */
export function reordered(table: TableName, columns: readonly ColumnFacts[], order: string): Statement {
  const all = list(columns.flatMap(({ name, filledBy }) => (filledBy === "generated" ? [] : [name])));
  return {
    text: `WITH gone AS (DELETE FROM ${qualified(table)} RETURNING ${all})
      INSERT INTO ${qualified(table)} (${all}) OVERRIDING SYSTEM VALUE
      SELECT ${all} FROM (SELECT gone.*, row_number() OVER () AS n FROM gone) AS numbered ORDER BY ${order}`,
  };
}
