import { badValue, conflictingKeys } from "./definition_codes.ts";
import { defined, type Interpreted, type SourcesDefinition } from "./definitions.ts";
import { explain } from "./explain.ts";
import { readTableName } from "./names.ts";
import type { Path, Problem } from "./problem.ts";
import { columnProblems, columnsOf } from "./read_columns.ts";
import { type RawSource, source, sourcesFile } from "./syntax/sources_file.ts";
import type { FileFormat, FileSource, Source, TableSource } from "./types.ts";
import { quoted } from "./words.ts";

const FORMAT_KEYS = ["format", "header", "delimiter", "quote", "escape", "null", "encoding"] as const;

export function readSources(value: unknown): Interpreted<SourcesDefinition> {
  const result = sourcesFile.safeParse(value);
  if (!result.success) return { problems: [...explain(sourcesFile, result.error.issues, value), ...readGood(value)] };
  const read = result.data.sources.map((raw, i) => readSource(raw, ["sources", i]));
  return {
    definition: { sources: read.flatMap(({ source }) => (source ? [source] : [])) },
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** The problems of those entries whose shape is right, where others' is not. */
function readGood(value: unknown): readonly Problem[] {
  const list = (value as { readonly sources?: unknown } | null)?.sources;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry, i) => {
    const result = source.safeParse(entry);
    return result.success ? readSource(result.data, ["sources", i]).problems : [];
  });
}

function readSource(raw: RawSource, path: Path): { readonly source?: Source; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [...columnProblems(raw.columns, [...path, "columns"])];
  const given = (["table", "file", "files"] as const).filter((key) => raw[key] !== undefined);
  if (given.length !== 1) {
    const message =
      given.length === 0
        ? `source ${quoted(raw.name)} does not say where it is`
        : `source ${quoted(raw.name)} has ${given.map(quoted).join(" and ")}`;
    problems.push({
      code: given.length === 0 ? badValue : conflictingKeys,
      path: given.length === 0 ? path : [...path, given[1]!],
      at: "key",
      message,
      hint: 'Give it one of "table:", "file:" or "files:".',
    });
    return { problems };
  }
  const base = {
    sourceName: raw.name,
    file: "",
    description: raw.description,
    owners: raw.owners ?? [],
    columns: columnsOf(raw.columns),
  };
  if (raw.table !== undefined) {
    for (const key of FORMAT_KEYS) {
      if (raw[key] === undefined) continue;
      const message = `"${key}" says how a file is read, but source ${quoted(raw.name)} is a table`;
      problems.push({ code: conflictingKeys, path: [...path, key], at: "key", message, hint: "Remove it." });
    }
    const { table, problems: bad } = readTableName(raw.table, [...path, "table"]);
    problems.push(...bad);
    if (!table) return { problems };
    return { source: defined<TableSource>({ type: "table", ...table, ...base }), problems };
  }
  const patterns = raw.files ?? [raw.file!];
  const format = formatOf(raw, patterns);
  if (!format) {
    problems.push({
      code: badValue,
      path: [...path, raw.file === undefined ? "files" : "file"],
      message: `the ending of ${patterns[0]} does not say what the file is`,
      hint: 'Add "format: csv" or "format: tsv".',
    });
    return { problems };
  }
  problems.push(...formatProblems(format, raw, path));
  return { source: defined<FileSource>({ type: "file", ...base, ...format, patterns }), problems };
}

function formatOf(raw: RawSource, patterns: readonly string[]): FileFormat | undefined {
  const format = raw.format ?? byEnding(patterns);
  if (!format) return undefined;
  const quote = raw.quote ?? '"';
  return {
    format,
    header: raw.header ?? true,
    delimiter: raw.delimiter ?? (format === "tsv" ? "\t" : ","),
    quote,
    escape: raw.escape ?? quote,
    null: raw.null ?? "",
    encoding: raw.encoding ?? "UTF8",
  };
}

/** All patterns must agree. */
function byEnding(patterns: readonly string[]): FileFormat["format"] | undefined {
  const endings = new Set(patterns.map((pattern) => /\.(csv|tsv)(\.gz)?$/i.exec(pattern)?.[1]?.toLowerCase()));
  const [ending] = endings;
  return endings.size === 1 && (ending === "csv" || ending === "tsv") ? ending : undefined;
}

/** What COPY would refuse. */
function formatProblems(format: FileFormat, raw: RawSource, path: Path): readonly Problem[] {
  if (format.delimiter === format.quote) {
    const key = raw.delimiter === undefined ? "quote" : "delimiter";
    const message = '"delimiter" and "quote" can\'t be the same character';
    return [{ code: conflictingKeys, path: [...path, key], message, hint: "Change one of them." }];
  }
  const inNull = [format.delimiter, format.quote, "\n", "\r"].find((character) => format.null.includes(character));
  if (inNull !== undefined) {
    const message = '"null" can\'t contain the delimiter, the quote or a line break';
    return [{ code: badValue, path: [...path, "null"], message }];
  }
  return [];
}
