/** What structural tests found, for people. */
import { type Diagnostic, isError } from "../../diagnostics/diagnostic.ts";
import { structuralChecks } from "../../testing/structural/checks/index.ts";
import { loadChecks } from "../../testing/structural/load/checks/index.ts";
import type { Finding, StructuralVerdict } from "../../testing/structural/types.ts";
import { counted, duration } from "../terminal/numbers.ts";
import type { Style } from "../terminal/style.ts";

interface Drawing {
  readonly style: Style;
  readonly problems: (diagnostics: readonly Diagnostic[]) => string;
}

export const checkTitle = (name: string): string =>
  [...structuralChecks, ...loadChecks].find((check) => check.name === name)?.title ?? name;

/** `notes`: also what nobody has to mend. */
export function findingLines(verdict: StructuralVerdict, drawing: Drawing, notes: boolean): readonly string[] {
  return verdict.findings
    .filter(({ diagnostic }) => notes || isError(diagnostic))
    .flatMap((finding) => linesOf(finding, verdict, drawing));
}

function linesOf(finding: Finding, { of, file }: StructuralVerdict, { style, problems }: Drawing): readonly string[] {
  const { check, diagnostic, test, words } = finding;
  const failed = isError(diagnostic);
  const mark = failed ? style.red("✗") : style.dim("·");
  const title = `${mark} ${style.bold(of)}: ${checkTitle(check)}`;
  const where = `The smallest rows that show it, as a test for ${file.replace(/\.yaml$/, ".test.yaml")}:`;
  return [
    title,
    ...indented(problems([diagnostic]).trimEnd().split("\n")),
    ...(words === undefined ? [] : [style.dim(`  ${words}`)]),
    ...(test === undefined ? [] : [`  ${where}`, ...indented(indented(test.trimEnd().split("\n")))]),
    "",
  ];
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => (line === "" ? "" : `  ${line}`));

export function structuralSummary(
  verdicts: readonly StructuralVerdict[],
  all: number,
  seconds: number,
  notesShown: boolean,
): string {
  const diagnostics = verdicts.flatMap(({ findings }) => findings.map(({ diagnostic }) => diagnostic));
  const failed = verdicts.filter(({ findings }) => findings.some(({ diagnostic }) => isError(diagnostic))).length;
  const notes = diagnostics.filter((one) => !isError(one)).length;
  const notRun = all - verdicts.length;
  const parts = [
    failed > 0 && `${failed} failed`,
    `${verdicts.length - failed} passed`,
    notes > 0 && `${counted(notes, "note")}${notesShown ? "" : ' ("ctf test --structural" shows them)'}`,
    notRun > 0 && `${notRun} not run`,
  ].filter(Boolean);
  return `Structural tests of ${counted(all, "transform")}: ${parts.join(", ")}, in ${duration(seconds)}.`;
}
