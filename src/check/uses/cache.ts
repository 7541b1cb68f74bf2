/** Keeps what is known of SQL files by the hash of their content, one file for each folder: what changes is written, no more. */
import { dirname, join } from "node:path";
import { codeVersion, type KeptValues, openKept } from "../../project/kept_file.ts";
import type { Contents, SqlFile, StatementPlace, Uses } from "./types.ts";

export interface ContentsCache {
  /** What the file uses depends on its content only; `tables` gives the hash of what else its flows depend on. */
  get(file: SqlFile, hash: string, tables: (uses: Uses) => string): Contents | undefined;
  /** These depend on the content alone. None are kept of files with problems. */
  statements(file: SqlFile, hash: string): readonly StatementPlace[] | undefined;
  set(file: SqlFile, hash: string, tables: string, contents: Contents): void;
  /** Writes what is new, and forgets all that nobody asked for in the folders that somebody asked about. */
  save(): void;
}

type Value = readonly [tables: string, contents: Contents];

export function openContentsCache(root: string): ContentsCache {
  const version = codeVersion();
  const folders = new Map<string, KeptValues<Value>>();
  const openFolder = (file: string): KeptValues<Value> => {
    const folder = dirname(file);
    const known = folders.get(folder);
    if (known) return known;
    const path = join(root, ".ctf", "cache", "uses", `${folder.replaceAll("/", ".")}.json`);
    const opened = openKept<Value>(path, version, { forget: true });
    folders.set(folder, opened);
    return opened;
  };
  return {
    get(file, hash, tables) {
      const value = openFolder(file.file).get(keyOf(file), hash);
      return value && value[0] === tables(value[1].uses) ? value[1] : undefined;
    },
    statements(file, hash) {
      const value = openFolder(file.file).get(keyOf(file), hash);
      return value && value[1].statements.length > 0 ? value[1].statements : undefined;
    },
    set: (file, hash, tables, contents) => openFolder(file.file).set(keyOf(file), hash, [tables, contents]),
    save() {
      for (const folder of folders.values()) folder.save();
    },
  };
}

/** What a file is to hold decides what is a problem. */
const keyOf = ({ holds, file }: SqlFile): string => `${holds} ${file}`;
