import type { Output } from "../context.ts";
import { widthOf } from "../terminal/style.ts";

export interface LiveArea {
  /** Lines that stay, above the live ones; written with the next drawing. */
  above(lines: readonly string[]): void;
  /** Replaces the live lines, in one write; each must fit the terminal's width. None: leaves the cursor on a fresh line. */
  draw(lines: readonly string[]): void;
}

/** The last lines of a terminal, drawn again and again. The cursor stays visible, so that a crash leaves nothing to undo. */
export function liveArea(stream: Output): LiveArea {
  const waiting: string[] = [];
  let drawn: readonly string[] = [];

  /** A terminal that became narrower has wrapped the lines that stand there. */
  const rowsDrawn = (): number => {
    const columns = stream.columns || 80;
    return drawn.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  };

  return {
    above: (lines) => void waiting.push(...lines),
    draw(lines) {
      const up = rowsDrawn() - 1;
      const back = drawn.length === 0 ? "" : `\r${up > 0 ? `\x1b[${up}A` : ""}\x1b[J`;
      const text = back + waiting.map((line) => `${line}\n`).join("") + lines.join("\n");
      waiting.length = 0;
      drawn = lines;
      if (text !== "") stream.write(text);
    },
  };
}
