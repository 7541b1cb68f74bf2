import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { noProject } from "./codes/file_codes.ts";

export const PROJECT_FILE = "ctf.yaml";

/** The nearest folder with ctf.yaml, from here upwards; a DiagnosticError where there is none. */
export function findProjectRoot(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, PROJECT_FILE))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new DiagnosticError([
    noProject({
      message: `no ctf.yaml in ${resolve(from)} or above it`,
      hint: 'Go to a project\'s folder, or make one with "ctf init NAME".',
    }),
  ]);
}
