/**
 * What compiled without a problem, by key: `.ctf/cache/compile/clean.json`. Deleting it is always safe; what is damaged or of
 * another version is not believed. Only clean results are kept, so a kept one can't tell anything old.
 */
import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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
  const { units, columns } = read(path, version);
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
      write(path, version, { units, columns });
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

const empty = (): Contents => ({ units: Object.create(null), columns: Object.create(null) });
const digest = (data: string | Uint8Array): string => hash("sha256", data, "base64");

function read(path: string, version: string): Contents {
  try {
    const bytes = readFileSync(path);
    const end = bytes.indexOf("\n");
    const body = bytes.subarray(end + 1);
    if (bytes.toString("latin1", 0, end) !== `${version} ${digest(body)}`) return empty();
    const { units, columns } = JSON.parse(body.toString("utf8")) as Contents;
    return { units: Object.assign(empty().units, units), columns: Object.assign(empty().columns, columns) };
  } catch {
    return empty();
  }
}

function write(path: string, version: string, contents: Contents): void {
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const body = Buffer.from(JSON.stringify(contents));
    writeFileSync(unfinished, Buffer.concat([Buffer.from(`${version} ${digest(body)}\n`), body]));
    renameSync(unfinished, path);
  } catch {
    // A folder that can't be written to only costs time.
    rmSync(unfinished, { force: true });
  }
}

/** Changes with the code that compiles, so that a new version of CTF never believes an old one's results. */
function fingerprint(): string {
  return (known ??= fingerprintOfCode());
}

let known: string | undefined;

function fingerprintOfCode(): string {
  const rooms = ["../compile", "../kinds", "../plan", "../sql", "../warehouse"].map((room) =>
    fileURLToPath(new URL(room, import.meta.url)),
  );
  const files = rooms.flatMap((room) =>
    readdirSync(room, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  );
  return digest(Buffer.concat(files.map((file) => readFileSync(file))));
}
