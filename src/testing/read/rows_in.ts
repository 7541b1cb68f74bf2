/** Rows as a test writes them: a list, or `{csv: file}`. */
import { posix } from "node:path";
import type { Span } from "../../diagnostics/diagnostic.ts";
import type { MapNode, Node } from "../../project/yaml/places.ts";
import type { Path } from "../../project/problem.ts";
import { expandRows } from "../../project/rows/factories.ts";
import { readRows, type WrittenRow } from "../../project/rows/read_rows.ts";
import { tableText } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { badTestValue, unknownInTest } from "../codes.ts";
import type { GivenRelation, WrittenRows } from "../types.ts";
import { readCsvRows } from "./csv_rows.ts";
import { slipsInRows } from "./row_slips.ts";
import { childOf, type TestFile } from "./test_file.ts";

/**
 * A list of rows, or `{csv: file}`. Columns that the relation does not declare are told. `of`: whose factories may be
 * used, where it is no relation of its own.
 */
export function rowsIn(
  file: TestFile,
  node: Node,
  path: Path,
  relation?: GivenRelation,
  of?: string,
): WrittenRows | undefined {
  const place = file.find(path, "key");
  const csv = node.type === "map" ? childOf(node, "csv") : undefined;
  const rows =
    csv?.type === "scalar"
      ? csvRows(file, csv.text, path, place)
      : listRows(file, node, path, place, relation ? tableText(relation) : (of ?? ""));
  if (!rows || !relation || relation.columns.length === 0) return rows;
  const known = relation.columns.map(({ name }) => name);
  const told = new Set<string>();
  rows.rows.forEach(({ values }, n) => {
    for (const column of Object.keys(values)) {
      if (known.includes(column) || told.has(column)) continue;
      told.add(column);
      const message = `${tableText(relation)} has no column ${column}`;
      const near = suggestion(column, known);
      const span = rows.at(n, column);
      if (csv) file.problems.push(unknownInTest({ message, span, ...(near.hint && { hint: near.hint }) }));
      else file.tell({ code: unknownInTest, path: [...rows.rows[n]!.path, column], at: "key", message, ...near });
    }
  });
  return rows;
}

function csvRows(file: TestFile, name: string, path: Path, place: Span): WrittenRows | undefined {
  const read = readCsvRows(file.project.root, posix.join(posix.dirname(file.file), name), place);
  if (typeof read !== "string") return read;
  file.tell({ code: badTestValue, path: [...path, "csv"], message: read });
  return undefined;
}

function listRows(file: TestFile, node: Node, path: Path, place: Span, table: string): WrittenRows | undefined {
  const read = readRows(node, path);
  const problems = [...read.problems, ...slipsInRows(file.text, node, path)];
  const rows = read.rows.flatMap((row) => {
    const expanded = expandRows([row], table, file.factories);
    problems.push(...expanded.problems);
    return expanded.rows.map((values): WrittenRow => ({ ...row, values, times: 1 }));
  });
  for (const problem of problems) file.tell(problem);
  if (problems.length > 0) return undefined;
  return {
    rows,
    place,
    path,
    at: (row, column) => file.find([...(rows[row]?.path ?? path), ...(column === undefined ? [] : [column])]),
  };
}

export const isCsv = (node: MapNode): boolean =>
  node.pairs.length === 1 && node.pairs[0]!.key.type === "scalar" && node.pairs[0]!.key.text === "csv";
