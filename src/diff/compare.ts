/** The project as it is in the working tree, compared with a commit. */
import { lineageOf } from "../check/lineage/graph.ts";
import { gatherContents, sqlContents } from "../check/uses/gather.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Project } from "../project/types.ts";
import { loadParser } from "../sql/parser.ts";
import { brokenBefore, noProjectBefore } from "./codes.ts";
import { concerned, withoutReaders } from "./concerned.ts";
import { findDifference } from "./difference.ts";
import { type Base, findBase } from "./git/base.ts";
import { type ChangedFile, changedFiles } from "./git/changed_files.ts";
import { linksIn, throughLinks } from "./git/links.ts";
import { withOldTree } from "./git/old_tree.ts";
import { hasProject, readSide, type Side, sideOf } from "./side.ts";
import type { Difference } from "./types.ts";

export interface Compared {
  readonly base: Base;
  readonly difference: Difference;
  /** What is to be known of the older side. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * `project` as it was loaded, with what is wrong in it. Without a `ref`, the commit at which this branch left the main one.
 * @throws DiagnosticError when git can't say how it was
 */
export async function compareProject(
  project: Project,
  diagnostics: readonly Diagnostic[],
  ref?: string,
): Promise<Compared> {
  const base = await findBase(project.root, ref);
  return compareWith(project, diagnostics, base, await changedFiles(project.root, base.commit));
}

/** The same, where it is known already which files have changed. `readers: false`: without whom it concerns, which takes longest. */
export async function compareWith(
  project: Project,
  diagnostics: readonly Diagnostic[],
  base: Base,
  changed: readonly ChangedFile[],
  options: { readonly readers: boolean } = { readers: true },
): Promise<Compared> {
  if (changed.length === 0) return { base, difference: { entries: [] }, diagnostics: [] };
  const now = sideOf(project, diagnostics);
  const links = await linksIn(project.root);
  const touched = throughLinks(
    project.root,
    changed.map(({ path }) => path),
    links,
  );
  return withOldTree(project.root, changed, links, async (oldRoot) => {
    const before = await readSide(oldRoot);
    await loadParser();
    const entries = findDifference({ before, now }, touched);
    const hasContracts = options.readers && entries.some(({ changes }) => changes.some(({ contract }) => contract));
    const difference = hasContracts
      ? concerned(entries, { before, now }, { before: await lineage(before), now: await lineage(now) })
      : withoutReaders(entries);
    return { base, difference, diagnostics: told(base, before, hasProject(oldRoot)) };
  });
}

async function lineage({ project }: Side) {
  const found = await gatherContents(project, sqlContents(project).contents, { cache: true });
  return lineageOf(project, new Map([...found].map(([id, { flows }]) => [id, flows])));
}

function told({ name }: Base, { errors }: Side, wasThere: boolean): readonly Diagnostic[] {
  if (!wasThere)
    return [noProjectBefore({ message: `${name} has no ctf.yaml in this folder: everything counts as new` })];
  if (errors === 0) return [];
  const count = errors === 1 ? "1 error" : `${errors} errors`;
  return [brokenBefore({ message: `the project had ${count} in ${name}; it is compared as far as it could be read` })];
}
