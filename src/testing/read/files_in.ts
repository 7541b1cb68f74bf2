/** Files as a test writes them, for what reads files. */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { encoded } from "../../files/encodings.ts";
import type { Node } from "../../project/places.ts";
import type { Path } from "../../project/problem.ts";
import { valueText } from "../../project/rows/value_text.ts";
import { badTestValue, impossibleTest } from "../codes.ts";
import type { GivenFile } from "../types.ts";
import { childOf, type TestFile } from "./test_file.ts";

export function filesIn(file: TestFile, node: Node, source: GivenFile["source"], path: Path): readonly GivenFile[] {
  const nodes = node.type === "list" ? node.items : [node];
  return nodes.flatMap((item): readonly GivenFile[] => {
    if (item.type !== "map") return [];
    const textAt = (key: string): string | undefined => {
      const value = childOf(item, key);
      return value?.type === "scalar" ? (valueText(value) ?? "") : undefined;
    };
    const name = textAt("file");
    const text = textAt("text");
    const lies = textAt("path");
    if (name === undefined || (text === undefined) === (lies === undefined)) {
      const message = `${source.sourceName} is a source of files: give each as {file: NAME, text: …} or {file: NAME, path: …}`;
      file.tell({ code: impossibleTest, path, at: "key", message });
      return [];
    }
    if (lies === undefined) {
      const encoding = "encoding" in source.format ? source.format.encoding : "UTF8";
      const bytes = encoded(text ?? "", encoding);
      if (bytes) return [{ source, name, bytes }];
      const message = `the text can't be written in ${encoding}, the encoding of ${source.sourceName}: give a file by its path`;
      file.tell({ code: badTestValue, path, at: "key", message });
      return [];
    }
    const from = posix.join(posix.dirname(file.file), lies);
    try {
      return [{ source, name, bytes: readFileSync(join(file.project.root, from)) }];
    } catch {
      file.tell({ code: badTestValue, path, at: "key", message: `${from} can't be read` });
      return [];
    }
  });
}
