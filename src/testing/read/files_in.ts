/** Files as a test writes them, for what reads files. */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { encoded } from "../../files/encodings.ts";
import type { Node } from "../../project/yaml/places.ts";
import { packedAs } from "../../generate/fill/packed.ts";
import type { Path } from "../../project/problem.ts";
import { valueText } from "../../project/rows/value_text.ts";
import { badTestValue, impossibleTest } from "../codes.ts";
import type { FileSource } from "../../project/types.ts";
import type { GivenFile, GivenFileRows } from "../types.ts";
import { rowsIn } from "./rows_in.ts";
import { childOf, type TestFile } from "./test_file.ts";

interface FilesIn {
  readonly files: readonly GivenFile[];
  readonly fileRows: readonly GivenFileRows[];
}

export function filesIn(file: TestFile, node: Node, source: FileSource, path: Path): FilesIn {
  const items =
    node.type === "list" ? node.items.map((item, n) => ({ item, at: [...path, n] })) : [{ item: node, at: path }];
  const files: GivenFile[] = [];
  const fileRows: GivenFileRows[] = [];
  for (const { item, at } of items) {
    if (item.type !== "map") continue;
    const textAt = (key: string): string | undefined => {
      const value = childOf(item, key);
      return value?.type === "scalar" ? (valueText(value) ?? "") : undefined;
    };
    const name = textAt("file");
    const [text, lies, rows] = [textAt("text"), textAt("path"), childOf(item, "rows")];
    if (name === undefined || [text, lies, rows].filter((one) => one !== undefined).length !== 1) {
      const message = `${source.sourceName} is a source of files: give each as {file: NAME, rows: […]}, {file: NAME, text: …} or {file: NAME, path: …}`;
      file.tell({ code: impossibleTest, path: at, at: "key", message });
    } else if (rows) {
      const read = rowsIn(file, rows, [...at, "rows"]);
      if (read) fileRows.push({ source, name, ...read });
    } else {
      const written = text === undefined ? undefined : textBytes(file, text, source, at);
      const bytes = lies === undefined ? written && packedAs(name, written) : fileBytes(file, lies, at);
      if (bytes) files.push({ source, name, bytes });
    }
  }
  return { files, fileRows };
}

function textBytes(file: TestFile, text: string, { format, sourceName }: FileSource, path: Path): Buffer | undefined {
  const encoding = "encoding" in format ? format.encoding : "UTF8";
  const bytes = encoded(text, encoding);
  if (bytes) return bytes;
  const message = `the text can't be written in ${encoding}, the encoding of ${sourceName}: give a file by its path`;
  file.tell({ code: badTestValue, path, at: "key", message });
  return undefined;
}

function fileBytes(file: TestFile, lies: string, path: Path): Buffer | undefined {
  const from = posix.join(posix.dirname(file.file), lies);
  try {
    return readFileSync(join(file.project.root, from));
  } catch {
    file.tell({ code: badTestValue, path, at: "key", message: `${from} can't be read` });
    return undefined;
  }
}
