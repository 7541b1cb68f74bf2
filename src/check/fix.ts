/** Makes the fixes of diagnostics that have one right answer. */
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Diagnostic, Position, TextEdit } from "../diagnostics/diagnostic.ts";
import { replaceFile } from "../project/write/replace_file.ts";
import { isFixable } from "./catalogue.ts";

/**
 * Changes the files, each as a whole or not at all, and says which diagnostics that mends. A fix that is in the way of one
 * before it is left for the next check.
 * @throws what the file system says of a file that can't be written; the others are as they were or wholly changed
 */
export function makeFixes(root: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byFile = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics.filter(isFixable)) {
    const { file } = diagnostic.fix![0]!.span;
    byFile.set(file, [...(byFile.get(file) ?? []), diagnostic]);
  }
  return [...byFile].flatMap(([file, wanted]) => {
    const path = realpathSync(join(root, file));
    const { text, made } = withFixes(readFileSync(path, "utf8"), wanted);
    // An unusual way of writing may have led a fix astray: then the file stays as it is.
    if (made.length === 0 || (/\.ya?ml$/.test(file) && parseDocument(text).errors.length > 0)) return [];
    replaceFile(path, text);
    return made;
  });
}

interface Cut {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function withFixes(text: string, wanted: readonly Diagnostic[]): { text: string; made: readonly Diagnostic[] } {
  const offsetOf = offsets(text);
  const cuts: Cut[] = [];
  const made: Diagnostic[] = [];
  for (const diagnostic of wanted) {
    const own = diagnostic.fix!.map((edit) => cutOf(edit, offsetOf));
    if (own.some((one) => cuts.some((other) => inTheWay(one, other)))) continue;
    cuts.push(...own);
    made.push(diagnostic);
  }
  let result = text;
  // From the end, so that places before stay what they are; of two at one place the later goes in first.
  for (const { from, to, text } of cuts.toReversed().sort((a, b) => b.from - a.from)) {
    result = result.slice(0, from) + text + result.slice(to);
  }
  return { text: result, made };
}

const cutOf = ({ span, text }: TextEdit, offsetOf: (at: Position) => number): Cut => ({
  from: offsetOf(span.start),
  to: offsetOf(span.end),
  text,
});

/** Two items may be added to one list at the same place; two new lists may not. */
function inTheWay(a: Cut, b: Cut): boolean {
  // What is removed may have been the last of a list, which then goes as well.
  if (a.text === "" || b.text === "") return true;
  if (a.from < b.to && b.from < a.to) return true;
  const bothAdd = a.from === a.to && b.from === b.to && a.from === b.from;
  return bothAdd && !(isItem(a) && isItem(b));
}

const isItem = ({ text }: Cut): boolean => /^(\r?\n)? *- |^, /.test(text);

/** Places count code points, and not a byte order mark. */
function offsets(text: string): (at: Position) => number {
  const starts = [text.charCodeAt(0) === 0xfeff ? 1 : 0];
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return ({ line, column }) => {
    const start = starts[line - 1] ?? text.length;
    let at = start;
    for (let n = 1; n < column && at < text.length; n++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
    return at;
  };
}
