import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/**
 * Puts new content in a file's place, under its old permissions: who reads meanwhile sees the one or the other, never half.
 * @throws what the file system says; the file is as it was then
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  const unfinished = `${path}.${process.pid}.unfinished`;
  try {
    writeFileSync(unfinished, content, mode === undefined ? {} : { mode });
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
