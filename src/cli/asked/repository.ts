import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** The folder with `.git` that the project lies in; undefined where there is none. */
export function repositoryOf(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Code review names files from the repository's root, CTF from the project's: `warehouse/` leads from one to the other. */
export function repositoryPrefix(root: string): string {
  const prefix = relative(repositoryOf(root) ?? root, root).replaceAll(sep, "/");
  return prefix === "" ? "" : `${prefix}/`;
}
