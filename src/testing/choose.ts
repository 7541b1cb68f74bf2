/** What a person types for some of the tests: pipelines, transforms and files. */
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { findPipeline, findTransform, fromRoot, isDiagnostic } from "../graph/names.ts";
import type { Project, Transform } from "../project/types.ts";
import { testFiles } from "./find_tests.ts";
import { nameIn } from "./read/subject.ts";
import type { TestCase } from "./types.ts";

export interface Chosen {
  readonly files: readonly string[];
  readonly fits: (test: TestCase) => boolean;
  /** Whose structural tests are meant; none where a file of written ones is. */
  readonly transforms: readonly Transform[];
}

/** All of what is named, each once; everything where nothing is. @throws DiagnosticError for what is not there */
export function chooseTests(project: Project, names: readonly string[], cwd: string): Chosen {
  const all = testFiles(project);
  if (names.length === 0) return { files: all, fits: () => true, transforms: project.transforms };
  const chosen = names.map((name) => chooseOne(project, all, name, cwd));
  const transforms = new Set(chosen.flatMap((one) => one.transforms));
  return {
    files: all.filter((file) => chosen.some(({ files }) => files.includes(file))),
    fits: (test) => chosen.some(({ files, fits }) => files.includes(test.file) && fits(test)),
    transforms: project.transforms.filter((one) => transforms.has(one)),
  };
}

function chooseOne(project: Project, all: readonly string[], what: string, cwd: string): Chosen {
  const path = fromRoot(project, what, cwd);
  if (all.includes(path)) return { files: [path], fits: () => true, transforms: [] };
  const pipeline = findPipeline(project, what, cwd);
  if (!isDiagnostic(pipeline)) {
    const inside = (file: string) => file.startsWith(`${pipeline.folder}/`);
    const transforms = project.transforms.filter((one) => one.pipeline === pipeline.name);
    return { files: all.filter(inside), fits: () => true, transforms };
  }
  const transform = findTransform(project, what, { cwd });
  if (isDiagnostic(transform)) throw new DiagnosticError([transform]);
  const folder = transform.file.slice(0, transform.file.lastIndexOf("/"));
  return {
    files: all.filter((file) => file.startsWith(`${folder}/`) && nameIn(file) === transform.name),
    fits: ({ of }) => of === transform.id,
    transforms: [transform],
  };
}
