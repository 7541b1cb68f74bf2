/** The lines of a source's files, in batches. */
import { batchesOf } from "../../../files/batches.ts";
import { decoded } from "../../../files/decode.ts";
import { findFiles } from "../../../files/find.ts";
import { linesTake } from "../../../files/formats/lines.ts";
import { openFile } from "../../../files/open.ts";
import type { DocumentFiles } from "../../../plan/types.ts";
import type { Work } from "../../work.ts";

export interface FileLine {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  /** It is no text of the encoding. */
  readonly broken?: true;
}

/** @throws DiagnosticError where a pattern matches no file, or one can't be read */
export async function* fileLines(work: Work, { patterns, source }: DocumentFiles): AsyncGenerator<readonly FileLine[]> {
  const files = await findFiles(patterns, { root: work.root, env: work.env, source, span: work.span });
  const total = files.reduce((bytes, { size }) => bytes + size, 0);
  let done = 0;
  for (const found of files) {
    const file = found.path;
    const { bytes } = openFile(found, work.signal, (count) => work.progress((done += count), total, "bytes"));
    for await (const { records, broken, raw } of batchesOf(
      decoded(bytes, "UTF8"),
      linesTake((line) => [line]),
    )) {
      yield [
        ...broken.map(({ line }): FileLine => ({ text: raw(line), file, line, broken: true })),
        ...records.map(({ line, values }) => ({ text: values[0]!, file, line })),
      ];
    }
  }
}
