/** An output as written → the project's. */
import { badValue, conflictingKeys, undeclaredColumn } from "./definition_codes.ts";
import { defined } from "./definitions.ts";
import { readTableName, repeated, tooLong } from "./names.ts";
import type { Path, Problem } from "./problem.ts";
import { columnProblems, columnsOf } from "./read_columns.ts";
import { restrictionsOf } from "./read_restrictions.ts";
import type { RawFileOutput, RawFunctionOutput, RawTableOutput, RawViewOutput } from "./syntax/outputs.ts";
import type { FileOutput, FunctionOutput, Index, KeyConstraint, Output, TableOutput, ViewOutput } from "./types.ts";
import { grantProblems, grantsOf, suggestion } from "./values.ts";
import { quoted } from "./words.ts";

export interface ReadOutput {
  readonly output?: Output;
  readonly problems: readonly Problem[];
}

type RawKey =
  | readonly string[]
  | {
      readonly columns: readonly string[];
      readonly name?: string | undefined;
      readonly nulls_not_distinct?: boolean | undefined;
    };

const isList = (key: RawKey): key is readonly string[] => Array.isArray(key);

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

/** Everything that a table's definition says about its own columns and names. */
function tableProblems(raw: RawTableOutput, path: Path): readonly Problem[] {
  const declared = raw.columns?.map((column) => column.name);
  const problems: Problem[] = [
    ...columnProblems(raw.columns, [...path, "columns"]),
    ...grantProblems(raw.grants, [...path, "grants"]),
  ];
  const nameOf = (name: string | undefined, at: Path) => {
    if (name !== undefined) problems.push(...tooLong(name, [...at, "name"]));
  };
  const columnsAt = (names: readonly string[], at: Path) => {
    problems.push(...repeated(names, (i) => [...at, i]));
    names.forEach((column, i) => problems.push(...undeclared(column, declared, [...at, i])));
  };
  const key = (raw: RawKey, at: Path) => {
    if (isList(raw)) return columnsAt(raw, at);
    nameOf(raw.name, at);
    columnsAt(raw.columns, [...at, "columns"]);
  };

  if (raw.primary_key) key(raw.primary_key, [...path, "primary_key"]);
  raw.unique?.forEach((unique, i) => key(unique, [...path, "unique", i]));
  raw.indexes?.forEach((index, i) => {
    const at = [...path, "indexes", i];
    nameOf(index.name, at);
    if (index.include) columnsAt(index.include, [...at, "include"]);
    index.columns.forEach((entry, j) => {
      const place = [...at, "columns", j];
      if (typeof entry === "string") problems.push(...undeclared(entry, declared, place));
      else if (entry.column !== undefined && entry.expression !== undefined) {
        problems.push({
          code: conflictingKeys,
          path: [...place, "expression"],
          at: "key",
          message: 'an index entry has both "column" and "expression"',
          hint: "Keep one of them.",
        });
      } else if (entry.column !== undefined) problems.push(...undeclared(entry.column, declared, [...place, "column"]));
      else if (entry.expression === undefined) {
        problems.push({ code: badValue, path: place, message: 'an index entry needs a "column" or an "expression"' });
      }
    });
  });
  raw.constraints?.forEach((constraint, i) => nameOf(constraint.name, [...path, "constraints", i]));
  raw.foreign_keys?.forEach((foreign, i) => {
    const at = [...path, "foreign_keys", i];
    nameOf(foreign.name, at);
    columnsAt(foreign.columns, [...at, "columns"]);
    problems.push(...repeated(foreign.references.columns, (j) => [...at, "references", "columns", j]));
    problems.push(...readTableName(foreign.references.table, [...at, "references", "table"]).problems);
    if (foreign.columns.length !== foreign.references.columns.length) {
      problems.push({
        code: badValue,
        path: [...at, "references", "columns"],
        at: "key",
        message: `a foreign key of ${count(foreign.columns.length)} refers to ${count(foreign.references.columns.length)}`,
        hint: "Name as many columns there as here, in the same order.",
      });
    }
  });
  raw.statistics?.forEach((statistics, i) => {
    const at = [...path, "statistics", i];
    nameOf(statistics.name, at);
    columnsAt(statistics.columns, [...at, "columns"]);
    if (statistics.columns.length < 2) {
      problems.push({
        code: badValue,
        path: [...at, "columns"],
        message: "extended statistics need two columns or more",
        hint: "PostgreSQL keeps statistics of single columns by itself.",
      });
    }
  });
  return problems;
}

const count = (columns: number): string => `${columns} column${columns === 1 ? "" : "s"}`;

function undeclared(column: string, declared: readonly string[] | undefined, path: Path): readonly Problem[] {
  if (!declared || declared.includes(column)) return [];
  return [
    {
      code: undeclaredColumn,
      path,
      message: `column ${quoted(column)} is not among the output's columns`,
      ...suggestion(column, declared),
    },
  ];
}
