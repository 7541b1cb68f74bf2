import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { CliContext } from "../context.ts";

/** Writes a file into the data-dir's results, and says where it is. */
export function writeResult(context: CliContext, dataDir: string, name: string, content: string): void {
  const folder = join(dataDir, "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  context.stderr.write(`Wrote ${relative(context.cwd, join(folder, name))}\n`);
}
