/**
 * Keeps what clean files mean, by the hash of their content, one file for each folder of definitions.
 */
import { join } from "node:path";
import { contentHash } from "./files.ts";
import { codeVersion, keepNothing, type KeptValues, openKept } from "./kept_file.ts";
import type { KindSyntaxes } from "./kind_syntax.ts";

export type OpenFolder = (name: string) => KeptValues<unknown>;

export const noCache: OpenFolder = () => keepNothing;

export function openCache(root: string, kinds: KindSyntaxes): OpenFolder {
  const version = versionFor(kinds);
  const base = join(root, ".ctf", "cache", "definitions");
  return (name) => openKept(join(base, `${name}.json`), version, { forget: true });
}

/** Kinds may be brought from outside of these rooms. */
function versionFor(kinds: KindSyntaxes): string {
  const brought = [...kinds.values()].map((kind) => JSON.stringify(kind) + kind.schema.toString());
  return contentHash(Buffer.from([codeVersion(), ...brought].join("\n")));
}
