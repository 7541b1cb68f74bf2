/** Functions that definitions name in files of their own: read by the grammar of their language, and kept by content. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash, isBytes, readBytes } from "../../project/files.ts";
import { codeVersion, keepNothing, type KeptValues, openKept } from "../../project/kept_file.ts";
import type { Project } from "../../project/types.ts";
import type { PythonFile } from "../python/signature.ts";
import type { CodeContent } from "../uses/gather.ts";

/** What a function takes; `none` and `unknown` as of a Python file. */
export type FunctionFile = PythonFile;

export interface FunctionContent extends CodeContent {
  readonly function: string;
}

/** Those whose file is there; that one is not has been told already. */
export const functionContents = ({ root, transforms }: Project): readonly FunctionContent[] =>
  transforms.flatMap(({ id, functions = [] }) =>
    functions.flatMap(({ file, function: name }) => {
      const bytes = readBytes(root, file);
      return isBytes(bytes) ? [{ id, file, function: name, hash: contentHash(bytes) }] : [];
    }),
  );

export const functionKey = ({ file, function: name }: Pick<FunctionContent, "file" | "function">): string =>
  `${file}:${name}`;

/** By `functionKey`. `cache: false` neither reads nor writes `.ctf/cache`. */
export async function gatherFunctions(
  root: string,
  contents: readonly FunctionContent[],
  { cache }: { readonly cache: boolean },
): Promise<ReadonlyMap<string, FunctionFile>> {
  const found = new Map<string, FunctionFile>();
  if (contents.length === 0) return found;
  const kept: KeptValues<FunctionFile> = cache
    ? openKept(join(root, ".ctf", "cache", "functions.json"), codeVersion(), { forget: true })
    : keepNothing;
  for (const content of contents) {
    const key = functionKey(content);
    const known = kept.get(key, content.hash) ?? (await read(join(root, content.file), content.function));
    kept.set(key, content.hash, known);
    found.set(key, known);
  }
  kept.save();
  return found;
}

async function read(path: string, name: string): Promise<FunctionFile> {
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  if (path.endsWith(".py")) return (await import("../python/signature.ts")).readSignature(text, name);
  return (await import("./javascript.ts")).readExport(text, name, { typescript: /\.m?ts$/.test(path) });
}
