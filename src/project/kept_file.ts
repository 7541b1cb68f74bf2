/**
 * A file under `.ctf/cache` with what is slow to find out. Deleting it is always safe; what is damaged or of another
 * version is not believed.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentHash } from "./files.ts";

type Entries<T> = Readonly<Record<string, T>>;

export function readKept<T>(path: string, version: string): Entries<T> {
  try {
    const bytes = readFileSync(path);
    const end = bytes.indexOf("\n");
    const body = bytes.subarray(end + 1);
    if (bytes.toString("latin1", 0, end) !== `${version} ${contentHash(body)}`) return {};
    return JSON.parse(body.toString("utf8")) as Entries<T>;
  } catch {
    return {};
  }
}

export function writeKept<T>(path: string, version: string, entries: Entries<T>): void {
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const body = Buffer.from(JSON.stringify(entries));
    writeFileSync(unfinished, Buffer.concat([Buffer.from(`${version} ${contentHash(body)}\n`), body]));
    renameSync(unfinished, path);
  } catch {
    // A folder that can't be written to only costs time.
    discard(unfinished);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its folder is not even there.
  }
}

/** Changes with the code of these rooms, so that a new version of CTF never believes what an old one kept. */
export function codeVersion(rooms: readonly string[]): string {
  const code = rooms.flatMap((room) => codeIn(fileURLToPath(new URL(`../${room}/`, import.meta.url))));
  // The versions of CTF and of the libraries that it reads with.
  const manifest = readFileSync(new URL("../../package.json", import.meta.url));
  return contentHash(Buffer.concat([...code, manifest]));
}

const codeIn = (folder: string): readonly Buffer[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? codeIn(path) : [readFileSync(path)];
  });
