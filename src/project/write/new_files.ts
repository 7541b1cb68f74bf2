import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Text by path from the project's root. */
export type NewFiles = Readonly<Record<string, string>>;

/** Writes files that are not there yet, all or none; one that is, stops it (EEXIST), and so does a full disk. */
export function writeNewFiles(root: string, files: NewFiles): void {
  const made: string[] = [];
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(root, name);
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(path, "wx");
      made.push(path);
      try {
        writeFileSync(file, text);
      } finally {
        closeSync(file);
      }
    }
  } catch (error) {
    // Half a definition would be a problem of the project until somebody finds it.
    for (const path of made) rmSync(path, { force: true });
    throw error;
  }
}
