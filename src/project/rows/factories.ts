/**
 * factories.yaml: reusable rows by name, as in `member: {table: raw.members, plan_code: A}`. One in the project's folder is
 * for all, one in a pipeline's folder for its tests, and goes before.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { conflictingKeys, missingKey, wrongType } from "../codes/definition_codes.ts";
import { isBytes, readBytes, textOf } from "../files.ts";
import { type Locate, type Path, type Problem, toDiagnostic } from "../problem.ts";
import { suggestion } from "../suggestion.ts";
import { type Project, tableText } from "../types.ts";
import { quoted } from "../words.ts";
import type { MapNode, Node } from "../yaml/places.ts";
import { unknownFactory, unknownRowColumn, unknownRowTable } from "./codes.ts";
import { parseNodes } from "./parse.ts";
import { readRow, type WrittenRow } from "./read_rows.ts";

interface Factory {
  readonly name: string;
  /** `schema.name` */
  readonly table: string;
  readonly values: WrittenRow["values"];
}

type Factories = ReadonlyMap<string, Factory>;

/** Column names by table, `schema.name`; undefined for a table that does not declare its columns. */
type KnownTables = ReadonlyMap<string, readonly string[] | undefined>;

export interface LoadedFactories {
  /** Those that a pipeline's tests may use, or all that belong to none. */
  of(pipeline?: string): Factories;
  readonly diagnostics: readonly Diagnostic[];
}

const FILE = "factories.yaml";

/** Reads all factories.yaml of the project. */
export function loadFactories(project: Project): LoadedFactories {
  const tables = knownTables(project);
  const common = readFactories(project.root, FILE, tables);
  const own = new Map(
    project.pipelines.map(({ name, folder }) => [name, readFactories(project.root, `${folder}/${FILE}`, tables)]),
  );
  return {
    of: (pipeline) => new Map([...common.factories, ...(own.get(pipeline ?? "")?.factories ?? [])]),
    diagnostics: [common, ...own.values()].flatMap(({ diagnostics }) => diagnostics),
  };
}

/** Outputs and sources that rows can be written for. */
export function knownTables({ transforms, sources }: Project): KnownTables {
  const outputs = transforms.flatMap((transform) => transform.outputs);
  const tables = [...outputs, ...sources].flatMap((table) => ("schema" in table && "columns" in table ? [table] : []));
  return new Map(
    tables.map((table) => [
      tableText(table),
      table.columns.length === 0 ? undefined : table.columns.map(({ name }) => name),
    ]),
  );
}

interface Read {
  readonly factories: Factories;
  readonly diagnostics: readonly Diagnostic[];
}

function readFactories(root: string, file: string, tables: KnownTables): Read {
  if (!existsSync(join(root, file))) return { factories: new Map(), diagnostics: [] };
  const bytes = readBytes(root, file);
  const text = isBytes(bytes) ? textOf(bytes, file) : bytes;
  if (typeof text !== "string") return { factories: new Map(), diagnostics: [text] };
  const parsed = parseNodes(file, text);
  const factories = new Map<string, Factory>();
  const problems: Problem[] = [];
  if (parsed.root && parsed.root.type !== "map") {
    const message = "this must be {name: {table: schema.name, column: value, …}, …}";
    problems.push({ code: wrongType, path: [], message });
  }
  for (const { key, value } of parsed.root?.type === "map" ? parsed.root.pairs : []) {
    if (key.type !== "scalar") continue;
    const read = readFactory(key.text, value, tables);
    if (read.factory) factories.set(key.text, read.factory);
    problems.push(...read.problems);
  }
  const locate: Locate = (_, place) => ({ file, ...parsed.places.find(place) });
  return {
    factories,
    diagnostics: [...parsed.diagnostics, ...problems.map((problem) => toDiagnostic({ file, problem }, locate))],
  };
}

const RESERVED: ReadonlySet<string> = new Set(["table"]);

function readFactory(
  name: string,
  node: Node,
  tables: KnownTables,
): { readonly factory?: Factory; readonly problems: readonly Problem[] } {
  const path = [name];
  const { row, problems } = readRow(node, path, RESERVED);
  if (!row) return { problems };
  const table = tableOf(node as MapNode);
  if (table === undefined) {
    const message = `factory ${quoted(name)} does not say of which table it is`;
    const hint = 'Add "table: schema.name".';
    return { problems: [{ code: missingKey, path, at: "key", message, hint }] };
  }
  const nested: readonly Problem[] =
    row.use === undefined
      ? []
      : [{ code: conflictingKeys, path: [...path, "use"], at: "key", message: "a factory can't use another one" }];
  const wrong = [...nested, ...tableProblems(table, tables, [...path, "table"]), ...columnProblems(row, table, tables)];
  return { factory: { name, table, values: row.values }, problems: wrong };
}

function tableOf({ pairs }: MapNode): string | undefined {
  const pair = pairs.find(({ key }) => key.type === "scalar" && key.plain && key.text === "table");
  return pair?.value.type === "scalar" && pair.value.text !== "" ? pair.value.text : undefined;
}

const tableProblems = (table: string, tables: KnownTables, path: Path): readonly Problem[] =>
  tables.has(table)
    ? []
    : [
        {
          code: unknownRowTable,
          path,
          message: `${quoted(table)} is neither an output nor a source of this project`,
          ...suggestion(table, [...tables.keys()]),
        },
      ];

/** Columns of a row that its table does not declare. */
export function columnProblems(row: WrittenRow, table: string, tables: KnownTables): readonly Problem[] {
  const columns = tables.get(table);
  if (!columns) return [];
  return Object.keys(row.values).flatMap((name): Problem[] =>
    columns.includes(name)
      ? []
      : [
          {
            code: unknownRowColumn,
            path: [...row.path, name],
            at: "key",
            message: `${table} has no column ${quoted(name)}`,
            ...suggestion(name, columns),
          },
        ],
  );
}

/** The rows with what their factories say, each as often as it says; a row's own values go before its factory's. */
export function expandRows(
  rows: readonly WrittenRow[],
  table: string,
  factories: Factories,
): { readonly rows: readonly WrittenRow["values"][]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const expanded = rows.flatMap((row) => {
    const factory = row.use === undefined ? undefined : factories.get(row.use);
    if (row.use !== undefined && factory?.table !== table) {
      const message = factory
        ? `factory ${quoted(row.use)} is of ${factory.table}, not of ${table}`
        : `there is no factory ${quoted(row.use)}`;
      const possible = [...factories.values()].filter((known) => known.table === table).map(({ name }) => name);
      problems.push({ code: unknownFactory, path: [...row.path, "use"], message, ...suggestion(row.use, possible) });
    }
    return Array.from({ length: row.times }, () => ({ ...factory?.values, ...row.values }));
  });
  return { rows: expanded, problems };
}
