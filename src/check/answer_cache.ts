/** Keeps the whole answer: where no definition and no code has changed, nothing has to be looked at again. */
import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { contentHash } from "../project/files.ts";
import { codeVersion, readKept, writeKept } from "../project/kept_file.ts";
import type { CodeContent } from "./uses/gather.ts";

export interface AnswerCache {
  readonly answer: readonly Diagnostic[] | undefined;
  keep(answer: readonly Diagnostic[]): void;
}

/** `definitions` is the fingerprint of all definitions. */
export function openAnswerCache(root: string, definitions: string, code: readonly CodeContent[]): AnswerCache {
  const path = join(root, ".ctf", "cache", "check.json");
  const version = codeVersion();
  const contents = code.map(({ id, file, hash }) => `${id} ${file} ${hash}\n`).join("");
  const key = contentHash(Buffer.from(`${definitions}\n${contents}`));
  const kept = readKept<readonly Diagnostic[]>(path, version);
  return {
    answer: Object.hasOwn(kept, key) ? kept[key] : undefined,
    keep: (answer) => writeKept(path, version, { [key]: answer }),
  };
}
