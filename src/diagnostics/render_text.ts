/** Diagnostics for people: one line that stands alone, the place in its file, and what to do. */
import type { Diagnostic, Severity, Span } from "./diagnostic.ts";

export interface TextOptions {
  readonly color: boolean;
  /** The text of a file of the project: with it, the lines themselves are shown. */
  readonly source?: (file: string) => string | undefined;
}

type Paint = (text: string) => string;
const paint =
  (on: number, off: number) =>
  (color: boolean): Paint =>
  (text) =>
    color ? `\x1b[${on}m${text}\x1b[${off}m` : text;
const bold = paint(1, 22);
const dim = paint(2, 22);
const colors: Readonly<Record<Severity, (color: boolean) => Paint>> = {
  error: paint(31, 39),
  warning: paint(33, 39),
  info: paint(36, 39),
};

export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions): string {
  return diagnostics
    .map((diagnostic) => `${renderOne(diagnostic, options).join("\n")}\n`)
    .join(options.source ? "\n" : "");
}

function renderOne(diagnostic: Diagnostic, { color, source }: TextOptions): readonly string[] {
  const { severity, span, labels = [], hint } = diagnostic;
  const place = span ? `${bold(color)(placeText(span))} ` : "";
  const lines = [`${place}${colors[severity](color)(diagnostic.code)} ${asOneLine(diagnostic.message)}`];
  if (span && source) lines.push(...excerpt(span, source, color, colors[severity](color)));
  for (const label of labels) lines.push(`  ${dim(color)(`${placeText(label.span)}:`)} ${asOneLine(label.message)}`);
  if (hint !== undefined) lines.push(...hint.split("\n").map((line, i) => `  ${i === 0 ? "→" : " "} ${visible(line)}`));
  return lines;
}

/** `file:line:column`, as far as they are known. */
const placeText = ({ file, start }: Span): string =>
  start ? `${visible(file)}:${start.line}:${start.column}` : visible(file);

const asOneLine = (text: string): string => visible(text.replace(/\s*\n\s*/g, " "));

/** Control characters can't be let loose on a terminal. */
const visible = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);

const WIDEST = 160;

function excerpt(
  { file, start, end }: Span,
  source: (file: string) => string | undefined,
  color: boolean,
  mark: Paint,
) {
  if (!start) return [];
  const line = source(file)?.split("\n")[start.line - 1]?.replace(/\r$/, "");
  if (line === undefined || line.trim() === "") return [];
  const characters = [...line];
  // Of a very long line, the part around the place.
  const from = start.column > WIDEST ? start.column - WIDEST / 2 : 0;
  const shown = characters.slice(from, from + WIDEST);
  const number = String(start.line);
  const until = end && end.line === start.line ? end.column : characters.length + 1;
  const width = Math.max(1, Math.min(until, from + WIDEST + 1) - start.column);
  // Tabs stay tabs, so that the marks stand under what they mean.
  const lead = shown.slice(0, start.column - 1 - from).map((c) => (c === "\t" ? "\t" : " ".repeat(cellsOf(c))));
  const under = shown.slice(start.column - 1 - from, start.column - 1 - from + width);
  const marks = "^".repeat(
    Math.max(
      1,
      under.reduce((sum, c) => sum + cellsOf(c), 0),
    ),
  );
  return [
    `  ${dim(color)(`${number} |`)} ${visible(shown.join(""))}`,
    `  ${dim(color)(`${" ".repeat(number.length)} |`)} ${lead.join("")}${mark(marks)}`,
  ];
}

/** How many cells of a terminal a character takes. */
function cellsOf(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  return /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u.test(
    character,
  )
    ? 2
    : 1;
}

/** `2 errors and 1 warning`; `no problems` if there are none. */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity, word: string) => {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    return n === 0 ? [] : [`${n} ${word}${n === 1 ? "" : "s"}`];
  };
  const parts = [...count("error", "error"), ...count("warning", "warning"), ...count("info", "remark")];
  return parts.length === 0 ? "no problems" : parts.join(" and ");
}
