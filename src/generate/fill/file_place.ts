/** Where the file goes that a pattern is to find. */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { glob } from "tinyglobby";

export type Place =
  /** Absolute, and as people write it. */
  { readonly path: string; readonly shown: string } | { readonly found: number } | { readonly reason: string };

/** `*` becomes "made"; a pattern that finds files already has what it needs. */
export async function placeFor(
  patterns: readonly string[],
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Place> {
  for (const pattern of patterns) {
    const unset = [...pattern.matchAll(/\$\{(\w+)\}/g)].find(([, name]) => env[name!] === undefined);
    if (unset) return { reason: `the environment variable ${unset[1]} is not set` };
  }
  const paths = patterns.map((pattern) => pattern.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => env[name]!));
  if (paths.some((path) => path.startsWith("s3://"))) return { reason: "its files are on S3" };
  const found = await glob([...paths], { cwd: root, dot: true, absolute: true });
  if (found.length > 0) return { found: found.length };
  const shown = paths[0]!
    .replaceAll("**/", "")
    .replaceAll(/\*+/g, "made")
    .replaceAll("?", "1")
    .replaceAll(/\{([^,{}]*),[^{}]*\}/g, "$1")
    .replaceAll(/\[([^\]!^-])[^\]]*\]/g, "$1");
  if (/[[\]{}!()]/.test(shown)) return { reason: "its pattern does not say what a file would be called" };
  const path = isAbsolute(shown) ? shown : join(root, shown);
  return existsSync(path) ? { reason: "the file is there, but its pattern does not find it" } : { path, shown };
}
