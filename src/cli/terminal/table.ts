import { fit, fitList, pad, type Style, widthOf } from "./style.ts";

export interface Column {
  readonly title: string;
  /** How far it may shrink on a narrow terminal; absent: it never does. */
  readonly min?: number;
  /** Left out on terminals narrower than this. */
  readonly from?: number;
  /** Counts stand right. */
  readonly right?: boolean;
}

/** A list is shortened to what fits and the number of the others. */
export type Cell = string | readonly string[];

const GAP = 2;

/** The lines of a table, its titles first. Without a width (no terminal) nothing is shortened. */
export function table(
  allColumns: readonly Column[],
  allRows: readonly (readonly Cell[])[],
  style: Style,
  width?: number,
): readonly string[] {
  const isShown = allColumns.map(({ from = 0 }) => width === undefined || width >= from);
  const columns = allColumns.filter((_, i) => isShown[i]);
  const rows = columns.length === allColumns.length ? allRows : allRows.map((row) => row.filter((_, i) => isShown[i]));
  const widths = columns.map((column) => column.title.length);
  for (const row of rows) {
    row.forEach((cell, i) => {
      const needed = widthOf(typeof cell === "string" ? cell : cell.join(", "));
      if (needed > widths[i]!) widths[i] = needed;
    });
  }
  if (width !== undefined) shrink(columns, widths, width);

  const line = (cells: readonly Cell[]): string => {
    const text = cells
      .map((cell, i) => {
        const short = typeof cell === "string" ? fit(cell, widths[i]!) : fitList(cell, widths[i]!);
        return columns[i]!.right
          ? " ".repeat(Math.max(0, widths[i]! - widthOf(short))) + short
          : pad(short, widths[i]!);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
    return width === undefined ? text : fit(text, width);
  };
  return [style.dim(line(columns.map((column) => column.title.toUpperCase()))), ...rows.map(line)];
}

/** Takes what is too much from the column that is widest for what it needs at least, a cell at a time. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  let over = widths.reduce((sum, w) => sum + w, 0) + GAP * (widths.length - 1) - width;
  while (over-- > 0) {
    let most = 1;
    let at = -1;
    widths.forEach((w, i) => {
      const excess = w / (columns[i]!.min ?? w);
      if (excess > most) [most, at] = [excess, i];
    });
    if (at < 0) return;
    widths[at]!--;
  }
}
