/** The files of tests that a project has, and those of them that were asked for. */
import { readdirSync } from "node:fs";
import { join, posix } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { loadFactories } from "../project/rows/factories.ts";
import type { Project } from "../project/types.ts";
import { namesOf } from "./read/names.ts";
import { readTests } from "./read/read_tests.ts";
import type { TestCase } from "./types.ts";

export interface FoundTests {
  readonly tests: readonly TestCase[];
  /** By the order of the files. */
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly string[];
}

/** `*.test.yaml` in the folders of pipelines, from the project's root. */
export const testFiles = (project: Project): readonly string[] =>
  inPipelines(project, (name) => name.endsWith(".test.yaml"));

/** Files that look as if they were to hold tests, and do not have the name for it. */
export const misnamedTests = (project: Project): readonly string[] =>
  inPipelines(project, (name) => /[._-]tests?\.ya?ml$/.test(name) && !name.endsWith(".test.yaml"));

const inPipelines = ({ root, pipelines }: Project, isMeant: (name: string) => boolean): readonly string[] =>
  pipelines.flatMap(({ folder }) =>
    readdirSync(join(root, folder))
      .filter((name) => isMeant(name) && !name.startsWith("."))
      .sort()
      .map((name) => `${folder}/${name}`),
  );

export async function findTests(project: Project, files: readonly string[]): Promise<FoundTests> {
  const names = namesOf(project);
  const factories = loadFactories(project);
  const read = await Promise.all(
    files.map((file) => readTests(project, names, factories.of(posix.basename(posix.dirname(file))), file)),
  );
  return {
    tests: read.flatMap(({ tests }) => tests),
    diagnostics: [...factories.diagnostics, ...read.flatMap(({ diagnostics }) => diagnostics)],
    files,
  };
}
