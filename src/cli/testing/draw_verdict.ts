/** A test that ended, for people. Rows are the test's own, so their values are shown. */
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.ts";
import { shellWord } from "../../diagnostics/shell_word.ts";
import type { Difference } from "../../testing/judge/difference.ts";
import type { ExpectedTable } from "../../testing/types.ts";
import type { Failure, Verdict } from "../../testing/verdict.ts";
import { unmasked } from "../../warehouse/errors.ts";
import type { CellText } from "../../warehouse/testbed/values.ts";
import type { Style } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";
import { headline, otherError, placeOf, testName } from "./failure_words.ts";

/** So many rows of each sort are shown. */
const MOST = 20;

export interface Drawing {
  readonly style: Style;
  readonly width: number | undefined;
  /** Problems with the lines that they are about. */
  readonly problems: (diagnostics: readonly Diagnostic[]) => string;
}

/** None for one of many that has nothing to say. */
export function passedLines(verdict: Verdict, drawing: Drawing, isOneOfFew: boolean): readonly string[] {
  if (!isOneOfFew && verdict.notes.length === 0) return [];
  const { style } = drawing;
  return [`${style.green("✓")} ${testName(verdict)}`, ...noteLines(verdict, drawing)];
}

const noteLines = ({ notes }: Verdict, drawing: Drawing): readonly string[] =>
  notes.length === 0 ? [] : indented(problemLines(notes, drawing));

/** `told`: what was told of tests before; it grows. */
export function failedLines(verdict: Verdict, drawing: Drawing, told: Set<Diagnostic>): readonly string[] {
  const { style } = drawing;
  const { failures, test } = verdict;
  const wasRun = failures.some((one) => one.type !== "refused" || ownCodes(one.diagnostics, test.file).length > 0);
  return [
    `${style.red("✗")} ${style.bold(testName(verdict))}`,
    ...failures.flatMap((failure) => failureLines(failure, verdict, drawing, told)),
    ...noteLines(verdict, drawing),
    ...(wasRun ? [style.dim(`  Look at it: ${debugCommand(verdict)}`)] : []),
    "",
  ];
}

/** What is wrong with the test itself, or can be seen without running anything, is nothing that a run would refuse. */
const ownCodes = (diagnostics: readonly Diagnostic[], file: string): readonly string[] =>
  diagnostics.flatMap(({ code, span }) =>
    (code >= "CTF860" && code <= "CTF869") || code < "CTF400" || span?.file === file ? [] : [code],
  );

/** The command that opens the database as it was when the test ended. */
const debugCommand = ({ test }: Verdict): string =>
  `ctf test ${shellWord(test.file)} -k ${shellWord(test.name)} --debug`;

function failureLines(failure: Failure, verdict: Verdict, drawing: Drawing, told: Set<Diagnostic>): readonly string[] {
  if (failure.type === "refused") {
    const { diagnostics } = failure;
    // What keeps many tests from being run is told once.
    const isKnown = diagnostics.every((one) => told.has(one));
    for (const one of diagnostics) told.add(one);
    if (isKnown)
      return diagnostics.map(({ code, span }) => `  ${drawing.style.bold(placeText(span))} ${code}, as above`);
    const [code] = ownCodes(diagnostics, verdict.test.file);
    const hint = code === undefined ? [] : [`  → If this is what must happen: expect_error: {code: ${code}}`];
    return [...indented(problemLines(diagnostics, drawing)), ...hint];
  }
  const first = (words: string) => `  ${drawing.style.bold(placeText(placeOf(failure, verdict)))} ${words}`;
  if (failure.type === "rows") return [first(headline(failure)), ...indented(differenceLines(failure, drawing))];
  if (failure.type === "other_error") {
    const words = indented(problemLines(failure.diagnostics, drawing));
    return [first(`${otherError(failure)} with`), ...words];
  }
  return [first(headline(failure))];
}

const placeText = (span: Span | undefined): string =>
  span?.start ? `${span.file}:${span.start.line}:${span.start.column}` : (span?.file ?? "");

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => (line === "" ? "" : `  ${line}`));

function problemLines(diagnostics: readonly Diagnostic[], { problems, style }: Drawing): readonly string[] {
  const words = new Set(diagnostics.flatMap((one) => unmasked(one)?.split("\n") ?? []));
  return [
    ...problems(diagnostics.map(withoutOffer)).trimEnd().split("\n"),
    ...[...words].map((line) => style.dim(line)),
  ];
}

/** What --show-data would show is shown in any case, for the rows are the test's own. */
function withoutOffer(one: Diagnostic): Diagnostic {
  const { hint, ...others } = one;
  return hint?.includes("--show-data") && unmasked(one) !== undefined ? others : one;
}

function differenceLines(
  { expected, difference }: { readonly expected: ExpectedTable; readonly difference: Difference },
  drawing: Drawing,
): readonly string[] {
  const { changed, missing, unexpected, columns, keys } = difference;
  const line = (n: number) => `line ${expected.at(n).start?.line ?? "?"}`;
  const lines: string[] = [];
  if (changed.length > 0) {
    // What is the same is left out: of columns in which no row differs all, of the others the cells.
    const shown = columns.map((_, n) => n).filter((n) => keys.includes(n) || changed.some(({ differs }) => differs[n]));
    const rows = changed.slice(0, MOST).flatMap(({ expected: row, actual, differs }): Marked[] => {
      const only = (cells: readonly CellText[]) =>
        shown.map((n) => (keys.includes(n) || differs[n] ? cellText(cells[n]!) : ""));
      return [
        { mark: "-", cells: only(row.cells), note: `expected, ${line(row.expected!)}` },
        { mark: "+", cells: only(actual.cells), note: "" },
      ];
    });
    lines.push(
      ...marked(
        shown.map((n) => columns[n]!),
        rows,
        drawing,
      ),
      ...more(changed.length, drawing.style),
    );
  }
  const others: Marked[] = [
    ...missing.slice(0, MOST).map(({ cells, expected: n }): Marked => ({
      mark: "-",
      cells: cells.map(cellText),
      note: `expected, ${line(n!)}`,
    })),
    ...unexpected.slice(0, MOST).map(({ cells }): Marked => ({ mark: "+", cells: cells.map(cellText), note: "" })),
  ];
  if (others.length > 0) lines.push(...marked(columns, others, drawing));
  lines.push(...more(missing.length, drawing.style), ...more(unexpected.length, drawing.style));
  return lines;
}

interface Marked {
  /** Expected and not there, or there and not expected. */
  readonly mark: "-" | "+";
  readonly cells: readonly string[];
  readonly note: string;
}

function marked(columns: readonly string[], rows: readonly Marked[], { style, width }: Drawing): readonly string[] {
  const titles = ["", ...columns, ""].map((title) => ({ title, min: 4 }));
  const cells = rows.map(({ mark, cells, note }) => [
    mark === "-" ? style.red("-") : style.green("+"),
    ...cells,
    style.dim(note),
  ]);
  return table(titles, cells, style, width === undefined ? undefined : width - 2);
}

const more = (all: number, style: Style): readonly string[] =>
  all > MOST ? [style.dim(`… and ${all - MOST} more`)] : [];

/** NULL is told from every text, an empty one too. */
function cellText(text: CellText): string {
  if (text === null) return "NULL";
  const isPlain = text !== "" && text !== "NULL" && text === text.trim();
  // oxlint-disable-next-line no-control-regex
  const shown = text.replace(/[\x00-\x1f\x7f-\x9f]/g, (c) =>
    c === "\n" ? "\\n" : `\\x${c.charCodeAt(0).toString(16)}`,
  );
  return isPlain ? shown : `'${shown}'`;
}
