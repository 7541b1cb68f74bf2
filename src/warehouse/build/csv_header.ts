import type { FileFormat } from "../../project/types.ts";

/** A header longer than this is not a header. */
const LONGEST = 1 << 20;

/** The names in a file's first line; quotes are taken off. Empty for a file without a byte. */
export async function csvHeader(bytes: AsyncIterable<Buffer>, format: FileFormat): Promise<readonly string[]> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    length += chunk.length;
    const names = firstRecord(decode(Buffer.concat(chunks), format), format, false);
    if (names) return names;
    if (length > LONGEST) break;
  }
  return firstRecord(decode(Buffer.concat(chunks), format), format, true) ?? [];
}

const decode = (bytes: Buffer, format: FileFormat): string =>
  bytes.toString(/^utf-?8$/i.test(format.encoding) ? "utf8" : "latin1").replace(/^\uFEFF/, "");

/** The fields of the first record, if it is whole. */
function firstRecord(text: string, format: FileFormat, atEnd: boolean): readonly string[] | undefined {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quoted && character === format.escape && text[at + 1] === format.quote) {
      field += format.quote;
      at += 1;
    } else if (character === format.quote) {
      quoted = !quoted;
    } else if (!quoted && character === format.delimiter) {
      fields.push(field);
      field = "";
    } else if (!quoted && (character === "\n" || character === "\r")) {
      return [...fields, field];
    } else {
      field += character;
    }
  }
  return atEnd && text.length > 0 ? [...fields, field] : undefined;
}
