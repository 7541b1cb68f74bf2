/** The functions of a project that CTF will call: each read by the grammar of its language, and kept by its file's content. */
import { join } from "node:path";
import { contentHash, isBytes, readBytes, readText } from "../../project/files.ts";
import { codeVersion, keepNothing, type KeptValues, openKept } from "../../project/kept_file.ts";
import type { Project } from "../../project/types.ts";
import type { CodeContent } from "../uses/gather.ts";
import type { FoundFunction } from "./signature.ts";

/** What kind python calls. */
export const CALLED = "transform";

export interface FunctionContent extends CodeContent {
  readonly function: string;
}

/** Of the Python files beside definitions, and those that definitions name: where a file is there, for else that has been told. */
export const functionContents = (
  { root, transforms }: Project,
  python: readonly CodeContent[],
): readonly FunctionContent[] => [
  ...python.map((content) => ({ ...content, function: CALLED })),
  ...transforms.flatMap(({ id, functions = [] }) =>
    functions.flatMap(({ file, function: name }) => {
      const bytes = readBytes(root, file);
      return isBytes(bytes) ? [{ id, file, function: name, hash: contentHash(bytes) }] : [];
    }),
  ),
];

export const functionKey = ({ file, function: name }: Pick<FunctionContent, "file" | "function">): string =>
  `${file}:${name}`;

/** By `functionKey`. `cache: false` neither reads nor writes `.ctf/cache`. */
export async function gatherFunctions(
  root: string,
  contents: readonly FunctionContent[],
  { cache }: { readonly cache: boolean },
): Promise<ReadonlyMap<string, FoundFunction>> {
  const found = new Map<string, FoundFunction>();
  if (contents.length === 0) return found;
  const kept: KeptValues<FoundFunction> = cache
    ? openKept(join(root, ".ctf", "cache", "functions.json"), codeVersion(), { forget: true })
    : keepNothing;
  for (const content of contents) {
    const key = functionKey(content);
    let signature = kept.get(key, content.hash);
    if (signature === undefined) {
      signature = await read(join(root, content.file), content.function);
      kept.set(key, content.hash, signature);
    }
    found.set(key, signature);
  }
  kept.save();
  return found;
}

async function read(path: string, name: string): Promise<FoundFunction> {
  const text = readText(path);
  if (path.endsWith(".py")) return (await import("./python.ts")).readDefinition(text, name);
  return (await import("./javascript.ts")).readExport(text, name, { typescript: /\.m?ts$/.test(path) });
}
