/** What a person types for a column, and what it means. */
import type { ColumnId, Lineage, LineageTable } from "../../check/lineage/graph.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { findTransform, isDiagnostic } from "../../graph/names.ts";
import type { Project } from "../../project/types.ts";
import { unknownColumn } from "../codes.ts";

/** `schema.table.column`, or `transform.column` and `source.column` by the names of ctf. */
export function findColumn(project: Project, lineage: Lineage, typed: string, cwd: string): ColumnId | Diagnostic {
  const dot = typed.lastIndexOf(".");
  const name = typed.slice(dot + 1);
  const tables = dot > 0 ? tablesCalled(project, lineage, typed.slice(0, dot), cwd) : [];
  const table = tables.find(({ columns }) => columns.some((column) => column.name === name));
  if (table) return { relation: table.text, column: name };
  if (tables.length > 0) return noSuchColumn(name, tables);
  const whole = tablesCalled(project, lineage, typed, cwd)[0];
  if (whole) {
    const example = whole.columns[0]?.name;
    return unknownColumn({
      message: `${typed} has no column in it`,
      hint: example === undefined ? `${whole.text} declares no columns.` : `Name one, as in ${typed}.${example}.`,
    });
  }
  return noSuchTable(typed, lineage);
}

function tablesCalled(project: Project, lineage: Lineage, text: string, cwd: string): readonly LineageTable[] {
  const exact = lineage.tables.get(text);
  if (exact) return [exact];
  const all = [...lineage.tables.values()];
  const sources = all.filter(({ relation }) => "source" in relation && relation.source.sourceName === text);
  if (sources.length > 0) return sources;
  const transform = findTransform(project, text, { cwd });
  if (isDiagnostic(transform)) return [];
  return all.filter(({ relation }) => "transform" in relation && relation.transform.id === transform.id);
}

function noSuchColumn(name: string, tables: readonly LineageTable[]): Diagnostic {
  const columns = tables.flatMap(({ columns }) => columns.map((column) => column.name));
  const near = nearest(name, columns);
  const list =
    columns.length > 8 ? `${columns.slice(0, 7).join(", ")} and ${columns.length - 7} others` : columns.join(", ");
  return unknownColumn({
    message: `${tables.map(({ text }) => text).join(" and ")} has no column ${name}`,
    hint:
      near !== undefined ? `Did you mean ${near}?` : columns.length > 0 ? `It has ${list}.` : "It declares no columns.",
  });
}

function noSuchTable(typed: string, { tables }: Lineage): Diagnostic {
  const all = [...tables.values()].flatMap(({ text, columns }) => columns.map(({ name }) => `${text}.${name}`));
  const near = nearest(typed, all) ?? nearest(typed, tables.keys());
  return unknownColumn({
    message: `there is no column ${typed} in the project`,
    hint: near === undefined ? "Write it as schema.table.column, or transform.column." : `Did you mean ${near}?`,
  });
}
