/** A file's content as its name says that it is stored: CTF unpacks `.gz` and `.zst`. */
import { gzipSync } from "node:zlib";

export function packedAs(name: string, content: Buffer): Buffer {
  if (/\.gz$/i.test(name)) return gzipSync(content);
  return /\.zst$/i.test(name) ? storedAsZstd(content) : content;
}

const MOST_IN_BLOCK = 128 * 1024;

/** Node 20 packs none, so the content stands in the frame as it is (RFC 8878): a size, and blocks of type "raw". */
function storedAsZstd(content: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528, 0);
  header.writeUInt8(0b1010_0000, 4); // the content's size follows in four bytes
  header.writeUInt32LE(content.length, 5);
  const parts: Buffer[] = [header];
  for (let from = 0; from === 0 || from < content.length; from += MOST_IN_BLOCK) {
    const block = content.subarray(from, from + MOST_IN_BLOCK);
    const isLast = from + MOST_IN_BLOCK >= content.length;
    const size = Buffer.alloc(3);
    size.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}
