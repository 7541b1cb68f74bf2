import type { Position, Span } from "../diagnostics/diagnostic.ts";
import type { Code } from "../project/types.ts";

/** The place in a person's file of a code point in a piece of SQL cut from it; offsets count from 0. */
export function positionIn(code: Pick<Code, "text" | "line" | "column">, offset: number): Position {
  let line = code.line;
  let column = code.column;
  let at = 0;
  for (const character of code.text) {
    if (at++ === offset) break;
    if (character === "\n") {
      line += 1;
      column = 1;
    } else {
      column += 1;
    }
  }
  return { line, column };
}

export function spanIn(code: Code, offset: number): Span {
  return { file: code.file, start: positionIn(code, offset) };
}

/** Offsets of a text's characters, converted from UTF-8 bytes to JavaScript's UTF-16 units. */
export function byteOffsets(text: string): (byte: number) => number {
  if (Buffer.byteLength(text) === text.length) return (byte) => byte;
  const bytes = Buffer.from(text);
  return (byte) => bytes.toString("utf8", 0, byte).length;
}
