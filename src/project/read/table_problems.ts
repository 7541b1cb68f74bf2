/** What is wrong in a table's definition with its own columns, keys and names. */
import { badValue, conflictingKeys, undeclaredColumn } from "../codes/definition_codes.ts";
import { readTableName, repeated, tooLong } from "../names.ts";
import type { Path, Problem } from "../problem.ts";
import type { RawTableOutput } from "../syntax/outputs.ts";
import { suggestion } from "../suggestion.ts";
import { grantProblems } from "./values.ts";
import { quoted } from "../words.ts";
import { columnProblems } from "./columns.ts";

export type RawKey =
  | readonly string[]
  | {
      readonly columns: readonly string[];
      readonly name?: string | undefined;
      readonly nulls_not_distinct?: boolean | undefined;
    };

export const isList = (key: RawKey): key is readonly string[] => Array.isArray(key);

/** All of them at once. */
export function tableProblems(raw: RawTableOutput, path: Path): readonly Problem[] {
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
