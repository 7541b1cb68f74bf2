import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isError } from "../../diagnostics/diagnostic.ts";
import { renderText } from "../../diagnostics/render_text.ts";
import type { CliContext } from "../context.ts";
import { counted } from "./numbers.ts";

/** Indented, as people read it too; docs/json.md describes the shapes. */
export function writeJson(context: Pick<CliContext, "stdout">, value: unknown): void {
  context.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Problems for people, with the lines they are about where these can be read. */
export function problemsText(diagnostics: readonly Diagnostic[], color: boolean, root?: string): string {
  if (root === undefined || diagnostics.every((d) => d.span === undefined)) return renderText(diagnostics, { color });
  const texts = new Map<string, string | undefined>();
  const source = (file: string): string | undefined => {
    if (!texts.has(file)) texts.set(file, textOf(join(root, file)));
    return texts.get(file);
  };
  return renderText(diagnostics, { color, source });
}

/** Definitions and code only: a line of a data file is somebody's data. */
const isOurs = (path: string): boolean => /\.(ya?ml|sql|py)$/.test(path);

function textOf(path: string): string | undefined {
  if (!isOurs(path)) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** For commands that show what could be read of a project with errors: one line says that something is missing. */
export function mentionProblems(
  context: CliContext,
  diagnostics: readonly Diagnostic[],
  where = "in the project",
): void {
  const errors = diagnostics.filter(isError).length;
  if (errors === 0) return;
  context.stderr.write(`${counted(errors, "error")} ${where}; "ctf check" shows ${errors === 1 ? "it" : "them"}.\n`);
}
