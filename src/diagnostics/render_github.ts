/** Diagnostics as workflow commands, which a code review shows beside the lines they are about. */
import type { Diagnostic, Severity } from "./diagnostic.ts";

const COMMANDS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

/** `prefix` leads from the repository's root to the project's, where these differ: `warehouse/`. */
export function renderGithub(diagnostics: readonly Diagnostic[], prefix = ""): string {
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic, prefix)}\n`).join("");
}

function renderOne({ code, severity, message, span, labels = [], hint }: Diagnostic, prefix: string): string {
  const places = {
    file: span && prefix + span.file,
    line: span?.start?.line,
    col: span?.start?.column,
    endLine: span?.end?.line,
    // Annotations count the last column as part of the range.
    endColumn: span?.start && span.end ? lastColumn(span.start, span.end) : undefined,
    title: code,
  };
  const properties = Object.entries(places)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  const more = labels.map((label) => `${label.span.file}:${label.span.start?.line ?? 1}: ${label.message}`);
  const text = [message, ...more, ...(hint === undefined ? [] : [hint])].join("\n");
  return `::${COMMANDS[severity]} ${properties.join(",")}::${escapeData(text)}`;
}

const lastColumn = (start: { line: number; column: number }, end: { line: number; column: number }): number =>
  start.line === end.line ? Math.max(start.column, end.column - 1) : end.column;

const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
