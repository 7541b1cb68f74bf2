import { badValue, conflictingKeys } from "../codes/definition_codes.ts";
import { defined, type Interpreted, type SourcesDefinition } from "../definitions.ts";
import { readTableName } from "../names.ts";
import type { Path, Problem } from "../problem.ts";
import { type RawSource, source, sourcesFile } from "../syntax/sources_file.ts";
import type { FileSource, Source, TableSource } from "../types.ts";
import { quoted } from "../words.ts";
import { columnProblems, columnsOf } from "./columns.ts";
import { explain } from "./explain.ts";
import { FORMAT_KEYS, readFormat } from "./format.ts";
import { restrictionProblems, restrictionsOf } from "./restrictions.ts";

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
  const problems: Problem[] = [...columnProblems(raw.columns, [...path, "columns"]), ...restrictionProblems(raw, path)];
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
    entry: 0,
    description: raw.description,
    owners: raw.owners ?? [],
    restrictions: restrictionsOf(raw),
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
  const { format, problems: wrong } = readFormat(raw, patterns, path);
  problems.push(...wrong);
  if (!format) return { problems };
  return { source: defined<FileSource>({ type: "file", ...base, format, patterns }), problems };
}
