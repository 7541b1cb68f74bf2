/** Rows of a test into tables. */
import type { TableName } from "../../project/types.ts";
import type { Statement } from "../session/batch.ts";
import { identifier, list, literal, qualified } from "../names.ts";
import { type CellText, SqlText, type ValueAt } from "./values.ts";

/** Rows of one table that have the same columns. */
export interface RowsToInsert {
  readonly table: TableName;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CellText[])[];
}

export interface Insertion {
  readonly statement: Statement;
  /** Which value PostgreSQL's position means. */
  readonly valueAt: (position: string | undefined) => ValueAt | undefined;
}

/** The texts go in as literals without a type, so that PostgreSQL reads each as its column's. */
export function insertion({ table, columns, rows }: RowsToInsert): Insertion {
  const sql = new SqlText().add(`INSERT INTO ${qualified(table)} `);
  if (columns.length === 0) {
    sql.add(`SELECT FROM pg_catalog.generate_series(1, ${rows.length})`);
  } else {
    sql.add(`(${list(columns)}) OVERRIDING SYSTEM VALUE VALUES `);
    rows.forEach((row, n) => {
      sql.add(n === 0 ? "(" : ", (");
      columns.forEach((column, i) => {
        if (i > 0) sql.add(", ");
        sql.value(row[i] ?? null, { row: n, column });
      });
      sql.add(")");
    });
  }
  return { statement: { text: sql.text }, valueAt: (position) => sql.at(position) };
}

/** Rows can be given for a view too: for this transaction a table stands in its place. */
export const tableForView = (view: TableName): Statement => {
  const name = qualified(view);
  const other = identifier(`${view.name.slice(0, 50)}_ctf_test`);
  return {
    text: `DO $ctf$ DECLARE kind "char" := (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(${literal(name)}));
    BEGIN IF kind IN ('v', 'm') THEN
      EXECUTE ${literal(`CREATE TABLE ${identifier(view.schema)}.${other} AS SELECT * FROM ${name} WITH NO DATA`)};
      EXECUTE 'DROP ' || CASE kind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END || ${literal(`VIEW ${name} CASCADE`)};
      EXECUTE ${literal(`ALTER TABLE ${identifier(view.schema)}.${other} RENAME TO ${identifier(view.name)}`)};
    END IF; END $ctf$`,
  };
};
