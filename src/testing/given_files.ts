/** A test's files in a folder of their own, and an action that reads these instead of the source's. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import type { Action, FileRows, PythonCall } from "../plan/types.ts";
import { badTestValue } from "./codes.ts";
import type { TestCase } from "./types.ts";

export interface FilesOfTest {
  /** Absolute; where the names of the files count from. */
  readonly folder: string;
  /** The action with these files alone. A source whose files are not given has none. */
  readonly reading: <A extends Action>(action: A) => A;
  remove(): void;
}

/** @throws DiagnosticError when a file's name leads out of its folder */
export function writeFiles({ files, place }: TestCase): FilesOfTest {
  const folder = mkdtempSync(join(tmpdir(), "ctf-test-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const bySource = new Map<string, string[]>();
  for (const { source, name, bytes } of files) {
    const path = resolve(folder, name);
    if (!path.startsWith(folder + sep)) {
      remove();
      throw new DiagnosticError([badTestValue({ message: `${name} is no name of a file`, span: place })]);
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    bySource.set(source.sourceName, [...(bySource.get(source.sourceName) ?? []), name]);
  }
  const namesOf = (source: string): readonly string[] => bySource.get(source) ?? [];
  const call = (from: PythonCall): PythonCall => ({
    ...from,
    inputs: from.inputs.map((input) =>
      input.type === "files" ? { ...input, patterns: namesOf(input.source).map((name) => join(folder, name)) } : input,
    ),
  });
  const rows = (from: FileRows): FileRows => ({ ...from, patterns: namesOf(from.source) });
  return {
    folder,
    reading: (action) => {
      if ("call" in action) return { ...action, call: call(action.call) };
      if (!("rows" in action)) return action;
      if (action.rows.type === "python") return { ...action, rows: { ...action.rows, call: call(action.rows.call) } };
      return action.rows.type === "files" ? { ...action, rows: rows(action.rows) } : action;
    },
    remove,
  };
}
