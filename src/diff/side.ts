/** One state of a project: what its files declare, and the code beside them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Diagnostic, isError } from "../diagnostics/diagnostic.ts";
import { kinds } from "../kinds/index.ts";
import { importedModules } from "../kinds/python/modules.ts";
import { discover } from "../project/discover.ts";
import { readText } from "../project/files.ts";
import { loadProject } from "../project/load.ts";
import { PROJECT_FILE } from "../project/root.ts";
import type { Project } from "../project/types.ts";

export interface Side {
  readonly project: Project;
  /** Transforms that are there, but can't be read. */
  readonly unreadable: ReadonlySet<string>;
  /** How many errors there are in it. */
  readonly errors: number;
  /** A file's text; empty where it can't be read. */
  read(file: string): string;
  /** The texts of the project's modules that a Python file imports. */
  modules(file: string): readonly string[];
}

export interface Sides {
  readonly before: Side;
  readonly now: Side;
}

export async function readSide(root: string): Promise<Side> {
  const { project, diagnostics } = await loadProject(root, kinds);
  return sideOf(project, diagnostics);
}

export const hasProject = (root: string): boolean => existsSync(join(root, PROJECT_FILE));

export function sideOf(project: Project, diagnostics: readonly Diagnostic[]): Side {
  const { root } = project;
  const read = (file: string): string => {
    try {
      return readText(join(root, file));
    } catch {
      return "";
    }
  };
  return {
    project,
    unreadable: unreadableIn(project, diagnostics),
    errors: diagnostics.filter(isError).length,
    read,
    modules: (file) => importedModules(root, file, read(file)),
  };
}

/** Transforms whose definitions lie there, and that are not in the project. */
function unreadableIn({ root, transforms }: Project, diagnostics: readonly Diagnostic[]): ReadonlySet<string> {
  if (!diagnostics.some(isError)) return new Set();
  const read = new Set(transforms.map(({ id }) => id));
  const there = discover(root).pipelines.flatMap((one) => one.definitions.map(({ name }) => `${one.name}.${name}`));
  return new Set(there.filter((id) => !read.has(id)));
}
