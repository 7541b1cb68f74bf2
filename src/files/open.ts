/** A file's stored bytes → its unpacked bytes, counted and hashed on the way. */
import { createHash } from "node:crypto";
import { Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { type Diagnostic, DiagnosticError } from "../diagnostics/diagnostic.ts";
import { changedMeanwhile, unreadable } from "./codes.ts";
import type { FoundFile } from "./types.ts";

export interface Opened {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** SHA-256 of the stored bytes in hex, once `bytes` is through. */
  checksum(): string;
}

/** `.gz` and `.zst` are unpacked. @throws DiagnosticError, from `bytes`, where the file is gone, damaged or cut short */
export function openFile(file: FoundFile, signal: AbortSignal, onBytes: (count: number) => void): Opened {
  const hash = createHash("sha256");
  let hex: string | undefined;
  const stored = async function* (): AsyncGenerator<Uint8Array> {
    let length = 0;
    for await (const chunk of file.open(signal) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      hash.update(chunk);
      onBytes(chunk.length);
      yield chunk;
    }
    if (length !== file.size) throw new DiagnosticError([changed(file.path)]);
    hex = hash.digest("hex");
  };
  return {
    bytes: explained(noUtf16(unpacked(stored(), file.path), file.path), file.path, signal),
    checksum: () => {
      if (hex === undefined) throw new Error(`${file.path} was not read to its end`);
      return hex;
    },
  };
}

/** The unpacked bytes of a file that a program reads itself, whatever they are. Errors are as those of `openFile`. */
export const openUnpacked = (file: FoundFile, signal: AbortSignal): Readable =>
  Readable.from(explained(unpacked(file.open(signal), file.path), file.path, signal), { objectMode: false });

export const changed = (path: string): Diagnostic =>
  changedMeanwhile({
    message: `${path} changed while it was read`,
    span: { file: path },
    hint: "Nothing was loaded. Run it again when the file is complete.",
  });

function unpacked(stored: AsyncIterable<Uint8Array>, path: string): AsyncIterable<Uint8Array> {
  if (/\.gz$/i.test(path)) return gunzipped(stored);
  if (/\.zst$/i.test(path)) return zstdUnpacked(stored);
  return stored;
}

async function* gunzipped(stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // The loop below meets the error; this only keeps the source and it together.
  pipeline(Readable.from(stored), gunzip, () => {});
  yield* gunzip as AsyncIterable<Uint8Array>;
}

/** The archive unpacks at most so much at a time, however well it was packed. */
const PACKED = 1 << 14;

async function* zstdUnpacked(stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const unpack = new Decompress((data) => out.push(data));
  const push = (data: Uint8Array, last: boolean): readonly Uint8Array[] => {
    try {
      unpack.push(data, last);
    } catch (error) {
      throw Object.assign(new Error("zstd", { cause: error }), { code: last ? "ZSTD_SHORT" : "ZSTD_DAMAGED" });
    }
    const given = out;
    out = [];
    return given;
  };
  for await (const chunk of stored) {
    for (let at = 0; at < chunk.length; at += PACKED) yield* push(chunk.subarray(at, at + PACKED), false);
  }
  yield* push(new Uint8Array(), true);
}

/** Told by its first two bytes; every line of it would be broken in any other encoding. */
async function* noUtf16(bytes: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of bytes) {
    const [one, other] = first ? chunk : [];
    if ((one === 0xff && other === 0xfe) || (one === 0xfe && other === 0xff)) {
      const message = `${path} can't be read: it is UTF-16, which PostgreSQL does not know`;
      throw new DiagnosticError([unreadable({ message, span: { file: path }, hint: "Save it as UTF-8." })]);
    }
    first = false;
    yield chunk;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it is gone",
  EACCES: "no permission",
  EPERM: "no permission",
  EISDIR: "it is a folder",
  Z_BUF_ERROR: "the gzip data end too early",
  Z_DATA_ERROR: "it is not gzip, or damaged",
  ZSTD_SHORT: "the zstd data end too early",
  ZSTD_DAMAGED: "it is not zstd, or damaged",
};

/** What a file that can't be read is told as. */
export function unreadableFile(error: unknown, path: string): DiagnosticError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = reasons[code ?? ""] ?? code ?? (error as Error).name;
  const message = `${path} can't be read: ${reason}`;
  return new DiagnosticError([unreadable({ message, span: { file: path }, hint: "Nothing was loaded." })]);
}

async function* explained(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (signal.aborted || error instanceof DiagnosticError) throw error;
    throw unreadableFile(error, path);
  }
}
