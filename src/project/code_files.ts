/** The SQL (and the like) beside the definitions: whether it is text at all, and whether all of it is used. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { emptyFile, unusedCode } from "./file_codes.ts";
import type { PipelineFolder } from "./discover.ts";
import { isBytes, readBytes, textFault } from "./files.ts";
import type { KindSyntaxes } from "./kind_syntax.ts";
import type { Transform } from "./types.ts";

/** What keeps a transform's code from being read. That it is there has been looked at before. */
export function codeProblems({ codeFile, id }: Transform, root: string): readonly Diagnostic[] {
  if (codeFile === undefined) return [];
  const bytes = readBytes(root, codeFile);
  if (!isBytes(bytes)) return [];
  const fault = textFault(bytes, codeFile);
  if (fault) return [{ ...fault, transform: id }];
  if (bytes.length > 0) return [];
  return [
    emptyFile({
      message: "the file has nothing in it",
      span: { file: codeFile },
      hint: "Write the SQL.",
      transform: id,
    }),
  ];
}

/** Files of the pipeline's folder that look like code and belong to no transform. */
export function unusedCodeFiles(
  folder: PipelineFolder,
  transforms: readonly Transform[],
  kinds: KindSyntaxes,
): readonly Diagnostic[] {
  const endings = [...new Set([...kinds.values()].flatMap(({ code }) => (code ? [code.extension] : [])))];
  const used = new Set(transforms.map(({ codeFile }) => codeFile));
  return [...folder.entries].flatMap((entry) => {
    const file = `${folder.folder}/${entry}`;
    if (used.has(file) || !endings.some((ending) => entry.endsWith(ending))) return [];
    return [
      unusedCode({
        message: "belongs to no transform, so it never runs",
        span: { file },
        hint: `Write a definition beside it ("ctf start" does most of it), or remove it.`,
      }),
    ];
  });
}
