/** Adds to and removes from a list of a definition. Comments, order and everything else stay as they are, to the letter. */
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import type { TextEdit } from "../../diagnostics/diagnostic.ts";
import { positionIn } from "../lines.ts";
import { type Fields, itemText } from "./item_text.ts";

interface Cut {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}
export type Range = readonly [start: number, valueEnd: number, nodeEnd: number];

/**
 * The edit that adds an item at the end of the file's list `key`; where there is no such list yet, it goes before the
 * first of the keys `before`. Undefined where the file is written in a way that can't be added to.
 */
export function addToList(
  file: string,
  text: string,
  key: string,
  fields: Fields,
  before: readonly string[],
): TextEdit | undefined {
  const map = mapOf(parseDocument(text));
  if (!map) return undefined;
  const cut = added(text, map, key, fields, before);
  return cut && editOf(file, text, cut);
}

function added(text: string, map: YAMLMap, key: string, fields: Fields, before: readonly string[]): Cut | undefined {
  const line = lineEndOf(text);
  const item = itemText(fields);
  const at = (offset: number, text: string): Cut => ({ from: offset, to: offset, text });
  const pair = map.items.find((one) => isScalar(one.key) && one.key.value === key);
  if (!pair) {
    const next = map.items.find((one) => isScalar(one.key) && before.includes(String(one.key.value)));
    const start = next && isScalar(next.key) ? next.key.range?.[0] : undefined;
    // A key that does not begin its line may stand within braces.
    if (start === undefined || start !== lineStart(text, start)) return undefined;
    // Comments above the key are about that; at the head of a file, about all of it.
    return at(next === map.items[0] ? start : aboveComments(text, start), `${key}:${line}  - ${item}${line}`);
  }
  const list = pair.value;
  if (isSeq(list) && list.range) {
    if (list.flow) {
      const closing = list.range[1] - 1;
      const last = (list.items.at(-1) as { range?: Range } | undefined)?.range;
      const flow = item.startsWith("{") ? item : `{${item}}`;
      return last ? at(last[1], `, ${flow}`) : at(closing, flow);
    }
    const last = (list.items.at(-1) as { range?: Range } | undefined)?.range;
    if (!last) return undefined;
    const indent = list.range[0] - lineStart(text, list.range[0]);
    const end = belowComments(text, lineEnd(text, last[1]), indent);
    const own = `${" ".repeat(indent)}- ${item}${line}`;
    return at(end, text[end - 1] === "\n" ? own : `${line}${own}`);
  }
  // `inputs:` with nothing behind it.
  if (isScalar(list) && list.value === null && isScalar(pair.key) && pair.key.range) {
    const end = lineEnd(text, pair.key.range[1]);
    return at(end, `${text[end - 1] === "\n" ? "" : line}  - ${item}${line}`);
  }
  return undefined;
}

/** The beginning of the comments right above a line. */
function aboveComments(text: string, start: number): number {
  const before = start > 0 ? lineStart(text, start - 1) : start;
  return /^\s*#/.test(text.slice(before, start)) ? aboveComments(text, before) : start;
}

/** Behind the comments that are indented deeper than a list: they belong to its last item. */
function belowComments(text: string, end: number, indent: number): number {
  const next = lineEnd(text, end + 1);
  const spaces = /^( *)#/.exec(text.slice(end, next))?.[1];
  return spaces !== undefined && spaces.length > indent ? belowComments(text, next, indent) : end;
}

/** The edit that takes the item with this number out of the file's list `key`, and the key too if it was the last. */
export function removeFromList(file: string, text: string, key: string, index: number): TextEdit | undefined {
  const map = mapOf(parseDocument(text));
  const pair = map?.items.find((one) => isScalar(one.key) && one.key.value === key);
  const list = pair?.value;
  if (!pair || !isScalar(pair.key) || !pair.key.range || !isSeq(list) || !list.range) return undefined;
  const cut =
    list.items.length > 1
      ? withoutItem(text, list, index)
      : { from: pair.key.range[0], to: lineEnd(text, list.range[1]), text: "" };
  if (!cut || (cut.text === "" && cut.from !== lineStart(text, cut.from) && !list.flow)) return undefined;
  return editOf(file, text, cut);
}

function withoutItem(text: string, list: YAMLSeq, index: number): Cut | undefined {
  const ranges = list.items.map((item) => (item as { range?: Range }).range);
  const own = ranges[index];
  if (!own) return undefined;
  if (list.flow) {
    const next = ranges[index + 1];
    const previous = ranges[index - 1];
    if (next) return { from: own[0], to: next[0], text: "" };
    return previous && { from: previous[1], to: own[1], text: "" };
  }
  const from = lineStart(text, own[0]);
  if (!/^\s*-\s+$/.test(text.slice(from, own[0]))) return undefined;
  return { from, to: lineEnd(text, own[1]), text: "" };
}

export const mapOf = (document: Document): YAMLMap | undefined =>
  document.errors.length === 0 && isMap(document.contents) && !document.contents.flow ? document.contents : undefined;

export const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

/** Behind the line break of the line in which something ends. */
export const lineEnd = (text: string, offset: number): number =>
  text[offset - 1] === "\n" ? offset : text.indexOf("\n", offset) + 1 || text.length;

export const lineEndOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

export function editOf(file: string, text: string, { from, to, text: replacement }: Cut): TextEdit {
  const position = positionIn(text);
  return { span: { file, start: position(from), end: position(to) }, text: replacement };
}
