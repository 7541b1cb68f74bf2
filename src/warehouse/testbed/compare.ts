/**
 * Whether a table has exactly the expected rows: in any order, doubled rows counted, only the named columns looked at.
 * PostgreSQL compares: numbers by value, timestamps by instant, NULL equal to NULL alone, json by content.
 */
import type pg from "pg";
import type { TableName } from "../../project/types.ts";
import { rowsOf, type Row, type Statement } from "../session/batch.ts";
import { identifier, qualified } from "../names.ts";
import { equalByValue } from "../publish/merge.ts";
import { type CellText, SqlText, type ValueAt } from "./values.ts";

export interface ComparedColumn {
  readonly name: string;
  /** As PostgreSQL writes it, without a length or precision: what is too long for the column must not be cut to fit. */
  readonly type: string;
  readonly compared: "by_value" | "as_json" | "as_text";
  readonly isFloat: boolean;
  readonly isNumber: boolean;
}

/** The columns of a table or view in their order. */
export async function comparedColumns(client: pg.Client, table: TableName): Promise<readonly ComparedColumn[]> {
  const rows = await rowsOf(
    client,
    `SELECT a.attname AS name, coalesce(b.typname, t.typname) AS base,
       pg_catalog.format_type(coalesce(b.oid, t.oid), -1) AS type
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [qualified(table)],
  );
  return rows.map((row) => {
    const base = row["base"] as string;
    return {
      name: row["name"] as string,
      type: row["type"] as string,
      compared: base === "json" || base === "jsonb" ? "as_json" : equalByValue.has(base) ? "by_value" : "as_text",
      isFloat: base === "float4" || base === "float8",
      isNumber: base === "numeric",
    };
  });
}

/** Rows that one side has more often than the other. */
export interface Surplus {
  readonly cells: readonly CellText[];
  /** For each cell a number: two rows have the same one if PostgreSQL takes the values for equal. */
  readonly ranks: readonly number[];
  /** More often in the table (positive), or expected more often (negative). */
  readonly times: number;
  /** The expected rows like it, by number from 0. */
  readonly expected: readonly number[];
}

export interface Comparison {
  readonly statement: Statement;
  readonly valueAt: (position: string | undefined) => ValueAt | undefined;
  readonly surplusOf: (rows: readonly Row[]) => readonly Surplus[];
}

/** More than anybody reads. */
const MOST = 500;

/** The statement that finds what differs; its rows are read by `surplusOf`. Columns are those that are looked at. */
export function comparison(
  table: TableName,
  columns: readonly ComparedColumn[],
  expected: readonly (readonly CellText[])[],
): Comparison {
  const keys = columns.map((_, n) => `c${n}`);
  const compared = ({ compared: how }: ComparedColumn, value: string) =>
    how === "as_json" ? `${value}::pg_catalog.jsonb` : how === "as_text" ? `${value}::pg_catalog.text` : value;
  const sql = new SqlText();
  // Grouped, the values are few: numbering them costs nothing.
  const shown = keys.map(
    (key) => `${key}::pg_catalog.text AS ${key}, (dense_rank() OVER (ORDER BY ctf_both.${key}))::int AS ${key}_rank`,
  );
  sql.add(`SELECT ${[...shown, "sum(ctf_side)::int AS ctf_times"].join(", ")}, `);
  sql.add("array_remove(array_agg(ctf_row), NULL) AS ctf_rows FROM (");
  sql.add(`SELECT ${[...columns.map((c, n) => `${compared(c, identifier(c.name))} AS ${keys[n]}`), ""].join(", ")}`);
  sql.add(`1 AS ctf_side, NULL::int AS ctf_row FROM ${qualified(table)}`);
  expected.forEach((row, n) => {
    sql.add(n === 0 ? " UNION ALL VALUES (" : ", (");
    columns.forEach((column, i) => {
      const cast = column.compared === "as_json" ? "::pg_catalog.jsonb" : `::${column.type}`;
      sql.value(row[i] ?? null, { row: n, column: column.name }).add(cast);
      sql.add(column.compared === "as_text" ? "::pg_catalog.text, " : ", ");
    });
    sql.add(`-1, ${n})`);
  });
  const grouping = keys.length > 0 ? `GROUP BY ${keys.join(", ")} ` : "";
  const order = keys.length > 0 ? ` ORDER BY ${keys.map((key) => `ctf_both.${key}`).join(", ")}` : "";
  sql.add(`) ctf_both ${grouping}HAVING sum(ctf_side) <> 0${order} LIMIT ${MOST}`);
  return {
    statement: { text: sql.text },
    valueAt: (position) => sql.at(position),
    surplusOf: (rows) =>
      rows.map((row) => ({
        cells: keys.map((key) => row[key] as CellText),
        ranks: keys.map((key) => row[`${key}_rank`] as number),
        times: row["ctf_times"] as number,
        expected: (row["ctf_rows"] as readonly number[]).toSorted((a, b) => a - b),
      })),
  };
}
