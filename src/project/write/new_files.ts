import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Text by path from the project's root. */
export type NewFiles = Readonly<Record<string, string>>;

/** Writes files that are not there yet; one that is, stops it (EEXIST). */
export function writeNewFiles(root: string, files: NewFiles): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { flag: "wx" });
  }
}
