/** What a test gives: rows of tables and of pieces of SQL, and files. */
import type { Node } from "../../project/yaml/places.ts";
import type { Path } from "../../project/problem.ts";
import { type FileSource, tableText } from "../../project/types.ts";
import type { GivenFile, GivenFileRows, GivenPiece, GivenTable, Subject } from "../types.ts";
import { filesIn } from "./files_in.ts";
import { inputCalled, inputNames, type TestNames } from "./names.ts";
import { rowsIn } from "./rows_in.ts";
import type { TestFile } from "./test_file.ts";
import { transformsOf } from "../transforms_of.ts";

export function readGiven(file: TestFile, node: Node | undefined, subject: Subject, path: Path) {
  const given: GivenTable[] = [];
  const files: GivenFile[] = [];
  const fileRows: GivenFileRows[] = [];
  const without: FileSource[] = [];
  const pieces: GivenPiece[] = [];
  for (const { key, value } of node?.type === "map" ? node.pairs : []) {
    if (key.type !== "scalar") continue;
    const at = [...path, key.text];
    const named = meaning(file, key.text, subject);
    if (named?.type === "files") {
      if (value.type === "list" && value.items.length === 0) without.push(named.source);
      const own = filesIn(file, value, named.source, at);
      files.push(...own.files);
      fileRows.push(...own.fileRows);
    } else if (subject.type === "piece" && !key.text.includes(".")) {
      const rows = rowsIn(file, value, at, undefined, named ? tableText(named.relation) : key.text);
      if (rows) pieces.push({ name: key.text, ...(named && { relation: named.relation }), ...rows });
    } else if (named) {
      const rows = rowsIn(file, value, at, named.relation);
      if (rows) given.push({ relation: named.relation, ...rows });
    } else {
      const near = subject.type === "transform" ? inputNames(file.project, subject.transform) : [];
      file.tell(file.names.unknown(key.text, at, near));
    }
  }
  return { given, files, fileRows, without, pieces };
}

/** By the names of this pipeline, then by those of what is tested: an input may be of another pipeline. */
function meaning(file: TestFile, name: string, subject: Subject): ReturnType<TestNames["find"]> {
  const found = file.names.find(name, file.pipeline);
  if (found) return found;
  const input = inputCalled(transformsOf(subject), name);
  return input === undefined ? undefined : file.names.find(input, file.pipeline);
}
