/**
 * What compiled without a problem, by key: `.ctf/cache/compile/clean.json`. Deleting it is always safe; what is damaged or of
 * another version is not believed. Only clean results are kept, so a kept one can't tell anything old.
 */
import { join } from "node:path";
import { codeVersion, readKept, writeKept } from "../project/kept_file.ts";
import type { UnitKey } from "./keys.ts";

/** Columns as name and type. */
export type KeptColumns = readonly (readonly [name: string, type: string])[];

interface KeptUnit {
  readonly own: string;
  readonly key: string;
  /** The relations that it could read when it last compiled: the digest of each. */
  readonly reads: Readonly<Record<string, string>>;
}

interface Contents {
  readonly units: Record<string, KeptUnit>;
  /** By the digest of a relation. */
  readonly columns: Record<string, KeptColumns>;
}

export interface CompileCache {
  /** The unit as it last compiled without a problem. */
  last(id: string): KeptUnit | undefined;
  /** The columns of a relation as a unit last compiled against them. */
  columns(digest: string): KeptColumns | undefined;
  keep(id: string, key: UnitKey, columnsOf: (relation: string) => KeptColumns): void;
  /** Writes what was kept; units that are gone are forgotten. */
  save(ids: ReadonlySet<string>): void;
}

export function openCompileCache(root: string): CompileCache {
  const path = join(root, ".ctf", "cache", "compile", "clean.json");
  const version = fingerprint();
  const { units, columns } = contentsOf(readKept<Contents[keyof Contents]>(path, version) as Partial<Contents>);
  let changed = false;
  return {
    last: (id) => (Object.hasOwn(units, id) ? units[id] : undefined),
    columns: (digest) => (Object.hasOwn(columns, digest) ? columns[digest] : undefined),
    keep(id, { own, key, reads }, columnsOf) {
      units[id] = { own, key, reads: Object.fromEntries(reads) };
      for (const [relation, digest] of reads) columns[digest] ??= columnsOf(relation);
      changed = true;
    },
    save(ids) {
      const gone = Object.keys(units).filter((id) => !ids.has(id));
      if (!changed && gone.length === 0) return;
      for (const id of gone) delete units[id];
      const used = new Set(Object.values(units).flatMap(({ reads }) => Object.values(reads)));
      for (const digest of Object.keys(columns)) if (!used.has(digest)) delete columns[digest];
      writeKept<Contents[keyof Contents]>(path, version, { units, columns });
    },
  };
}

/** Remembers nothing. */
export const noCompileCache: CompileCache = {
  last: () => undefined,
  columns: () => undefined,
  keep: () => undefined,
  save: () => undefined,
};

const contentsOf = (kept: Readonly<Partial<Contents>>): Contents => ({
  units: Object.assign(Object.create(null), kept.units),
  columns: Object.assign(Object.create(null), kept.columns),
});

/** Taken once a process. */
const fingerprint = (): string => (known ??= codeVersion(["compile", "kinds", "plan", "sql", "warehouse"]));
let known: string | undefined;
