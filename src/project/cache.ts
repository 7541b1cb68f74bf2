/**
 * Keeps what clean files mean, by the hash of their content, one file for each folder of definitions.
 */
import { join } from "node:path";
import { contentHash } from "./files.ts";
import { codeVersion, readKept, writeKept } from "./kept_file.ts";
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
  const version = versionFor(kinds);
  const base = join(root, ".ctf", "cache", "definitions");
  return (name) => {
    const path = join(base, `${name}.json`);
    const old = readKept<Entries[string]>(path, version);
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
        if (fresh || Object.keys(now).length !== Object.keys(old).length) writeKept(path, version, now);
      },
    };
  };
}

/** Kinds may be brought from outside of these rooms. */
function versionFor(kinds: KindSyntaxes): string {
  const brought = [...kinds.values()].map((kind) => JSON.stringify(kind) + kind.schema.toString());
  return contentHash(Buffer.from([codeVersion(["project", "kinds"]), ...brought].join("\n")));
}
