import type { Position } from "../diagnostics/diagnostic.ts";

/** Turns offsets into a text (UTF-16, as JavaScript counts) into lines and columns (code points, as people count). */
export function positionIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    let column = 1;
    for (const _ of text.slice(starts[low], offset)) column++;
    return { line: low + 1, column };
  };
}
