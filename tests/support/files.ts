import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { EXAMPLE_BASE } from "../../src/check/catalogue.ts";
import { checkProject } from "../../src/check/index.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { kinds as builtIn } from "../../src/kinds/index.ts";
import type { KindSyntaxes } from "../../src/project/kind_syntax.ts";
import { loadProject } from "../../src/project/load.ts";
import type { Project } from "../../src/project/types.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder with these files, removed at the end of the test. */
export function folderOf(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), "ctf-files-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  write(root, files);
  return root;
}

export function write(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

export interface Checked {
  readonly root: string;
  readonly project: Project;
  readonly diagnostics: readonly Diagnostic[];
}

/** Loads and checks a project of these files. */
export async function check(files: Files, kinds: KindSyntaxes = builtIn): Promise<Checked> {
  return checkFolder(folderOf({ ...EXAMPLE_BASE, ...files }), kinds);
}

export async function checkFolder(
  root: string,
  kinds: KindSyntaxes = builtIn,
  options: { readonly cache?: boolean } = { cache: false },
): Promise<Checked> {
  const { project, diagnostics } = await loadProject(root, kinds, options);
  return { root, project, diagnostics: [...diagnostics, ...(await checkProject(project, options))] };
}

/** `pipelines/claims/paid.yaml:3:5 CTF101 message → hint`, one line each. */
export function lines(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ span, code, message, hint }) => {
    const place = span?.start ? `${span.file}:${span.start.line}:${span.start.column}` : (span?.file ?? "");
    return `${place} ${code} ${message}${hint === undefined ? "" : ` → ${hint}`}`;
  });
}
