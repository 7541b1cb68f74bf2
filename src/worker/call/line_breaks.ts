/** From COPY's lines back to rows, where values hold line breaks. */

export interface LineBreaks {
  add(rows: readonly number[], counts: readonly number[]): void;
  /** The row, from 1, in which a line, from 1, lies. */
  rowAt(line: number): number;
}

/** Of so many rows the breaks are remembered one by one: COPY is never further behind. */
const REMEMBERED = 1_000_000;

export function lineBreaks(): LineBreaks {
  let rows: number[] = [];
  /** The breaks in all rows up to that one. */
  let sums: number[] = [];
  let sum = 0;
  let forgotten = 0;
  return {
    add(more, counts) {
      if (rows.length > REMEMBERED) {
        forgotten = sums[rows.length - REMEMBERED / 2 - 1] ?? forgotten;
        rows = rows.slice(-REMEMBERED / 2);
        sums = sums.slice(-REMEMBERED / 2);
      }
      for (const [n, row] of more.entries()) {
        rows.push(row);
        sums.push((sum += counts[n] ?? 0));
      }
    },
    rowAt(line) {
      // COPY names the line on which a row ends.
      let [low, high] = [0, rows.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (rows[middle]! + sums[middle]! <= line) low = middle + 1;
        else high = middle;
      }
      return Math.min(line - (sums[low - 1] ?? forgotten), rows[low] ?? Infinity);
    },
  };
}
