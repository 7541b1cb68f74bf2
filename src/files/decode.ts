/** Bytes → text, in pieces of about a megabyte. What is no text in its encoding is marked, not lost and not fatal. */
import { isAscii, isUtf8 } from "node:buffer";
import { encodingOf } from "./encodings.ts";

/** Large enough that what is done once a piece does not count. */
const PIECE = 1 << 20;

/**
 * Stands in the text for bytes that are none of the encoding's. It is half of a surrogate pair, which no decoder gives
 * alone, so `isWellFormed()` tells the records that hold it.
 */
export const MARKER = "\uDFFF";

const BYTE_ORDER_MARK = "\uFEFF";

/** @throws DiagnosticError where the encoding is unknown */
export async function* decoded(bytes: AsyncIterable<Uint8Array>, encodingName: string): AsyncGenerator<string> {
  const encoding = encodingOf(encodingName);
  const multi = encoding.type === "multi" ? new TextDecoder(encoding.label) : undefined;
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const [piece, last] of pieces(bytes)) {
    const whole = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    let text: string;
    if (encoding.type === "utf8") {
      const end = last ? whole.length : lastBoundary(whole);
      text = utf8(whole.subarray(0, end));
      rest = whole.subarray(end);
      if (first) text = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    } else if (multi) {
      text = multi.decode(whole, { stream: !last }).replaceAll("\uFFFD", MARKER);
    } else {
      text = singleByte(whole, encoding.type === "single" ? encoding.table : undefined);
    }
    first = false;
    yield text;
  }
}

/** Joins small chunks; the last piece, which may be empty, is told apart. */
async function* pieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly [Buffer, boolean]> {
  let chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    length += chunk.length;
    if (length < PIECE) continue;
    yield [joined(chunks), false];
    chunks = [];
    length = 0;
  }
  yield [joined(chunks), true];
}

function joined(chunks: readonly Uint8Array[]): Buffer {
  const [only] = chunks;
  if (chunks.length === 1 && only) return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
  return Buffer.concat(chunks);
}

/** Where the last character that may have more bytes to come begins. */
function lastBoundary(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

/** What is no UTF-8 is marked. */
export function utf8(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  if (isUtf8(bytes)) return bytes.toString("utf8");
  // Line by line, so that only lines with such bytes are marked.
  const lines: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found + 1;
    const line = bytes.subarray(at, end);
    lines.push(isUtf8(line) ? line.toString("utf8") : line.toString("utf8").replaceAll("\uFFFD", MARKER));
    at = end;
  }
  return lines.join("");
}

/** Without a table the characters have the bytes' numbers. */
function singleByte(bytes: Buffer, table: Uint16Array | undefined): string {
  if (!table || isAscii(bytes)) return bytes.toString("latin1");
  const units = Buffer.allocUnsafe(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) units.writeUInt16LE(table[bytes[i]!]!, i * 2);
  return units.toString("utf16le");
}
