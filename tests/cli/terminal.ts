import { widthOf } from "../../src/cli/terminal/style.ts";

/** A stream that is a terminal, and what stands on it: enough of one for what CTF sends (text, \r, \n, cursor up, erase below, colours). */
export function fakeTerminal(columns = 80, rows = 24) {
  const lines: string[] = [""];
  let row = 0;
  let column = 0;
  const put = (char: string): void => {
    if (column >= columns) {
      row++;
      column = 0;
    }
    lines[row] = (lines[row] ?? "").slice(0, column).padEnd(column) + char;
    column += widthOf(char);
  };
  const write = (text: string): boolean => {
    // oxlint-disable-next-line no-control-regex
    for (const [part, up] of text.matchAll(/\x1b\[(\d+)A|\x1b\[J|\x1b\[[\d;]*m|[\s\S]/gu)) {
      if (up !== undefined) row = Math.max(0, row - Number(up));
      else if (part === "\x1b[J") {
        lines.length = row + 1;
        lines[row] = (lines[row] ?? "").slice(0, column);
      } else if (part === "\r") column = 0;
      else if (part === "\n") {
        row++;
        column = 0;
        lines[row] ??= "";
      } else if (part.startsWith("\x1b")) continue;
      else put(part);
    }
    return true;
  };
  return { isTTY: true as const, columns, rows, write, screen: () => lines.map((line) => line.trimEnd()).join("\n") };
}
