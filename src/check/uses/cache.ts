/** Keeps what is known of SQL files by the hash of their content, in one file for the whole project. */
import { join } from "node:path";
import { codeVersion, readKept, writeKept } from "../../project/kept_file.ts";
import type { Contents, Uses } from "./types.ts";

export interface ContentsCache {
  /** What the file uses depends on its content only; `tables` gives the hash of what else its flows depend on. */
  get(key: string, hash: string, tables: (uses: Uses) => string): Contents | undefined;
  set(key: string, hash: string, tables: string, contents: Contents): void;
  /** Writes it if anything is new or gone. */
  save(): void;
}

type Entry = readonly [hash: string, tables: string, contents: Contents];

export function openContentsCache(root: string): ContentsCache {
  const path = join(root, ".ctf", "cache", "uses.json");
  const version = codeVersion(["diagnostics", "project", "sql", "check/uses"]);
  const old = readKept<Entry>(path, version);
  const now: Record<string, Entry> = Object.create(null);
  let fresh = false;
  return {
    get(key, hash, tables) {
      const entry = Object.hasOwn(old, key) ? old[key] : undefined;
      if (!entry || entry[0] !== hash || entry[1] !== tables(entry[2].uses)) return undefined;
      now[key] = entry;
      return entry[2];
    },
    set(key, hash, tables, contents) {
      now[key] = [hash, tables, contents];
      fresh = true;
    },
    save() {
      if (fresh || Object.keys(now).length !== Object.keys(old).length) writeKept(path, version, now);
    },
  };
}
