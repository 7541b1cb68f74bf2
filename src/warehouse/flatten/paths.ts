/** A path names one answer of a form: the slugs on the way to it, joined by dots; the root's own slug is left out. */

/** A dot, a quote or a backslash within a slug has a backslash before it, so that no two answers share a path. */
const escapeSlug = (slug: string): string => slug.replaceAll(/[\\."]/g, String.raw`\$&`);

export const below = (path: string, slug: string): string =>
  path === "" ? escapeSlug(slug) : `${path}.${escapeSlug(slug)}`;

/** The slugs of a path that a person wrote. */
export function slugsOf(path: string): readonly string[] {
  const slugs = [""];
  for (let at = 0; at < path.length; at++) {
    const character = path[at]!;
    if (character === ".") slugs.push("");
    else slugs[slugs.length - 1] += character === "\\" && at + 1 < path.length ? path[++at]! : character;
  }
  return slugs;
}
