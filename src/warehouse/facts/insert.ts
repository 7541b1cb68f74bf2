/** Statements that insert rows as texts: each value is read by its column's type. */
import type { TableName } from "../../project/types.ts";
import type { Statement } from "../session/batch.ts";
import { identifier, list, literal, qualified } from "../names.ts";

interface Rows {
  readonly table: TableName;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Identity columns with the highest value that they have here: PostgreSQL goes on after it. */
  readonly counted?: ReadonlyMap<string, bigint>;
}

/** Enough for one statement to be worth its while, few enough that its text stays small. */
const AT_ONCE = 500;

/** In the given order. A value may be given for an identity column, too. */
export function insertStatements(made: readonly Rows[]): readonly Statement[] {
  return made.flatMap(({ table, columns, rows, counted = new Map() }) => {
    if (columns.length === 0) return rows.map(() => ({ text: `INSERT INTO ${qualified(table)} DEFAULT VALUES` }));
    const into = `INSERT INTO ${qualified(table)} (${list(columns)}) OVERRIDING SYSTEM VALUE VALUES `;
    const statements: Statement[] = [];
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const values = rows.slice(from, from + AT_ONCE).map((row) => `(${row.map(valueText).join(",")})`);
      statements.push({ text: into + values.join(",") });
    }
    return [...statements, ...[...counted].map(([column, last]) => goOnCounting(table, column, last))];
  });
}

const valueText = (value: string | null): string => (value === null ? "NULL" : literal(value));

/** Unlike setval, this ends with a transaction that is rolled back. */
const goOnCounting = (table: TableName, column: string, last: bigint): Statement => ({
  text: `ALTER TABLE ${qualified(table)} ALTER COLUMN ${identifier(column)} RESTART WITH ${last + 1n}`,
});
