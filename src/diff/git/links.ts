/** Symbolic links of a project: what is changed may be read under other names, too. */
import { realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { gitOutput, parts } from "./process.ts";

/** All that git knows, from the project's root. */
export async function linksIn(root: string): Promise<readonly string[]> {
  const listed = parts(await gitOutput(root, ["ls-files", "-z", "--stage", "--", "."]));
  return listed.filter((line) => line.startsWith("120000 ")).map((line) => line.slice(line.indexOf("\t") + 1));
}

/** The changed paths, with the names that these have through links. */
export function throughLinks(root: string, changed: readonly string[], links: readonly string[]): ReadonlySet<string> {
  const all = new Set(changed);
  for (const link of links) {
    const target = targetOf(root, link);
    if (target === undefined) continue;
    for (const path of changed) {
      if (path === target) all.add(link);
      else if (path.startsWith(`${target}/`)) all.add(link + path.slice(target.length));
    }
  }
  return all;
}

/** From the root; undefined for a link that leads nowhere. */
function targetOf(root: string, link: string): string | undefined {
  try {
    return relative(realpathSync(root), realpathSync(join(root, link))).replaceAll(sep, "/");
  } catch {
    return undefined;
  }
}
