import type { Position, Span } from "../diagnostics/diagnostic.ts";
import type { Code } from "../project/types.ts";

/** A text of SQL, and where it begins in the person's file. */
export type SqlText = Pick<Code, "text" | "line" | "column">;

/**
 * The place in a person's file of a code point in a piece of SQL cut from it; offsets count from 0. Inside of a name that
 * stands there for another it is the beginning of what the person wrote.
 */
export function positionIn(code: SqlText & Pick<Code, "renamed">, offset: number): Position {
  const written = code.renamed?.length ? asWritten(code.text, code.renamed, offset) : { text: code.text, offset };
  let line = code.line;
  let column = code.column;
  let at = 0;
  for (const character of written.text) {
    if (at++ === written.offset) break;
    if (character === "\n") {
      line += 1;
      column = 1;
    } else {
      column += 1;
    }
  }
  return { line, column };
}

/** The text up to the offset, with the person's own names in it. */
function asWritten(
  text: string,
  renamed: NonNullable<Code["renamed"]>,
  offset: number,
): { readonly text: string; readonly offset: number } {
  const characters = [...text];
  const parts: string[] = [];
  let done = 0;
  for (const { at, length, was } of renamed) {
    if (at > offset) break;
    parts.push(...characters.slice(done, at));
    if (offset < at + length) return { text: parts.join(""), offset: parts.length };
    parts.push(...was);
    done = at + length;
  }
  parts.push(...characters.slice(done, offset));
  return { text: parts.join(""), offset: parts.length };
}

export function spanIn(code: Code, offset: number): Span {
  return { file: code.file, start: positionIn(code, offset) };
}

/** From the parser's UTF-8 byte offsets in a text to places; cheap to ask many times. */
export interface Places {
  /** In the person's file. */
  position(byte: number): Position;
  /** In the text, in JavaScript's UTF-16 units. */
  index(byte: number): number;
}

interface LineStart {
  readonly byte: number;
  readonly index: number;
}

export function placesIn(code: SqlText): Places {
  const bytes = Buffer.from(code.text);
  const isAscii = bytes.length === code.text.length;
  const starts: LineStart[] = [{ byte: 0, index: 0 }];
  for (let byte = bytes.indexOf(10), index = code.text.indexOf("\n"); byte >= 0;) {
    starts.push({ byte: byte + 1, index: index + 1 });
    byte = bytes.indexOf(10, byte + 1);
    index = code.text.indexOf("\n", index + 1);
  }
  const lineOf = (byte: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]!.byte <= byte) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  // Places are mostly asked for from left to right: counting goes on where it stopped, for lines can be very long.
  let last = { line: -1, byte: 0, points: 0, units: 0 };
  const after = (line: number, byte: number): { readonly points: number; readonly units: number } => {
    if (isAscii) return { points: byte - starts[line]!.byte, units: byte - starts[line]!.byte };
    const isFurther = last.line === line && last.byte <= byte;
    let { points, units } = isFurther ? last : { points: 0, units: 0 };
    for (let at = isFurther ? last.byte : starts[line]!.byte; at < Math.min(byte, bytes.length); at++) {
      const lead = bytes[at]!;
      if ((lead & 0xc0) === 0x80) continue; // inside a character
      points += 1;
      units += lead >= 0xf0 ? 2 : 1;
    }
    last = { line, byte, points, units };
    return last;
  };
  return {
    position(byte) {
      const line = lineOf(byte);
      return { line: code.line + line, column: (line === 0 ? code.column : 1) + after(line, byte).points };
    },
    index(byte) {
      const line = lineOf(byte);
      return starts[line]!.index + after(line, byte).units;
    },
  };
}

/** Offsets of a text's characters, converted from UTF-8 bytes to JavaScript's UTF-16 units. */
export function byteOffsets(text: string): (byte: number) => number {
  if (Buffer.byteLength(text) === text.length) return (byte) => byte;
  return placesIn({ text, line: 1, column: 1 }).index;
}
