/** An output as written → the project's. */
import { badValue } from "../codes/definition_codes.ts";
import { defined } from "../definitions.ts";
import { readTableName } from "../names.ts";
import type { Path, Problem } from "../problem.ts";
import type { RawFileOutput, RawFunctionOutput, RawTableOutput, RawViewOutput } from "../syntax/outputs.ts";
import type { FileOutput, FunctionOutput, Index, KeyConstraint, Output, TableOutput, ViewOutput } from "../types.ts";
import { columnProblems, columnsOf } from "./columns.ts";
import { restrictionsOf } from "./restrictions.ts";
import { isList, type RawKey, tableProblems } from "./table_problems.ts";
import { grantProblems, grantsOf } from "./values.ts";

export interface ReadOutput {
  readonly output?: Output;
  readonly problems: readonly Problem[];
}

function keyOf(key: RawKey): KeyConstraint {
  if (isList(key)) return { columns: key };
  return defined<KeyConstraint>({ name: key.name, columns: key.columns, nullsNotDistinct: key.nulls_not_distinct });
}

export function readTable(raw: RawTableOutput, path: Path): ReadOutput {
  const { table, problems } = readTableName(raw.table, [...path, "table"]);
  const all = [...problems, ...tableProblems(raw, path)];
  if (!table) return { problems: all };
  const primaryKey = raw.primary_key && keyOf(raw.primary_key);
  const output = defined<TableOutput>({
    type: "table",
    ...table,
    description: raw.description,
    restrictions: restrictionsOf(raw),
    columns: columnsOf(raw.columns, new Set(primaryKey?.columns)),
    primaryKey,
    unique: (raw.unique ?? []).map(keyOf),
    indexes: (raw.indexes ?? []).map(indexOf),
    constraints: raw.constraints ?? [],
    foreignKeys: (raw.foreign_keys ?? []).map((key) =>
      defined({
        name: key.name,
        columns: key.columns,
        references: { ...referenced(key.references.table), columns: key.references.columns },
        enforce: key.enforce ?? true,
      }),
    ),
    statistics: (raw.statistics ?? []).map((s) => defined({ name: s.name, columns: s.columns, kinds: s.kinds })),
    grants: grantsOf(raw.grants),
  });
  return { output, problems: all };
}

const referenced = (text: string) => readTableName(text, []).table ?? { schema: "", name: text };

export function readView(raw: RawViewOutput, path: Path): ReadOutput {
  const { table, problems } = readTableName(raw.view, [...path, "view"]);
  const all = [
    ...problems,
    ...columnProblems(raw.columns, [...path, "columns"]),
    ...grantProblems(raw.grants, [...path, "grants"]),
  ];
  if (!table) return { problems: all };
  const output = defined<ViewOutput>({
    type: "view",
    ...table,
    description: raw.description,
    restrictions: restrictionsOf(raw),
    columns: columnsOf(raw.columns),
    grants: grantsOf(raw.grants),
  });
  return { output, problems: all };
}

export function readFunction(raw: RawFunctionOutput, path: Path): ReadOutput {
  const { table, problems } = readTableName(raw.function, [...path, "function"]);
  if (!table) return { problems };
  const output = defined<FunctionOutput>({
    type: "function",
    ...table,
    description: raw.description,
    restrictions: restrictionsOf(raw),
    arguments: raw.arguments,
  });
  return { output, problems };
}

const ENDINGS: Readonly<Record<string, FileOutput["format"]>> = {
  csv: "csv",
  parquet: "parquet",
  jsonl: "json_lines",
  ndjson: "json_lines",
};

export function readFile(raw: RawFileOutput, path: Path): ReadOutput {
  const problems: Problem[] = [...columnProblems(raw.columns, [...path, "columns"])];
  const format = raw.format ?? ENDINGS[/\.(\w+)$/.exec(raw.file)?.[1]?.toLowerCase() ?? ""];
  if (raw.file.startsWith("s3://") && !/^s3:\/\/[^/]+\/.*[^/]$/.test(raw.file)) {
    const message = `${raw.file} is not a file on S3`;
    problems.push({ code: badValue, path: [...path, "file"], message, hint: "Write it as s3://bucket/key." });
  }
  if (format === undefined) {
    problems.push({
      code: badValue,
      path: [...path, "file"],
      message: `the ending of ${raw.file} does not say how the file is written`,
      hint: 'Add "format: csv", "format: parquet" or "format: json_lines".',
    });
    return { problems };
  }
  const output = defined<FileOutput>({
    type: "file",
    path: raw.file,
    format,
    description: raw.description,
    restrictions: restrictionsOf(raw),
    columns: columnsOf(raw.columns),
  });
  return { output, problems };
}

function indexOf(raw: NonNullable<RawTableOutput["indexes"]>[number]): Index {
  return defined<Index>({
    name: raw.name,
    keys: raw.columns.map((key) => (typeof key === "string" ? { column: key } : defined(key))),
    unique: raw.unique ?? false,
    method: raw.method,
    where: raw.where,
    include: raw.include,
  });
}
