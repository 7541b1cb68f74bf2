/** What `ctf check` says of a project under git: which pipelines to run again for what changed. */
import { join } from "node:path";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { type Base, findBase } from "../../diff/git/base.ts";
import { type ChangedFile, changedFiles } from "../../diff/git/changed_files.ts";
import { contentHash, isBytes, readBytes } from "../../project/files.ts";
import { codeVersion, openKept } from "../../project/kept_file.ts";
import type { Project } from "../../project/types.ts";
import { repositoryOf } from "../asked/repository.ts";

/** A line, or nothing: where there is no git or no main branch or nothing to be run. */
export async function rerunText(project: Project, diagnostics: readonly Diagnostic[]): Promise<string> {
  if (repositoryOf(project.root) === undefined) return "";
  try {
    const base = await findBase(project.root);
    const changed = await changedFiles(project.root, base.commit);
    if (changed.length === 0) return "";
    const version = codeVersion();
    const kept = openKept<string>(join(project.root, ".ctf", "cache", "rerun.json"), version, { forget: true });
    const key = keyOf(project.root, base, changed);
    const known = kept.get("line", key);
    if (known !== undefined) return known;
    const line = await lineFor(project, diagnostics, base, changed);
    kept.set("line", key, line);
    kept.save();
    return line;
  } catch (error) {
    // Whoever wants to know why asks `ctf diff`.
    if (error instanceof DiagnosticError) return "";
    throw error;
  }
}

/** All that differs from the commit: with it, everything else is what the commit has. */
function keyOf(root: string, { commit, name }: Base, changed: readonly ChangedFile[]): string {
  const files = changed.map(({ path }) => {
    const bytes = readBytes(root, path);
    return [path, isBytes(bytes) ? contentHash(bytes) : null];
  });
  return contentHash(Buffer.from(JSON.stringify([commit, name, files])));
}

async function lineFor(
  project: Project,
  diagnostics: readonly Diagnostic[],
  base: Base,
  files: readonly ChangedFile[],
): Promise<string> {
  const [{ compareWith }, { pipelinesToRun }] = await Promise.all([
    import("../../diff/compare.ts"),
    import("../../diff/selection.ts"),
  ]);
  const { difference } = await compareWith(project, diagnostics, base, files, { readers: false });
  const { changed, following } = pipelinesToRun(project, difference);
  if (changed.length === 0) return "";
  const after =
    following.length === 0 ? "" : `, then what reads from ${changed.length === 1 ? "it" : "them"}: ${some(following)}`;
  return `To run again for what changed since ${base.name}: ${some(changed)}${after} ("ctf run --changed --downstream").\n`;
}

const SHOWN = 5;

const some = (names: readonly string[]): string =>
  names.length > SHOWN
    ? `${names.slice(0, SHOWN - 1).join(", ")} and ${names.length - SHOWN + 1} more`
    : names.join(", ");
