/** What a test says that a table or a source of files holds. */
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import { isDiagnostic, findTransform } from "../../graph/names.ts";
import { tableText, type FileSource } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { batch, BatchError, type Statement } from "../../warehouse/session/batch.ts";
import { qualified } from "../../warehouse/names.ts";
import { tableRows } from "../../warehouse/testbed/query.ts";
import { impossibleTest, unknownInTest } from "../codes.ts";
import { frozenDefaultStatements } from "../run/frozen.ts";
import { countFromOne, type Insert, insertsOf } from "../given/rows.ts";
import { onlyRelation } from "../read/names.ts";
import type { GivenRelation, GivenTable } from "../types.ts";
import type { HeldDatabase } from "./held_database.ts";
import type { OpenedProject } from "./opened_project.ts";
import { instant } from "./pieces.ts";
import type { GiveFilesRequest, GiveRequest, RowsTold } from "./protocol.ts";

/** The table's rows as they are then. @throws DiagnosticError with what is wrong with the given ones */
export async function give(
  opened: OpenedProject,
  held: HeldDatabase,
  { table: name, rows, now }: GiveRequest,
): Promise<RowsTold> {
  const relation = relationOf(opened, name);
  const table: GivenTable = {
    relation,
    rows: rows.map((values) => ({ values, times: 1, path: [] })),
    path: [],
    place: placeOf(name),
    at: (row, column) => placeOf(name, row, column),
  };
  refuseUnknownColumns(table);
  const { client } = held;
  const text = tableText(relation);
  const isCounted = held.counted.has(relation);
  const clock =
    now === undefined ? undefined : { now: instant(now), typeOf: () => undefined, makers: [], note: () => {} };
  // A view gives way to a table when it gets rows for the first time.
  const isTable = relation.type !== "view" || held.given.has(text);
  return held.step(async () => {
    const before: readonly Statement[] = [
      ...(isCounted ? [] : countFromOne([relation])),
      ...(await frozenDefaultStatements([relation], clock)),
      ...(isTable ? [{ text: `DELETE FROM ${qualified(relation)}` }] : []),
    ];
    const inserts = await insertsFor(held, table);
    try {
      await batch(client, [...before, ...inserts.map(({ statement }) => statement)]);
    } catch (error) {
      const insert = error instanceof BatchError ? inserts[error.index - before.length] : undefined;
      if (!insert) throw error;
      throw new DiagnosticError([insert.blame(error)]);
    }
    held.given.set(text, table);
    held.counted.add(relation);
    const key = "primaryKey" in relation ? (relation.primaryKey?.columns ?? []) : [];
    return tableRows(client, relation, key);
  });
}

/**
 * Rows that it refers to are made up in tables that the test has not spoken of, where they are not there yet; in others it
 * refers to those that the test gave.
 */
async function insertsFor(held: HeldDatabase, table: GivenTable): Promise<readonly Insert[]> {
  const text = tableText(table.relation);
  const others = [...held.given].flatMap(([name, other]) => (name === text ? [] : [other]));
  const all = await insertsOf(held.client, [...others, table], held.memory.facts);
  return all.flatMap((insert) => {
    if (insert.table === text) return [insert];
    if (held.given.has(insert.table)) return [];
    const { statement } = insert;
    return statement.text.startsWith("INSERT ")
      ? [{ ...insert, statement: { ...statement, text: `${statement.text} ON CONFLICT DO NOTHING` } }]
      : [];
  });
}

/** Kept until something reads them. @throws DiagnosticError */
export function giveFiles(opened: OpenedProject, held: HeldDatabase, { source: name, files }: GiveFilesRequest): void {
  const source = fileSourceOf(opened, name);
  held.files.set(
    source.sourceName,
    Object.entries(files).map(([file, bytes]) => ({ source, name: file, bytes: Buffer.from(bytes, "base64") })),
  );
}

/** Where the value stands in the person's call, as words: what they gave has no file. */
const placeOf = (name: string, row?: number, column?: string): Span => ({
  file: `${name}${row === undefined ? "" : `, row ${row + 1}`}${column === undefined ? "" : `, ${column}`}`,
});

function relationOf(opened: OpenedProject, name: string): GivenRelation {
  const { names, project } = opened;
  const named = names.find(name, "");
  if (named?.type === "files") {
    const message = `${name} is a source of files, not of rows`;
    throw new DiagnosticError([
      impossibleTest({ message, hint: `Give it files: upstream("${name}", files={"NAME": "…"}).` }),
    ]);
  }
  const transform = named ? undefined : findTransform(project, name, { cwd: project.root });
  const relation = named?.relation ?? (transform && !isDiagnostic(transform) ? onlyRelation(transform) : undefined);
  if (!relation) {
    const { message, hint } = names.unknown(name, [], []);
    throw new DiagnosticError([unknownInTest({ message, ...(hint !== undefined && { hint }) })]);
  }
  opened.refuseUnmade(relation);
  if (relation.columns.length > 0) return relation;
  const message = `${tableText(relation)} declares no columns, so there is no such table to give rows to`;
  throw new DiagnosticError([impossibleTest({ message, hint: "Declare the columns that its readers use." })]);
}

function fileSourceOf({ names }: OpenedProject, name: string): FileSource {
  const named = names.find(name, "");
  if (named?.type === "files") return named.source;
  if (named) throw new DiagnosticError([impossibleTest({ message: `${name} is a table, not a source of files` })]);
  const { message, hint } = names.unknown(name, [], []);
  throw new DiagnosticError([unknownInTest({ message, ...(hint !== undefined && { hint }) })]);
}

function refuseUnknownColumns({ relation, rows, at }: GivenTable): void {
  const known = relation.columns.map(({ name }) => name);
  const unknown = new Map<string, number>();
  rows.forEach(({ values }, n) => {
    for (const column of Object.keys(values)) {
      if (!known.includes(column) && !unknown.has(column)) unknown.set(column, n);
    }
  });
  if (unknown.size === 0) return;
  throw new DiagnosticError(
    [...unknown].map(([column, row]) => {
      const { hint } = suggestion(column, known);
      const message = `${tableText(relation)} has no column ${column}`;
      return unknownInTest({ message, span: at(row), ...(hint !== undefined && { hint }) });
    }),
  );
}
