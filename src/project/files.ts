/** Reads files as bytes, and says what keeps them from being text. */
import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { nulCharacter, notUtf8, unreadable } from "./codes/file_codes.ts";
import { positionIn } from "./lines.ts";

export const contentHash = (bytes: Uint8Array): string => hash("sha256", bytes, "base64");

/** Grows to the largest file. One buffer for all spares an allocation and a system call for each of many thousand files. */
let shared = Buffer.allocUnsafeSlow(1 << 16);

/** The file's bytes, good until the next call. */
export function readBytes(root: string, file: string): Buffer | Diagnostic {
  let opened: number | undefined;
  try {
    opened = openSync(`${root}/${file}`, "r");
    let length = 0;
    for (;;) {
      const read = readSync(opened, shared, length, shared.length - length, null);
      length += read;
      if (read === 0) return shared.subarray(0, length);
      // A file shorter than the buffer is read whole; asking again would only be told so.
      if (length < shared.length) return shared.subarray(0, length);
      shared = Buffer.concat([shared, Buffer.allocUnsafeSlow(shared.length)]);
    }
  } catch (error) {
    return unreadable({ message: `can't be read: ${reason(error)}`, span: { file } });
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

export const isBytes = (read: Buffer | Diagnostic): read is Buffer => Buffer.isBuffer(read);

/** Text without its byte order mark, or where it stops being text. */
export function textOf(bytes: Buffer, file: string): string | Diagnostic {
  const fault = textFault(bytes, file);
  if (fault) return fault;
  const text = bytes.toString("utf8");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The text of a file that has been looked at before, without its byte order mark. @throws what the file system says */
export const readText = (path: string): string => readFileSync(path, "utf8").replace(/^\uFEFF/, "");

export function textFault(bytes: Buffer, file: string): Diagnostic | undefined {
  if (!isUtf8(bytes)) {
    const good = utf8Prefix(bytes);
    const start = positionIn(good)(good.length);
    return notUtf8({
      message: `the file is not UTF-8: a byte does not fit here`,
      span: { file, start, end: start },
      hint: "Save the file again as UTF-8.",
    });
  }
  const nul = bytes.indexOf(0);
  if (nul === -1) return undefined;
  const before = bytes
    .subarray(0, nul)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  const start = positionIn(before)(before.length);
  return nulCharacter({
    message: "a NUL character stands here",
    span: { file, start, end: start },
    hint: "Remove it. If the file is UTF-16, save it again as UTF-8.",
  });
}

/** The longest beginning that is UTF-8, as text. */
function utf8Prefix(bytes: Buffer): string {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // A prefix that ends within a character counts as good up to that character.
    if (isUtf8(bytes.subarray(0, wholeCharacters(bytes, middle)))) low = middle;
    else high = middle - 1;
  }
  return bytes
    .subarray(0, wholeCharacters(bytes, low))
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

/** Up to three bytes less, so that the cut does not go through a character. */
function wholeCharacters(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && end - at < 3 && at < bytes.length && (bytes[at]! & 0xc0) === 0x80) at--;
  return at;
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "it is a link that leads nowhere, or was just removed";
  if (code === "EACCES" || code === "EPERM") return "you have no permission";
  if (code === "EISDIR") return "it is a folder";
  return code ?? "unknown reason";
}
