/** What `ctf check` does around the checks: mending what has one right answer, and leaving out what is known. */
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { counted } from "../terminal/numbers.ts";
import type { CliContext } from "../context.ts";
import type { Project } from "../../project/types.ts";

export interface Checked {
  readonly project: Project;
  readonly diagnostics: readonly Diagnostic[];
}

/** All that is found without a server. */
export async function checkStatically(context: CliContext): Promise<Checked> {
  const [{ project, diagnostics, fingerprint }, { checkProject }] = await Promise.all([
    context.loadProject(),
    import("../../check/index.ts"),
  ]);
  return { project, diagnostics: [...diagnostics, ...(await checkProject(project, { fingerprint }))] };
}

/** Makes fixes until none is left to make, says which these were, and gives what is found then. */
export async function fixAndCheck(context: CliContext): Promise<Checked> {
  const { makeFixes } = await import("../../check/fix.ts");
  const made = new Map<string, Diagnostic>();
  for (;;) {
    const checked = await checkStatically(context);
    const before = made.size;
    for (const one of makeFixes(context.root(), checked.diagnostics)) {
      made.set(`${one.code} ${one.fix![0]!.span.file} ${one.message}`, one);
    }
    // A fix that had to be made twice did not help.
    if (made.size === before) {
      context.stderr.write(fixedText([...made.values()]));
      return checked;
    }
  }
}

function fixedText(made: readonly Diagnostic[]): string {
  if (made.length === 0) return "Nothing that --fix could mend.\n";
  const files = new Set(made.map(({ fix }) => fix![0]!.span.file));
  const lines = made.map(({ code, message, fix }) => `  ${fix![0]!.span.file}  ${code} ${message}\n`);
  return `Mended ${counted(made.length, "problem")} in ${counted(files.size, "file")}:\n${lines.join("")}`;
}

const DEFAULT_BASELINE = "ctf_baseline.json";

export interface BaselineFlags {
  readonly baseline?: string | true;
  readonly updateBaseline?: boolean;
}

interface BaselineOf {
  /** Where it is, if the flag says nothing else. */
  readonly file: string;
  /** As in "A check with --baseline reports …". */
  readonly what: string;
  /** What nobody looked into this time: what is known of it stays. */
  readonly isOther: (file: string) => boolean;
}

const ofCheck: BaselineOf = { file: DEFAULT_BASELINE, what: "A check", isOther: () => false };

/** What of it is not known yet. Writes the file where there is none, or where it is to be brought up to date. */
export async function withoutKnown(
  context: CliContext,
  diagnostics: readonly Diagnostic[],
  { baseline, updateBaseline }: BaselineFlags,
  { file, what, isOther }: BaselineOf = ofCheck,
): Promise<readonly Diagnostic[]> {
  if (baseline === undefined && !updateBaseline) return diagnostics;
  const { compare, knownOf, readBaseline, writeBaseline } = await import("../../check/baseline.ts");
  const path = typeof baseline === "string" ? resolve(context.cwd, baseline) : resolve(context.root(), file);
  const name = relative(context.cwd, path);
  const before = readBaseline(path);
  const known = before?.filter((one) => !isOther(one.file));
  if (known === undefined || updateBaseline) {
    writeBaseline(
      path,
      knownOf(
        diagnostics,
        before?.filter((one) => isOther(one.file)),
      ),
    );
    context.stderr.write(
      `Wrote ${counted(diagnostics.length, "known problem")} to ${name}. ${what} with --baseline reports only others.\n`,
    );
    return [];
  }
  const { fresh, hidden, gone } = compare(diagnostics, known, isIn(context));
  if (hidden > 0) context.stderr.write(`${counted(hidden, "known problem")} hidden, listed in ${name}.\n`);
  if (gone.length > 0) context.stderr.write(goneText(gone, name));
  return fresh;
}

/** What stops a run: problems that the project's baseline lists do not, as they were there before. */
export async function notInBaseline(
  context: CliContext,
  diagnostics: readonly Diagnostic[],
): Promise<readonly Diagnostic[]> {
  const path = resolve(context.root(), DEFAULT_BASELINE);
  if (diagnostics.length === 0 || !existsSync(path)) return diagnostics;
  const { compare, readBaseline } = await import("../../check/baseline.ts");
  return compare(diagnostics, readBaseline(path) ?? [], isIn(context)).fresh;
}

const isIn =
  (context: CliContext) =>
  (file: string): boolean =>
    existsSync(resolve(context.root(), file));

function goneText(gone: readonly { readonly code: string; readonly file: string }[], name: string): string {
  const lines = gone.slice(0, 10).map(({ code, file }) => `  ${code} ${file}\n`);
  const more = gone.length > 10 ? `  and ${gone.length - 10} more\n` : "";
  return `${counted(gone.length, "entry", "entries")} of ${name} no longer needed; --update-baseline takes them out:\n${lines.join("")}${more}`;
}
