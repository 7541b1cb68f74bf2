/** Small projects, and what compiling says of them. */
import { expect, inject } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { compileProject, type CompileOptions } from "../../src/compile/compile.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import { isError } from "../../src/diagnostics/diagnostic.ts";
import { lines, write, type Files } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";
import { scratchServer, type TestMajor } from "../support/servers.ts";

export interface Compiled {
  readonly root: string;
  /** `t.sql:1:8 CTF515 message → hint`, one a problem; the folder of pipeline p is left out. */
  readonly said: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** What was announced: a server that was started. */
  readonly notices: readonly string[];
}

/** Transforms stand in pipeline p: `{"t.yaml": …, "t.sql": …}`; other paths count from the project's root. */
export function projectOf(major: TestMajor, files: Files): string {
  const { root } = scratchProject({
    "ctf.yaml": `ctf: 1\nproject: test\npostgres: ${major}\n`,
    "pipelines/p/pipeline.yaml": "description: P\nowners: [us@clover.example]\n",
  });
  change(root, files);
  return root;
}

export const change = (root: string, files: Files): void =>
  write(
    root,
    Object.fromEntries(
      Object.entries(files).map(([path, text]) => [
        path.includes("/") || path === "ctf.yaml" ? path : `pipelines/p/${path}`,
        text,
      ]),
    ),
  );

export async function compile(root: string, options: CompileOptions = {}): Promise<Compiled> {
  const { project, diagnostics: wrong } = await loadProject(root, kinds, { cache: false });
  expect(lines(wrong.filter(isError))).toEqual([]);
  const notices: string[] = [];
  // One server for all tests: starting one for each would take longer than all that they do.
  const server = scratchServer(inject("testFolder"), project.postgres as TestMajor);
  const diagnostics = await compileProject(project, kinds, {
    cache: false,
    server,
    ...options,
    notice: (text) => notices.push(text),
  });
  const said = lines(diagnostics).map((line) => line.replaceAll("pipelines/p/", ""));
  return { root, said, diagnostics, notices };
}

export const compileFiles = (major: TestMajor, files: Files): Promise<Compiled> => compile(projectOf(major, files));

/** A definition of kind create_table_as. `inputs` as in YAML, `more`: further keys of the output. */
export function table(
  name: string,
  columns: Readonly<Record<string, string>>,
  { inputs = [], more = [], top = "kind: create_table_as" }: { inputs?: string[]; more?: string[]; top?: string } = {},
): string {
  return [
    top,
    ...(inputs.length > 0 ? ["inputs:", ...inputs.map((input) => `  - ${input}`)] : []),
    "output:",
    `  table: ${name}`,
    "  columns:",
    ...Object.entries(columns).map(([column, type]) => `    - {name: ${column}, type: ${type}}`),
    ...more.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** A transform that has its rows from elsewhere: its output is known by its declaration alone. */
export const given = (name: string, columns: Readonly<Record<string, string>>, more: string[] = []): string =>
  table(name, columns, { top: "kind: no_op", more });

/** A transform of kind sql. */
export const sql = (outputs: readonly string[], inputs: readonly string[] = [], top: readonly string[] = []): string =>
  [
    "kind: sql",
    ...top,
    ...(inputs.length > 0 ? ["inputs:", ...inputs.map((input) => `  - ${input}`)] : []),
    ...(outputs.length > 0 ? ["outputs:", ...outputs.map((output) => `  - ${output}`)] : ["outputs: []"]),
    "",
  ].join("\n");
