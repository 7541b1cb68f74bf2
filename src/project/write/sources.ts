/** Adds sources to a file of sources. What is there stays as it is, to the letter. */
import { isMap, isSeq, parseDocument } from "yaml";
import type { TableName } from "../types.ts";
import { columnList, type NotedColumn } from "./columns.ts";
import { writeTableName } from "./table_name.ts";
import { blockItemLines, type Entry, yamlText } from "./yaml_text.ts";

export interface NewSource extends TableName {
  readonly sourceName: string;
  readonly description?: string;
  readonly columns: readonly NotedColumn[];
}

const entriesOf = (source: NewSource): Entry[] => [
  ["name", source.sourceName],
  ["table", writeTableName(source)],
  ...(source.description === undefined ? [] : [["description", source.description] as const]),
  ...(source.columns.length === 0 ? [] : [["columns", columnList(source.columns)] as const]),
];

const linesOf = (sources: readonly NewSource[], indent: number): string =>
  sources
    .flatMap((source) => blockItemLines(entriesOf(source), indent))
    .map((line) => `${line}\n`)
    .join("");

export const newSourcesFile = (schemaLine: string, sources: readonly NewSource[]): string =>
  `${yamlText([schemaLine])}sources:\n${linesOf(sources, 2)}`;

/** Undefined where the file does not hold a plain list under `sources:` that could be lengthened. */
export function withSources(text: string, sources: readonly NewSource[]): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const list = isMap(document.contents) ? document.contents.get("sources", true) : undefined;
  if (!isSeq(list) || list.flow === true || !list.range) return undefined;
  const [start, valueEnd] = list.range;
  const indent = start - (text.lastIndexOf("\n", start - 1) + 1);
  const end = text[valueEnd - 1] === "\n" ? valueEnd : text.indexOf("\n", valueEnd) + 1 || text.length;
  const before = text.slice(0, end);
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const added = linesOf(sources, indent).replaceAll("\n", lineEnd);
  return `${before}${before.endsWith("\n") ? "" : lineEnd}${added}${text.slice(end)}`;
}
