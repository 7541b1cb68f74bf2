/** What PostgreSQL and the project say of a new transform's SQL. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import type { Kind, Kinds } from "../../plan/kind.ts";
import { type Code, type Project, type TableName, tableText } from "../../project/types.ts";
import type { NotedColumn } from "../../project/write/columns.ts";
import { sourceCommand } from "../../project/write/source_command.ts";
import type { Item } from "../../project/write/yaml_text.ts";
import { loadParser } from "../../sql/parser.ts";
import { type RelationRead, relationsMade, relationsRead } from "../../sql/relations.ts";
import { oneSelect, splitStatements } from "../../sql/statements.ts";
import { createEmptyTables, withScratchDatabase } from "../../warehouse/empty/scratch.ts";
import { findInputs, type FoundInputs, unknownTables } from "./inputs.ts";
import { type KnownTable, knownTables } from "./known_tables.ts";
import { glanceAtTarget } from "./live.ts";
import { columnsOfMade } from "./made_relation.ts";
import { outputColumns, type OutputColumns } from "./output_columns.ts";
import { sqlProblem, UnknownOnScratch } from "./sql_problem.ts";

export interface ReadingRequest {
  readonly project: Project;
  readonly kinds: Kinds;
  readonly kind: Kind;
  readonly pipeline: string;
  readonly output?: TableName & { readonly type: "table" | "view" };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Gets a line about what takes time. */
  readonly notice: (text: string) => void;
}

export interface Reading {
  readonly inputs: readonly Item[];
  /** Absent: they could not be found out; `notes` says why. */
  readonly columns?: readonly NotedColumn[];
  readonly keyGuess: readonly string[];
  readonly notes: readonly string[];
}

/** @throws DiagnosticError for SQL that PostgreSQL does not accept, at its place in the file */
export async function readCode(code: Code, request: ReadingRequest): Promise<Reading> {
  await loadParser();
  const statements = request.kind.severalOutputs ? allStatements(code) : select(code);
  const { output } = request;
  // Statements may read what those before them made: that is no input.
  const made = new Set(relationsMade(code).map(tableText));
  const reads = relationsRead(code).filter(({ schema, name }) => !made.has(`${schema}.${name}`));
  const known = await knownTables(request.project, request.kinds);
  const live = await glanceAtTarget(request.project, request.env, unknownTables(reads, known));
  const inputs = findInputs(request.pipeline, reads, known, live);
  const notes = inputs.undeclared.map(
    (table) => `${tableText(table)} is a live table that no source declares: ${sourceCommand(table)}`,
  );
  if (!output) return { inputs: inputs.items, keyGuess: [], notes };
  if (inputs.without.length > 0) {
    const why =
      `the output's columns are left open, since those of ${inputs.without.join(", ")} are not known. ` +
      "Declare them, remove the new definition and start it again, or write the columns yourself";
    return { inputs: inputs.items, keyGuess: [], notes: [...notes, why, ...perhapsMeant(reads, known)] };
  }
  try {
    const found = await columnsFor(statements, inputs, output, request);
    return { inputs: inputs.items, ...found, notes };
  } catch (error) {
    if (!(error instanceof UnknownOnScratch)) throw error;
    const why = `the output's columns are left open: ${error.diagnostics[0]?.message}, as far as an empty server knows`;
    return { inputs: inputs.items, keyGuess: [], notes: [...notes, why] };
  }
}

/** Tables of the project whose names are near to what is read and not known. */
const perhapsMeant = (reads: readonly RelationRead[], known: readonly KnownTable[]): readonly string[] =>
  reads.flatMap(({ schema, name }) => {
    const text = schema === undefined ? name : `${schema}.${name}`;
    const names = known.map(tableText);
    if (names.includes(text)) return [];
    const near = schema === undefined ? known.find((table) => table.name === name) : undefined;
    const meant = near ? tableText(near) : nearest(text, names);
    return meant === undefined ? [] : [`the project knows no ${text}; did you mean ${meant}?`];
  });

function select(code: Code): readonly Code[] {
  const result = oneSelect(code);
  if (!("text" in result)) throw new DiagnosticError(result);
  return [result];
}

function allStatements(code: Code): readonly Code[] {
  const { statements, diagnostics } = splitStatements(code);
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  return statements;
}

const columnsFor = (
  statements: readonly Code[],
  inputs: FoundInputs,
  output: NonNullable<ReadingRequest["output"]>,
  { project, variables, kind, notice }: ReadingRequest,
): Promise<OutputColumns> =>
  withScratchDatabase(project, variables, notice, async (client) => {
    await createEmptyTables(client, inputs.tables, [output.schema]).catch((error: unknown) => {
      throw sqlProblem(error, statements[0]!);
    });
    if (!kind.severalOutputs) return outputColumns(client, statements[0]!, inputs.tables);
    return { columns: await columnsOfMade(client, statements, output, output.type), keyGuess: [] };
  });
