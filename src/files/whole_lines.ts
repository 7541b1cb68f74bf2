/** The lines of a text in UTF-8, as its bytes come: those that a piece of it completes are given at once. */
import { utf8 } from "./decode.ts";

const LINE_END = 10;
/** As text, also of two bytes a character, a piece is still small for V8, which moves what is large out of its young space. */
const PIECE = 1 << 15;

/** Lines without their ends. What stands behind the last end is no line. */
export async function* wholeLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  let begun: Buffer[] = [];
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE);
      const first = piece.indexOf(LINE_END);
      if (first < 0) {
        begun.push(piece);
        continue;
      }
      const last = piece.lastIndexOf(LINE_END);
      const line = utf8(Buffer.concat([...begun, piece.subarray(0, first)]));
      begun = [piece.subarray(last + 1)];
      yield last === first ? [line] : [line, ...utf8(piece.subarray(first + 1, last)).split("\n")];
    }
  }
}
