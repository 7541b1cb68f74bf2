/** A test's files in a folder of their own, and an action that reads these instead of the source's. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import { noFileFor } from "../../files/find.ts";
import type { Action, DocumentRows, PythonCall } from "../../plan/types.ts";
import { badTestValue } from "../codes.ts";
import type { TestCase } from "../types.ts";

export interface FilesOfTest {
  /** Absolute; where the names of the files count from. */
  readonly folder: string;
  /** The action with these files alone. `span`: whom to name. @throws DiagnosticError where there is to be no file */
  readonly reading: <A extends Action>(action: A, span: Span) => A;
  remove(): void;
}

interface WithPatterns {
  readonly source: string;
  readonly patterns: readonly string[];
}

/** @throws DiagnosticError when a file's name leads out of its folder */
export function writeFiles({ files, without, place }: TestCase): FilesOfTest {
  const folder = mkdtempSync(join(tmpdir(), "ctf-test-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const bySource = new Map<string, string[]>();
  const refuse = (message: string): never => {
    remove();
    throw new DiagnosticError([badTestValue({ message, span: place })]);
  };
  for (const { source, name, bytes } of files) {
    const path = resolve(folder, name);
    if (!path.startsWith(folder + sep)) refuse(`${name} is no name of a file`);
    if (existsSync(path)) refuse(`two files are called ${name}: all of a test's files lie in one folder`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    bySource.set(source.sourceName, [...(bySource.get(source.sourceName) ?? []), name]);
  }
  const lacking = new Set(without.map(({ sourceName }) => sourceName));
  /** Of a source that the test does not name none, so that there is nothing to read. */
  const namesOf = (source: string, declared: readonly string[], span: Span): readonly string[] => {
    if (!lacking.has(source)) return bySource.get(source) ?? [];
    throw new DiagnosticError(declared.map((pattern) => noFileFor(pattern, source, span)));
  };
  const inFolder = <F extends WithPatterns>(from: F, span: Span): F => ({
    ...from,
    patterns: namesOf(from.source, from.patterns, span).map((name) => join(folder, name)),
  });
  const call = (from: PythonCall, span: Span): PythonCall => ({
    ...from,
    inputs: from.inputs.map((input) => (input.type === "files" ? inFolder(input, span) : input)),
  });
  const documents = ({ documents: of, forms, ...more }: DocumentRows, span: Span): DocumentRows => ({
    ...more,
    documents: of.from.type === "files" ? { ...of, from: inFolder(of.from, span) } : of,
    forms:
      forms.type === "stored" && forms.from.type === "files" ? { ...forms, from: inFolder(forms.from, span) } : forms,
  });
  return {
    folder,
    reading: (action, span) => {
      if ("call" in action) return { ...action, call: call(action.call, span) };
      if (!("rows" in action)) return action;
      const { rows } = action;
      switch (rows.type) {
        case "python":
          return { ...action, rows: { ...rows, call: call(rows.call, span) } };
        case "documents":
          return { ...action, rows: documents(rows, span) };
        case "files":
          return { ...action, rows: { ...rows, patterns: namesOf(rows.source, rows.patterns, span) } };
        default:
          return action;
      }
    },
    remove,
  };
}
