/** Looks into all Python files of a project: kept by their content, else read with Python's grammar. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeVersion, keepNothing, type KeptValues, openKept } from "../../project/kept_file.ts";
import type { CodeContent } from "../uses/gather.ts";
import type { PythonFile } from "./signature.ts";

/** By transform. `cache: false` neither reads nor writes `.ctf/cache`. */
export async function gatherSignatures(
  root: string,
  files: readonly CodeContent[],
  { cache }: { readonly cache: boolean },
): Promise<ReadonlyMap<string, PythonFile>> {
  const found = new Map<string, PythonFile>();
  if (files.length === 0) return found;
  const kept: KeptValues<PythonFile> = cache ? openSignatures(root) : keepNothing;
  for (const { id, file, hash } of files) {
    let signature = kept.get(file, hash);
    if (signature === undefined) {
      const { readSignature } = await import("./signature.ts");
      signature = readSignature(readFileSync(join(root, file), "utf8").replace(/^\uFEFF/, ""));
      kept.set(file, hash, signature);
    }
    found.set(id, signature);
  }
  kept.save();
  return found;
}

const openSignatures = (root: string): KeptValues<PythonFile> =>
  openKept(join(root, ".ctf", "cache", "python.json"), codeVersion(), {
    forget: true,
  });
