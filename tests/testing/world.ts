/** A project whose tests are run by `ctf test`, on a scratch server of its own that one file of tests shares. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { runCtf, type CliResult } from "../support/cli.ts";
import { write, type Files } from "../support/files.ts";
import { scratchProject, type ScratchProject } from "../support/project.ts";
import { testPython } from "../support/python.ts";
import type { TestMajor } from "../support/servers.ts";

export interface World {
  readonly root: string;
  /** Replaces all files. Transforms stand in pipeline p: `{"t.yaml": …, "t.sql": …}`; other paths count from the root. */
  files(files: Files): void;
  /** `ctf test …` on them. */
  ctfTest(...args: readonly string[]): Promise<CliResult>;
  /** The same with these files; what it prints, without times. */
  said(files: Files, ...args: readonly string[]): Promise<string>;
}

const base = (major: TestMajor): Files => ({
  "ctf.yaml": `ctf: 1\nproject: test\npostgres: ${major}\npython: ${testPython()}\nvars:\n  run_date: {type: date, default: 2018-04-17}\n`,
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us@clover.example]\n",
  "sources/raw.yaml": `sources:
  - name: members
    table: raw.members
    columns:
      - {name: id, type: bigint, not_null: true}
      - {name: name, type: text}
      - {name: born, type: date}
      - {name: amount, type: "numeric(12,2)"}
      - {name: ratio, type: float8}
      - {name: seen, type: timestamptz}
      - {name: doc, type: jsonb}
`,
});

export function inWorld(major: TestMajor, tests: (world: World) => void): void {
  describe(`PostgreSQL ${major}`, () => {
    let project: ScratchProject;
    beforeAll(() => void (project = scratchProject({})));
    afterAll(() => project.remove());
    tests({
      get root() {
        return project.root;
      },
      files: (files) => replace(project.root, major, files),
      ctfTest: (...args) => runCtf(["test", ...args], { cwd: project.root }),
      async said(files, ...args) {
        replace(project.root, major, files);
        // Tests by their names, if nothing else is said: these are about the written ones alone.
        const all = args.length === 0 ? ["-k", ""] : args;
        const { stdout, stderr } = await runCtf(["test", ...all], { cwd: project.root });
        return masked(stdout + stderr);
      },
    });
  });
}

function replace(root: string, major: TestMajor, files: Files): void {
  for (const folder of ["pipelines", "sources"]) rmSync(join(root, folder), { recursive: true, force: true });
  const placed = Object.entries(files).map(([path, text]) => [
    path.includes("/") || path === "ctf.yaml" ? path : `pipelines/p/${path}`,
    text,
  ]);
  write(root, { ...base(major), ...(Object.fromEntries(placed) as Files) });
}

/** Without times, without the count of structural tests, and without the commands that look into a failure: they are in every one. */
export const masked = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("  Look at it: ") && !/^Structural tests of .*: \d+ passed,/.test(line))
    .join("\n")
    .replace(/in [\d.]+ s\.$/m, "in … s.")
    .trimEnd();

/** A transform of kind create_table_as that takes over the members' columns. */
export const copyOf = (columns: string, select: string, more = ""): Files => ({
  "t.yaml": `kind: create_table_as\ninputs: [{source: members}]\noutput:\n  table: p.t\n  columns: ${columns}\n${more}`,
  "t.sql": select,
});
