/**
 * A file under `.ctf/cache` with what is slow to find out. Deleting it is always safe; what is damaged or of another
 * version is not believed.
 */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentHash } from "./files.ts";
import { packageFolder } from "./package.ts";
import { replaceFile } from "./write/replace_file.ts";

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
  try {
    mkdirSync(dirname(path), { recursive: true });
    const body = Buffer.from(JSON.stringify(entries));
    replaceFile(path, Buffer.concat([Buffer.from(`${version} ${contentHash(body)}\n`), body]));
  } catch {
    // A folder that can't be written to only costs time.
  }
}

/** Values by a key, each believed only for the content that it was kept for. */
export interface KeptValues<T> {
  get(key: string, hash: string): T | undefined;
  set(key: string, hash: string, value: T): void;
  /** Writes the file if anything is new or gone. */
  save(): void;
}

export const keepNothing: KeptValues<never> = { get: () => undefined, set: () => undefined, save: () => undefined };

/** `forget`: what nobody asked for is gone from the project; else it stays for the next who asks. */
export function openKept<T>(path: string, version: string, { forget }: { readonly forget: boolean }): KeptValues<T> {
  type Entry = readonly [hash: string, value: T];
  const old = readKept<Entry>(path, version);
  const now: Record<string, Entry> = Object.create(null);
  if (!forget) Object.assign(now, old);
  let fresh = false;
  return {
    get(key, hash) {
      const entry = Object.hasOwn(old, key) ? old[key] : undefined;
      if (!entry || entry[0] !== hash) return undefined;
      now[key] = entry;
      return entry[1];
    },
    set(key, hash, value) {
      now[key] = [hash, value];
      fresh = true;
    },
    save() {
      if (fresh || Object.keys(now).length !== Object.keys(old).length) writeKept(path, version, now);
    },
  };
}

declare const CTF_CODE: string | undefined;

/** Changes with CTF's code and the libraries that it reads with, so that no version believes what another one kept. */
export function codeVersion(): string {
  // The build puts the digest of the sources here (scripts/bundle.mjs).
  version ??= typeof CTF_CODE === "string" ? CTF_CODE : codeDigest();
  return version;
}

let version: string | undefined;

/** Of the sources, and of package.json with the versions of all libraries. */
function codeDigest(): string {
  const folder = fileURLToPath(new URL("src/", packageFolder));
  return contentHash(Buffer.concat([readFileSync(new URL("package.json", packageFolder)), ...codeIn(folder)]));
}

const codeIn = (folder: string): readonly Buffer[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? codeIn(path) : [readFileSync(path)];
  });
