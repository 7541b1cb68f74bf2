/** Pieces of SQL: how one is selected, what it is replaced by, and what can be wrong with that. */
import type { Position } from "../../diagnostics/diagnostic.ts";

/** A table as a selector names it; without a schema it is found in whichever schema the text names it. */
export interface TableRef {
  readonly schema?: string;
  readonly name: string;
}

/** One step of a selector: what is looked for inside of the piece that the steps before it found. */
export type Step =
  /** Statements `from` to before `to`, counted from 0. */
  | { readonly select: "statement"; readonly from: number; readonly to: number }
  | { readonly select: "cte"; readonly name: string }
  /** Without an alias: every subquery, also those in expressions. */
  | { readonly select: "subquery"; readonly alias?: string }
  /** Where a table or view is read. Without an alias: under any. */
  | { readonly select: "table"; readonly table: TableRef; readonly alias?: string }
  | { readonly select: "insert_into"; readonly table: TableRef }
  | { readonly select: "create_table_as"; readonly table: TableRef }
  /** The query of an INSERT or a CREATE TABLE AS. */
  | { readonly select: "body" }
  /** Of several matches in the order of the text, `from` to before `to`, counted from 0. */
  | { readonly select: "index"; readonly from: number; readonly to: number };

export type Selector = readonly Step[];

/** A value whose text PostgreSQL is to read as this type: `{text: "1.10", type: "numeric"}`. */
export class Literal {
  readonly text: string;
  readonly type: string;
  constructor(text: string, type: string) {
    this.text = text;
    this.type = type;
  }
}

/**
 * What can be written as SQL: null; texts, which a column's type reads as PostgreSQL would; numbers; booleans; dates
 * (instants); bytes; arrays; plain objects (as json); `Literal`; and objects whose `toJSON()` gives a text, as decimals
 * and Temporal's dates have.
 */
export type Value = unknown;

/** Values in the order of the columns, or by column; a column that is left out is NULL. */
export type Row = readonly Value[] | Readonly<Record<string, Value>>;

export interface PieceColumn {
  readonly name: string;
  /** A PostgreSQL type. Without one, the values say it; a column that has only NULLs is text then. */
  readonly type?: string;
}

export interface Replacement {
  readonly selector: Selector;
  readonly rows: readonly Row[];
  /** Needed unless the text itself names them: `WITH t(a, b) AS`, `INSERT INTO t (a, b)`. */
  readonly columns?: readonly PieceColumn[];
}

/** What was done for one replacement; in the order of the replacements. */
export interface Replaced {
  /** As text: `cte(latest_plan)`. */
  readonly selector: string;
  /** Where each piece began that it took the place of, in the person's file. */
  readonly places: readonly Position[];
}

/** A piece that could have been meant. */
export interface Candidate {
  /** A selector that finds it, as text. */
  readonly selector: string;
  readonly start: Position;
}

interface Problem {
  /** The selector as text. */
  readonly selector: string;
  readonly message: string;
  readonly candidates: readonly Candidate[];
}

/** Everything that can be wrong. Values of rows are in none of the messages. */
export type PieceError =
  /** The SQL is not PostgreSQL's. */
  | { readonly error: "syntax"; readonly message: string; readonly start: Position }
  | ({ readonly error: "no_match" } & Problem)
  | ({ readonly error: "several_matches" } & Problem)
  /** One match stands inside of another. */
  | ({ readonly error: "nested_match" } & Problem)
  /** Two replacements for the same piece, or for a piece inside of another. */
  | ({ readonly error: "overlap" } & Problem)
  /** Rows can't stand there. */
  | ({ readonly error: "cannot_replace" } & Problem)
  /** It is no query that can be run by itself; also: it reads from the query around it. */
  | ({ readonly error: "cannot_run" } & Problem)
  | ({ readonly error: "columns_needed" } & Problem)
  /** A row is longer or shorter than its columns, or names one that is not there. Rows count from 1. */
  | ({ readonly error: "row_mismatch"; readonly row: number } & Problem)
  | ({ readonly error: "unwritable_value"; readonly row: number; readonly column: string } & Problem);

/** SQL with pieces replaced. */
interface Patched {
  readonly ok: true;
  readonly text: string;
  /** From an offset in the new text (in code points from 0, as PostgreSQL counts them) to the person's file. */
  readonly toFile: (offset: number) => Position;
  readonly replaced: readonly Replaced[];
}

export type PatchResult = Patched | { readonly ok: false; readonly error: PieceError };
