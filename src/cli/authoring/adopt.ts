/** `ctf adopt`: a definition from a live table or view. */
import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Client } from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { pipelineAt } from "../../graph/names.ts";
import type { Kinds } from "../../plan/kind.ts";
import { type Code, type Project, type TableName, tableText } from "../../project/types.ts";
import { tableEntries, viewEntries } from "../../project/write/outputs.ts";
import { type NewFiles, writeNewFiles } from "../../project/write/new_files.ts";
import { copySchemas, schemaLine } from "../../project/write/schemas.ts";
import { sourceCommand } from "../../project/write/source_command.ts";
import { writeTableName } from "../../project/write/table_name.ts";
import { type Entry, gap, yamlText } from "../../project/write/yaml_text.ts";
import { loadParser } from "../../sql/parser.ts";
import { relationsRead } from "../../sql/relations.ts";
import { oneSelect } from "../../sql/statements.ts";
import { columnProblems } from "../../warehouse/build/verify_columns.ts";
import { describe } from "../../warehouse/session/describe.ts";
import { asTable, asView, unsayable } from "../../warehouse/introspect/as_output.ts";
import { type Beside, readBeside } from "../../warehouse/introspect/beside.ts";
import { readTable } from "../../warehouse/introspect/table.ts";
import type { LiveTable } from "../../warehouse/introspect/types.ts";
import { cannotAdopt, noSuchTable } from "./codes.ts";
import { checkFree } from "./free_output.ts";
import { findInputs } from "./inputs.ts";
import { knownTables } from "./known_tables.ts";
import { ownersEntry } from "./owner.ts";
import { looksLikePhi, PHI_NOTE } from "./phi.ts";
import { mustNotExist, type Place, placeOf } from "./place.ts";
import { sqlProblem } from "./sql_problem.ts";

export interface AdoptRequest {
  readonly project: Project;
  readonly kinds: Kinds;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly table: TableName;
  /** A SELECT that makes the table, as typed. */
  readonly sqlFile?: string;
  readonly pipeline?: string;
}

export interface Adopted {
  readonly id: string;
  readonly kind: string;
  readonly written: readonly string[];
  readonly notes: readonly string[];
}

/** The client's search_path is empty, so that all that it tells of is qualified. */
export async function adopt(client: Client, request: AdoptRequest): Promise<Adopted> {
  const { project, table, sqlFile } = request;
  const live = await readTable(client, table);
  if (!live) {
    const hint = "Look at the name, and at the target (--target). A table in a schema without USAGE can't be seen.";
    throw new DiagnosticError([noSuchTable({ message: `there is no table or view ${tableText(table)}`, hint })]);
  }
  checkSort(live, sqlFile);
  await loadParser();
  const place = placeFor(request);
  mustNotExist(project.root, place.yaml);
  checkFree(project, place.yaml, table);
  const made = await businessLogic(client, live, place, request);
  const inputs = await inputEntries(made.code, place, request);

  const definition = yamlText([
    schemaLine(place.yaml, "transform"),
    ["kind", made.kind],
    ["description", live.relation.comment ?? gap("what does one row stand for?")],
    ...ownersEntry(request.cwd, request.env, place.pipeline.owners),
    ...inputs,
    ["output", { block: outputEntries(live) }],
  ]);
  writeNewFiles(project.root, { ...made.files, [place.yaml]: definition });
  copySchemas(project.root);
  return {
    id: `${place.pipeline.name}.${place.name}`,
    kind: made.kind,
    written: [...Object.keys(made.files), place.yaml],
    notes: notes(made.kind, live, await readBeside(client, live.relation)),
  };
}

/** What the definition has no words for, and what becomes of it. */
function notes(kind: string, live: LiveTable, { kept, inTheWay }: Beside): readonly string[] {
  const builds = kind === "create_table_as";
  const inTheDefinition = [...unsayable(live), ...kept.map((what) => (builds ? `${what} (a run keeps it)` : what))];
  const stays = builds
    ? "; the table can't be swapped with that, so a run stops there: drop it, or write `publish: rows` in the definition"
    : "";
  return [...inTheDefinition, ...(inTheWay.length > 0 ? [`${inTheWay.join(", ")}${stays}`] : [])].map(
    (text) => `not in the definition: ${text}`,
  );
}

function checkSort({ relation, columns }: LiveTable, sqlFile: string | undefined): void {
  const name = tableText(relation);
  const refuse = (message: string, hint: string): never => {
    throw new DiagnosticError([cannotAdopt({ message, hint })]);
  };
  if (relation.kind === "materialized_view" || relation.kind === "foreign_table") {
    refuse(
      `${name} is a ${relation.kind.replace("_", " ")}`,
      `As an input it needs no adopting: ${sourceCommand(relation)}`,
    );
  }
  if (columns.length === 0) refuse(`${name} has no columns`, "Give it one, or leave it as it is: nothing can read it.");
  if (sqlFile !== undefined && relation.kind === "view") {
    refuse(`${name} is a view, and brings its own SQL`, `Leave the file out: ctf adopt ${name}`);
  }
  if (sqlFile !== undefined && relation.kind === "partitioned_table") {
    refuse(
      `${name} is partitioned, which CTF does not build`,
      `Leave the file out, and it is only verified: ctf adopt ${name}`,
    );
  }
}

/** The pipeline that is named or stood in, else the one of the schema's name. */
function placeFor({ project, cwd, table, sqlFile, pipeline }: AdoptRequest): Place {
  const named = project.pipelines.find((p) => p.name === table.schema)?.name;
  const into = pipeline ?? pipelineAt(project, cwd) ?? named;
  const name = table.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "_")
    .replace(/^(?=[^a-z])/, "t_");
  const file = sqlFile === undefined ? `${name}.sql` : basename(sqlFile);
  return placeOf({ project, cwd, file, extension: ".sql", ...(into !== undefined && { pipeline: into }) });
}

interface Logic {
  readonly kind: string;
  readonly code?: Code;
  readonly files: NewFiles;
}

async function businessLogic(client: Client, live: LiveTable, place: Place, request: AdoptRequest): Promise<Logic> {
  const { relation } = live;
  if (relation.kind === "view") {
    mustNotExist(request.project.root, place.code);
    const code = viewCode(live, place);
    return { kind: "sql", code, files: { [place.code]: code.text } };
  }
  if (request.sqlFile === undefined) return { kind: "no_op", files: {} };
  const from = resolve(request.cwd, request.sqlFile);
  const there = resolve(request.project.root, place.code);
  const inPlace = from === there || (!existsSync(from) && existsSync(there));
  if (!existsSync(inPlace ? there : from)) {
    const hint = `Write the SELECT that makes the table there, or leave the file out: ctf adopt ${tableText(relation)}`;
    throw new DiagnosticError([cannotAdopt({ message: `there is no file ${request.sqlFile}`, hint })]);
  }
  if (!inPlace) mustNotExist(request.project.root, place.code);
  const code = { file: place.code, text: readFileSync(inPlace ? there : from, "utf8"), line: 1, column: 1 };
  await checkColumns(client, live, code);
  return { kind: "create_table_as", code, files: inPlace ? {} : { [place.code]: code.text } };
}

function viewCode({ relation }: LiveTable, place: Place): Code {
  const options = relation.options.length > 0 ? ` WITH (${relation.options.join(", ")})` : "";
  const text = `CREATE OR REPLACE VIEW ${writeTableName(relation)}${options} AS\n${relation.query?.trimEnd()}\n`;
  return { file: place.code, text, line: 1, column: 1 };
}

/** Its rows have to fit into the table as it is, or publishing them would change it under its readers. */
async function checkColumns(client: Client, live: LiveTable, code: Code): Promise<void> {
  const select = oneSelect(code);
  if (!("text" in select)) throw new DiagnosticError(select);
  const given = await describe(client, select.text).catch((error: unknown) => {
    throw sqlProblem(error, select);
  });
  const span = { file: code.file, start: { line: select.line, column: select.column } };
  const problems = await columnProblems(client, asTable(live), given, {
    giver: code.file,
    span,
    mayLack: ({ identity, default: value }) => identity !== undefined || value !== undefined,
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
}

async function inputEntries(code: Code | undefined, place: Place, request: AdoptRequest): Promise<readonly Entry[]> {
  if (!code) return [];
  const known = await knownTables(request.project, request.kinds);
  const { items } = findInputs(place.pipeline.name, relationsRead(code), known, []);
  return items.length === 0 ? [] : [["inputs", { items, spread: true }]];
}

function outputEntries(live: LiveTable): readonly Entry[] {
  if (live.relation.kind === "view") {
    const view = asView(live);
    return viewEntries({ ...view, columns: view.columns.map(guessed) });
  }
  const table = asTable(live);
  return tableEntries({ ...table, columns: table.columns.map(guessed) });
}

const guessed = (column: ReturnType<typeof asView>["columns"][number]) =>
  looksLikePhi(column.name) ? { ...column, phi: true, note: PHI_NOTE } : column;
