/** The SQL (and the like) beside the definitions: whether it is text at all, and whether all of it is used. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { emptyFile, unusedCode } from "./codes/file_codes.ts";
import type { PipelineFolder } from "./discover.ts";
import { textFault } from "./files.ts";
import type { KindSyntaxes } from "./kind_syntax.ts";
import type { Transform } from "./types.ts";

/** What keeps code from being read, of whichever language it is. */
export function codeFault(bytes: Buffer, file: string): Diagnostic | undefined {
  if (bytes.length > 0) return textFault(bytes, file);
  return emptyFile({ message: "the file has nothing in it", span: { file }, hint: "Write the SQL." });
}

/** What pytest runs. */
const TESTS = /^(test_.*|.*_test|conftest)\.py$/;

/** Files of the pipeline's folder that look like code and belong to no transform. */
export function unusedCodeFiles(
  folder: PipelineFolder,
  transforms: readonly Transform[],
  kinds: KindSyntaxes,
): readonly Diagnostic[] {
  const endings = [...new Set([...kinds.values()].flatMap(({ code }) => (code ? [code.extension] : [])))];
  const used = new Set(
    transforms.flatMap((transform) => [
      transform.codeFile,
      ...(kinds.get(transform.kind)?.files?.(transform) ?? []).map(({ file }) => file),
    ]),
  );
  return [...folder.entries].flatMap((entry) => {
    const file = `${folder.folder}/${entry}`;
    if (used.has(file) || TESTS.test(entry) || !endings.some((ending) => entry.endsWith(ending))) return [];
    return [
      unusedCode({
        message: "belongs to no transform, so it never runs",
        span: { file },
        hint: `Write a definition beside it ("ctf start" does most of it), or remove it.`,
      }),
    ];
  });
}
