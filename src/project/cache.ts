/**
 * Keeps what clean files mean, by the hash of their content, one file for each folder of definitions. Deleting it is always
 * safe; what is damaged, of another version or of other content is not believed.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentHash } from "./files.ts";
import type { KindSyntaxes } from "./kind_syntax.ts";

export interface CacheFolder {
  get(file: string, hash: string): unknown;
  set(file: string, hash: string, definition: unknown): void;
  /** Writes it if anything is new or gone. */
  save(): void;
}

export type OpenFolder = (name: string) => CacheFolder;

type Entries = Record<string, readonly [hash: string, definition: unknown]>;

export const noCache: OpenFolder = () => ({ get: () => undefined, set: () => undefined, save: () => undefined });

export function openCache(root: string, kinds: KindSyntaxes): OpenFolder {
  const version = fingerprint(kinds);
  const base = join(root, ".ctf", "cache", "definitions");
  return (name) => {
    const path = join(base, `${name}.json`);
    const old = readEntries(path, version);
    const now: Entries = Object.create(null);
    let fresh = false;
    return {
      get(file, hash) {
        const entry = Object.hasOwn(old, file) ? old[file] : undefined;
        if (!entry || entry[0] !== hash) return undefined;
        now[file] = entry;
        return entry[1];
      },
      set(file, hash, definition) {
        now[file] = [hash, definition];
        fresh = true;
      },
      save() {
        if (fresh || Object.keys(now).length !== Object.keys(old).length) writeEntries(path, version, now);
      },
    };
  };
}

function readEntries(path: string, version: string): Entries {
  try {
    const bytes = readFileSync(path);
    const end = bytes.indexOf("\n");
    const body = bytes.subarray(end + 1);
    if (bytes.toString("latin1", 0, end) !== `${version} ${contentHash(body)}`) return {};
    return JSON.parse(body.toString("utf8")) as Entries;
  } catch {
    return {};
  }
}

function writeEntries(path: string, version: string, entries: Entries): void {
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

/** Changes with the code that reads definitions, so that a new version of CTF never believes an old one's cache. */
function fingerprint(kinds: KindSyntaxes): string {
  const rooms = ["../project/", "../project/syntax/", "../kinds/"].map((room) =>
    fileURLToPath(new URL(room, import.meta.url)),
  );
  const folders = [...rooms, ...subfolders(rooms[2]!)];
  const code = folders.flatMap((folder) =>
    entriesOf(folder)
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(folder, entry.name))),
  );
  const brought = [...kinds.values()].map((kind) => JSON.stringify(kind) + kind.schema.toString());
  return contentHash(Buffer.concat([...code, Buffer.from(brought.join("\n"))]));
}

const entriesOf = (folder: string) => readdirSync(folder, { withFileTypes: true });

const subfolders = (folder: string): readonly string[] =>
  entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
