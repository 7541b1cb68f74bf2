/**
 * What compiled without a problem, by key: in `.ctf/cache/compile`, one file for each pipeline. Deleting them is always safe;
 * what is damaged or of another version is not believed. Only clean results are kept, so a kept one can't tell anything old.
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
  /** The columns of a relation as the unit last compiled against them. */
  columns(id: string, digest: string): KeptColumns | undefined;
  keep(id: string, key: UnitKey, columnsOf: (relation: string) => KeptColumns): void;
  /** Writes what was kept; units that are gone are forgotten. */
  save(ids: ReadonlySet<string>): void;
}

export function openCompileCache(root: string): CompileCache {
  const pipelines = new Map<string, Kept>();
  const open = (id: string): Kept => {
    const pipeline = id.slice(0, id.indexOf("."));
    const known = pipelines.get(pipeline);
    if (known) return known;
    const path = join(root, ".ctf", "cache", "compile", `${pipeline}.json`);
    const opened = { path, isChanged: false, ...contentsOf(readKept<Part>(path, codeVersion())) };
    pipelines.set(pipeline, opened);
    return opened;
  };
  return {
    last(id) {
      const { units } = open(id);
      return Object.hasOwn(units, id) ? units[id] : undefined;
    },
    columns(id, digest) {
      const { columns } = open(id);
      return Object.hasOwn(columns, digest) ? columns[digest] : undefined;
    },
    keep(id, { own, key, reads }, columnsOf) {
      const kept = open(id);
      kept.units[id] = { own, key, reads: Object.fromEntries(reads) };
      for (const [relation, digest] of reads) kept.columns[digest] ??= columnsOf(relation);
      kept.isChanged = true;
    },
    save(ids) {
      for (const kept of pipelines.values()) write(kept, ids);
    },
  };
}

type Part = Contents[keyof Contents];

/** What is kept of one pipeline: what changes is written, no more. */
interface Kept extends Contents {
  readonly path: string;
  isChanged: boolean;
}

function write({ path, isChanged, units, columns }: Kept, ids: ReadonlySet<string>): void {
  const gone = Object.keys(units).filter((id) => !ids.has(id));
  if (!isChanged && gone.length === 0) return;
  for (const id of gone) delete units[id];
  const used = new Set(Object.values(units).flatMap(({ reads }) => Object.values(reads)));
  for (const digest of Object.keys(columns)) if (!used.has(digest)) delete columns[digest];
  writeKept<Part>(path, codeVersion(), { units, columns });
}

/** Remembers nothing. */
export const noCompileCache: CompileCache = {
  last: () => undefined,
  columns: () => undefined,
  keep: () => undefined,
  save: () => undefined,
};

function contentsOf(kept: Readonly<Record<string, Part>>): Contents {
  const { units, columns } = kept as Partial<Contents>;
  return { units: Object.assign(Object.create(null), units), columns: Object.assign(Object.create(null), columns) };
}
