/** Where an output column ends: the tree only says where it begins. */
import { tokenAt, type Token } from "../passage.ts";
import { opens } from "../tokens.ts";

const AFTER = new Set(
  `from where group having window union intersect except order limit offset fetch for into on returning with`.split(
    " ",
  ),
);

/** The end of an output column that begins at a byte and has no name. */
export function endOfTarget(tokens: readonly Token[], start: number): number {
  let depth = 0;
  let end = start;
  for (let n = tokenAt(tokens, start); n < tokens.length; n++) {
    const { text } = tokens[n]!;
    const isOver = text === "," || text === ";" || AFTER.has(text.toLowerCase()) || opens(text) < 0;
    if (depth === 0 && isOver) break;
    depth += opens(text);
    end = tokens[n]!.end;
  }
  return end;
}
