/** Adds a key to a mapping of a definition. Everything else stays as it is, to the letter. */
import { isMap, isScalar, parseDocument } from "yaml";
import type { TextEdit } from "../../diagnostics/diagnostic.ts";
import type { Path } from "../problem.ts";
import { editOf, lineEnd, lineEndOf, lineStart, mapOf, type Range } from "./list_edits.ts";

/**
 * The edit that adds `entry` ("phi: true") to the mapping at `path`: at its end within braces, else on a line of its own
 * after that of the key `after`. Undefined where the mapping is written in a way that can't be added to.
 */
export function addKey(file: string, text: string, path: Path, entry: string, after: string): TextEdit | undefined {
  const map = mapOf(parseDocument(text))?.getIn(path);
  if (!isMap(map)) return undefined;
  if (map.flow) {
    const last = (map.items.at(-1)?.value as { range?: Range } | undefined)?.range;
    return last && editOf(file, text, { from: last[1], to: last[1], text: `, ${entry}` });
  }
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === after);
  const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  const end = isScalar(pair?.value) ? pair.value.range?.[1] : undefined;
  if (start === undefined || end === undefined) return undefined;
  const indent = " ".repeat(start - lineStart(text, start));
  const at = lineEnd(text, end);
  const line = lineEndOf(text);
  const own = text[at - 1] === "\n" ? `${indent}${entry}${line}` : `${line}${indent}${entry}`;
  return editOf(file, text, { from: at, to: at, text: own });
}
