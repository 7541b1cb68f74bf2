/** Rows as a query: a VALUES list under the names of its columns, or a SELECT that gives none. */
import { parse } from "../parser.ts";
import { quoted } from "../quoted.ts";
import { as } from "../tree.ts";
import type { PieceColumn, Replacement, Row } from "./types.ts";
import { Unwritable, valueSql } from "./values.ts";

/** What the text around the rows says of their columns. */
export interface Shape {
  /** Names that it gives them, in order: `WITH t (a, b) AS`. */
  readonly list?: readonly string[];
  /** There may be no more columns than those. */
  readonly isWhole?: boolean;
  /** Somebody reads them by name. */
  readonly isNamed: boolean;
  /** What the one column is called if the rows do not say it. */
  readonly single?: string;
}

/** As in `PieceError`, without the selector. */
export type RowsError =
  | { readonly error: "columns_needed"; readonly message: string }
  | { readonly error: "row_mismatch"; readonly message: string; readonly row: number }
  | { readonly error: "unwritable_value"; readonly message: string; readonly row: number; readonly column: string };

export type RowsQuery = { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly error: RowsError };

class Refused extends Error {
  readonly error: RowsError;
  constructor(error: RowsError) {
    super(error.message);
    this.error = error;
  }
}

export function rowsQuery({ rows, columns: given }: Replacement, shape: Shape): RowsQuery {
  try {
    const columns = columnsFor(rows, given, shape);
    const sorted = given && columns ? rows.map((row) => (isList(row) ? moved(row, given, columns) : row)) : rows;
    return { ok: true, sql: columns ? named(sorted, columns) : unnamed(rows) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, error: error.error };
    throw error;
  }
}

function columnsFor(
  rows: readonly Row[],
  given: readonly PieceColumn[] | undefined,
  shape: Shape,
): readonly PieceColumn[] | undefined {
  const { list, single } = shape;
  for (const { name } of given ?? []) checkName(name);
  if (given && given.length > 0) {
    for (const { name, type } of given) {
      if (type !== undefined && !isType(type)) throw needed(`"${type}", the type of "${name}", is not a type`);
    }
    return list ? inOrder(given, list, shape) : given;
  }
  if (list) return list.map((name) => ({ name }));
  const keys = new Set(rows.flatMap((row) => (isList(row) ? [] : Object.keys(row))));
  for (const name of keys) checkName(name);
  if (keys.size > 0) return [...keys].map((name) => ({ name }));
  if (single !== undefined && (rows.length === 0 || (rows[0] as readonly unknown[]).length === 1))
    return [{ name: single }];
  if (shape.isNamed) throw needed("the names of the columns are needed here, because they are read by name");
  return undefined;
}

/** Columns by the names that the text gives them, or, under other names, in its order. */
function inOrder(given: readonly PieceColumn[], list: readonly string[], { isWhole }: Shape): readonly PieceColumn[] {
  const byName = new Map(given.map((column) => [column.name, column]));
  const ordered = list.flatMap((name) => byName.get(name) ?? []);
  if (ordered.length === list.length && given.length === list.length) return ordered;
  const fits = isWhole ? given.length === list.length : given.length >= list.length;
  const isMoved = given.some(({ name }, n) => list.includes(name) && list[n] !== name);
  if (fits && !isMoved) return given;
  throw needed(`the text names the columns ${list.join(", ")}; given are ${given.map(({ name }) => name).join(", ")}`);
}

/** A list in the order of the columns as they were given, in the order that they are wanted in. */
function moved(
  row: readonly unknown[],
  given: readonly PieceColumn[],
  columns: readonly PieceColumn[],
): readonly unknown[] {
  return row.length === given.length ? columns.map((column) => row[given.indexOf(column)]) : row;
}

function checkName(name: string): void {
  if (name === "" || name.includes("\0") || !name.isWellFormed())
    throw needed("one of the names can't be that of a column");
}

const needed = (message: string): Refused => new Refused({ error: "columns_needed", message });

const isList = (row: Row): row is readonly unknown[] => Array.isArray(row);

function isType(type: string): boolean {
  const parsed = parse(`SELECT NULL::${type}`);
  if (!parsed.ok || parsed.tree.stmts?.length !== 1) return false;
  const select = as("SelectStmt", parsed.tree.stmts[0]!.stmt);
  const target = as("ResTarget", select?.targetList?.[0]);
  const cast = as("TypeCast", target?.val);
  const fields = Object.keys(select ?? {}).filter((key) => !["targetList", "limitOption", "op"].includes(key));
  const isAlone = select?.targetList?.length === 1 && fields.length === 0 && target?.name === undefined;
  return isAlone && as("A_Const", cast?.arg) !== undefined && !/--|\/\*/.test(type);
}

function named(rows: readonly Row[], columns: readonly PieceColumn[]): string {
  const names = columns.map(({ name }) => quoted(name));
  if (rows.length === 0) {
    return `SELECT ${columns.map(({ type }, n) => `${valueSql(null, type)} AS ${names[n]}`).join(", ")} WHERE false`;
  }
  return `SELECT * FROM (VALUES ${listOf(rows, columns)}) AS rows (${names.join(", ")})`;
}

function unnamed(rows: readonly Row[]): string {
  const width = (rows[0] as readonly unknown[] | undefined)?.length ?? 0;
  if (width === 0) throw needed("without rows, the columns are needed");
  return `VALUES ${listOf(
    rows,
    Array.from({ length: width }, (_, n) => ({ name: `column${n + 1}` })),
  )}`;
}

const listOf = (rows: readonly Row[], columns: readonly PieceColumn[]): string =>
  rows.map((row, n) => `(${valuesOf(row, n + 1, columns).join(", ")})`).join(", ");

function valuesOf(row: Row, number: number, columns: readonly PieceColumn[]): readonly string[] {
  const values = isList(row) ? row : columns.map(({ name }) => (Object.hasOwn(row, name) ? row[name] : null));
  if (values.length !== columns.length) {
    const message = `row ${number} has ${values.length} values for ${columns.length} columns`;
    throw new Refused({ error: "row_mismatch", message, row: number });
  }
  const stranger = isList(row) ? undefined : Object.keys(row).find((key) => !columns.some(({ name }) => name === key));
  if (stranger !== undefined) {
    const message = `row ${number} has "${stranger}", which is none of the columns ${columns.map(({ name }) => name).join(", ")}`;
    throw new Refused({ error: "row_mismatch", message, row: number });
  }
  return values.map((value, n) => {
    const { name, type } = columns[n]!;
    try {
      return valueSql(value, type);
    } catch (error) {
      if (!(error instanceof Unwritable)) throw error;
      const message = `"${name}" of row ${number} can't be written as SQL: ${error.message}`;
      throw new Refused({ error: "unwritable_value", message, row: number, column: name });
    }
  });
}
