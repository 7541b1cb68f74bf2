/** The project's own files that a JavaScript or TypeScript file imports: when one of them changes, so does what it makes. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** What stands in a comment only means that more is watched than needed; the whole grammar would take too long for each plan. */
const IMPORTS = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](\.{1,2}\/[^"']*)["']/g;

/** Of a file's text and of the files that it imports, with those that they import in turn. Packages are not looked at. */
export function checksumOf(root: string, file: string, text: string): string {
  const found = new Map<string, string>([[join(root, file), text]]);
  for (const [path, code] of found) {
    for (const [, specifier] of code.matchAll(IMPORTS)) {
      const imported = join(dirname(path), specifier!);
      if (found.has(imported) || !statSync(imported, { throwIfNoEntry: false })?.isFile()) continue;
      found.set(imported, readFileSync(imported, "utf8"));
    }
  }
  const hash = createHash("sha256").update(text);
  // A zero byte between them: none has one inside.
  for (const path of [...found.keys()].sort()) hash.update("\0").update(found.get(path)!);
  return hash.digest("hex");
}
