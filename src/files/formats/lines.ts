/** Records that are a line each: what JSON lines and fixed-width files share. */
import { BatchBuilder, LONGEST, type Take, unfit } from "../batches.ts";
import type { BrokenRecord } from "../types.ts";

/** A line's values, or what is wrong with it. */
export type ReadLine = (text: string, line: number) => readonly (string | null)[] | BrokenRecord;

const isBroken = (read: ReturnType<ReadLine>): read is BrokenRecord => "reason" in read;

/** Lines end with LF or CRLF. Blank ones hold no record and are passed over, as is the end-of-file sign of DOS. */
export function linesTake(read: ReadLine): Take {
  let skipping = false;
  return ({ text, from, line: first, atEnd, suspicious }) => {
    const batch = new BatchBuilder(text);
    let at = from;
    let line = first;
    while (at < text.length && !batch.full) {
      const found = text.indexOf("\n", at);
      if (found < 0 && !atEnd) {
        if (text.length - at < LONGEST && !skipping) break;
        const message = "it is longer than 64 million characters";
        if (!skipping) batch.fault({ line, reason: "54000", message }, at, text.length);
        skipping = true;
        at = text.length;
        break;
      }
      const end = found < 0 ? text.length : found;
      const contentEnd = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      if (!skipping && contentEnd > at) {
        const content = text.slice(at, contentEnd);
        if (!isBlank(content)) {
          const result = (suspicious ? unfit(content, line) : undefined) ?? read(content, line);
          if (isBroken(result)) batch.fault(result, at, contentEnd);
          else batch.record(line, result, at, contentEnd);
        }
      }
      skipping = false;
      at = end + 1;
      line++;
    }
    return { end: Math.min(at, text.length), line, batch: batch.done() };
  };
}

function isBlank(content: string): boolean {
  const first = content.charCodeAt(0);
  if (first > 32) return false;
  return content.trim() === "" || content === "\u001a";
}
