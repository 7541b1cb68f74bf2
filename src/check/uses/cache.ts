/** Keeps what is known of SQL files by the hash of their content, in one file for the whole project. */
import { join } from "node:path";
import { codeVersion, openKept } from "../../project/kept_file.ts";
import type { Contents, Uses } from "./types.ts";

export interface ContentsCache {
  /** What the file uses depends on its content only; `tables` gives the hash of what else its flows depend on. */
  get(key: string, hash: string, tables: (uses: Uses) => string): Contents | undefined;
  set(key: string, hash: string, tables: string, contents: Contents): void;
  /** Writes it if anything is new or gone. */
  save(): void;
}

export function openContentsCache(root: string): ContentsCache {
  const version = codeVersion(["diagnostics", "project", "sql", "check/uses"]);
  type Value = readonly [tables: string, contents: Contents];
  const kept = openKept<Value>(join(root, ".ctf", "cache", "uses.json"), version, { forget: true });
  return {
    get(key, hash, tables) {
      const value = kept.get(key, hash);
      return value && value[0] === tables(value[1].uses) ? value[1] : undefined;
    },
    set: (key, hash, tables, contents) => kept.set(key, hash, [tables, contents]),
    save: kept.save,
  };
}
