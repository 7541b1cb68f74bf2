/** What pieces are replaced by, for one run or in turns. */
import type { PieceColumn, Replacement, Row } from "../sql/pieces/types.ts";
import { PieceProblem } from "./problem.ts";
import { piece, type Piece } from "./selectors.ts";

/** `"plan"`, or with its type `"plan::text"`. */
export type ColumnName = string | PieceColumn;

export interface Data {
  readonly rows: readonly Row[];
  readonly columns?: readonly ColumnName[];
}

/** Rows in turns: the first run takes the first, and so on. `null` leaves the piece as it is for that run. */
export interface InTurns {
  readonly sideEffect: readonly (readonly Row[] | Data | null)[];
  /** Of those that are rows only. */
  readonly columns?: readonly ColumnName[];
}

export interface Patch {
  readonly piece: Piece;
  readonly turns: readonly (Data | null)[];
  /** Every run takes the one turn. */
  readonly isLasting: boolean;
}

/** Rows with columns of their own, for `sideEffect`. */
export const data = (rows: readonly Row[], columns?: readonly ColumnName[]): Data => withColumns(rows, columns);

const withColumns = (rows: readonly Row[], columns: readonly ColumnName[] | undefined): Data =>
  columns ? { rows, columns } : { rows };

/**
 * Every match of the piece gives way to rows: lists in the order of the columns, or objects by column (what is left out
 * is NULL). The piece may be given as text: `"cte(latest).table(claims)"`.
 */
export function patch(target: Piece | string, rows: readonly Row[] | InTurns, columns?: readonly ColumnName[]): Patch {
  const found = typeof target === "string" ? piece(target) : target;
  if (isRows(rows)) return { piece: found, turns: [withColumns(rows, columns)], isLasting: true };
  const turns = rows.sideEffect.map((turn) => (isRows(turn) ? withColumns(turn, rows.columns) : turn));
  return { piece: found, turns, isLasting: false };
}

const isRows = (value: unknown): value is readonly Row[] => Array.isArray(value);

/** The replacements of a run, counted from 0. */
export function replacementsOf(patches: readonly Patch[], run: number): readonly Replacement[] {
  return patches.flatMap(({ piece: { steps }, ...patch }) => {
    const turn = patch.isLasting ? patch.turns[0] : patch.turns[run];
    if (turn === undefined) {
      const message = `this is run ${run + 1}, and there are rows for ${patch.turns.length}`;
      throw new PieceProblem("side_effects_exhausted", message);
    }
    if (turn === null) return [];
    const { rows, columns } = turn;
    return [{ selector: steps, rows, ...(columns ? { columns: columns.map(columnOf) } : {}) }];
  });
}

function columnOf(column: ColumnName): PieceColumn {
  if (typeof column !== "string") return column;
  const cut = column.indexOf("::");
  return cut < 0 ? { name: column } : { name: column.slice(0, cut).trim(), type: column.slice(cut + 2).trim() };
}
