/** Two states of one table, row by row. */
import type { Code, TableName } from "../../project/types.ts";

/** Where rows come from: a table, or a SELECT that a person wrote. */
export type RowsOf =
  | { readonly type: "table"; readonly table: TableName }
  | { readonly type: "query"; readonly query: Code };

export interface ToCompare {
  /** For people. */
  readonly name: string;
  readonly key: readonly string[];
  /** As the primary key: never NULL, never twice. */
  readonly isDeclaredKey: boolean;
  /** Only these columns count; absent: all that both sides have. */
  readonly columns?: readonly string[];
  readonly showData: boolean;
}

export interface RowComparison {
  readonly difference: RowDifference;
  /** The first by key; only where they were asked for. */
  readonly shown: readonly DifferingRow[];
}

export interface RowDifference {
  readonly rows: { readonly before: number; readonly now: number };
  readonly onlyBefore: number;
  readonly onlyNow: number;
  readonly changed: number;
  readonly same: number;
  /** In how many rows with the same key each column has another value, in the order of the table. */
  readonly columns: readonly { readonly name: string; readonly changed: number }[];
  /** Columns that only one side has; they are not compared. */
  readonly columnsOnlyBefore: readonly string[];
  readonly columnsOnlyNow: readonly string[];
}

/** One row that differs, with values: for a terminal, when asked for, and nowhere else. */
export interface DifferingRow {
  readonly what: "only_before" | "only_now" | "changed";
  /** Of the key's columns, as texts. */
  readonly key: readonly (string | null)[];
  readonly columns: readonly { readonly name: string; readonly before: string | null; readonly now: string | null }[];
}

/** How many are shown. */
export const SHOWN = 10;
