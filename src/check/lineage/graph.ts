/** Where every column of the project comes from, and where it goes: from table to table, one step at a time. */
import type { Span } from "../../diagnostics/diagnostic.ts";
import {
  type Column,
  type ColumnRead,
  outputText,
  type Project,
  tableText,
  type Transform,
} from "../../project/types.ts";
import { type Relation, type Relations, relationsOf } from "../relations.ts";
import { type ColumnFlow, columnFlows } from "../uses/column_flows.ts";
import type { Flows, QueryFlows } from "../uses/types.ts";

/** `column` is `*` for a table as a whole: any of its columns, or its rows. */
export interface ColumnId {
  /** `schema.name`, a source of files by its name, or a file by its path. */
  readonly relation: string;
  readonly column: string;
}

/**
 * How one column makes another: `copy`: its value, unchanged; `value`: computed from it; `decides`: it only chooses among
 * values; `rows`: it only decides which rows there are; `declared`: nobody can look inside, but it is a declared input.
 */
export type How = "copy" | "value" | "decides" | "rows" | "declared";

export interface Edge {
  readonly from: ColumnId;
  /** `*` where it decides on the rows, or where nobody knows which columns. */
  readonly to: ColumnId;
  readonly how: How;
  readonly transform: Transform;
  /** Where the expression stands that makes the value. */
  readonly span?: Span;
}

/** A table, view or file with columns. */
export interface LineageTable {
  readonly text: string;
  readonly relation: Relation;
  readonly columns: readonly Column[];
}

export interface Lineage {
  readonly tables: ReadonlyMap<string, LineageTable>;
  columnOf(id: ColumnId): Column | undefined;
  /** What it is made from, the strongest way of each input only. */
  up(id: ColumnId): readonly Edge[];
  /** What is made from it. */
  down(id: ColumnId): readonly Edge[];
}

/** A table that a transform makes, and what is known of its making. */
interface Made {
  readonly text: string;
  readonly transform: Transform;
  /** Absent: only the declared inputs are known. */
  readonly query?: QueryFlows;
  /** The tables that it reads. */
  readonly reads: readonly string[];
}

/** `flows` by transform, as `gatherContents` gives them. */
export function lineageOf(
  project: Project,
  flows: ReadonlyMap<string, Flows>,
  relations = relationsOf(project),
): Lineage {
  const tables = tablesIn(project);
  const made = new Map<string, Made>();
  const readers = new Map<string, Made[]>();
  for (const { text, relation } of tables.values()) {
    if (!("transform" in relation)) continue;
    const one = madeBy(text, relation.transform, flows.get(relation.transform.id), tables, relations);
    made.set(text, one);
    for (const read of one.reads) {
      const known = readers.get(read);
      if (known) known.push(one);
      else readers.set(read, [one]);
    }
  }
  return {
    tables,
    columnOf: ({ relation, column }) => tables.get(relation)?.columns.find(({ name }) => name === column),
    up(id) {
      const maker = made.get(id.relation);
      if (!maker) return [];
      if (maker.query && id.column !== "*") return edgesInto(id, maker, maker.query);
      if (maker.transform.columnReads) return namedInto(id, maker.transform, maker.transform.columnReads);
      return maker.reads.flatMap((read) => {
        const from = declaredColumn(maker, id.column, tables.get(read));
        return from === undefined
          ? []
          : [{ from: { relation: read, column: from }, to: id, how: "declared", transform: maker.transform }];
      });
    },
    down: (id) =>
      (readers.get(id.relation) ?? []).flatMap((reader) => {
        if (reader.query && id.column !== "*")
          return edgesOutOf(id, reader, reader.query, tables.get(reader.text)?.columns ?? []);
        if (reader.transform.columnReads) return namedOutOf(id, reader, reader.transform.columnReads);
        const to = declaredColumn(reader, id.column, tables.get(reader.text));
        return to === undefined
          ? []
          : [{ from: id, to: { relation: reader.text, column: to }, how: "declared", transform: reader.transform }];
      }),
  };
}

function tablesIn(project: Project): ReadonlyMap<string, LineageTable> {
  const tables = new Map<string, LineageTable>();
  for (const source of project.sources) {
    const text = source.type === "table" ? tableText(source) : source.sourceName;
    tables.set(text, { text, relation: { text, source }, columns: source.columns });
  }
  for (const transform of project.transforms) {
    transform.outputs.forEach((output, index) => {
      if (output.type === "function") return;
      const text = outputText(output);
      tables.set(text, { text, relation: { text, transform, output, index }, columns: output.columns });
    });
  }
  return tables;
}

function madeBy(
  text: string,
  transform: Transform,
  flows: Flows | undefined,
  tables: ReadonlyMap<string, LineageTable>,
  relations: Relations,
): Made {
  const query = flows?.queries.find(({ view }) => view === undefined || view === text);
  const reads = query?.relations ?? [];
  // Of a view on tables that other statements of the file make, only the declaration is known.
  const isWhole = query && (query.view === undefined || reads.every((read) => tables.has(read)));
  if (isWhole) return { text, transform, query, reads };
  const declared = transform.inputs.flatMap((input) => relations.of(input).map((relation) => relation.text));
  return { text, transform, reads: [...new Set(declared)].filter((read) => read !== text && tables.has(read)) };
}

/** A definition that names what it reads names what it makes of it, too. */
const namedInto = (to: ColumnId, transform: Transform, reads: readonly ColumnRead[]): readonly Edge[] =>
  reads.flatMap(({ relation, column, into }) =>
    into.flatMap((made): readonly Edge[] =>
      to.column === "*" || made.column === to.column
        ? [{ from: { relation, column }, to, how: made.how, transform }]
        : [],
    ),
  );

const namedOutOf = (from: ColumnId, { text, transform }: Made, reads: readonly ColumnRead[]): readonly Edge[] =>
  reads.flatMap(({ relation, column, into }) =>
    relation !== from.relation || (from.column !== "*" && column !== from.column)
      ? []
      : into.map((made): Edge => ({ from, to: { relation: text, column: made.column }, how: made.how, transform })),
  );

/** What is loaded from sources without any code goes by the names of columns; code that nobody can look into may take any column for any. */
function declaredColumn({ transform }: Made, column: string, other: LineageTable | undefined): string | undefined {
  const isLoaded = transform.codeFile === undefined && transform.inputs.every(({ type }) => type === "source");
  if (!isLoaded || column === "*") return "*";
  return other?.columns.some(({ name }) => name === column) ? column : undefined;
}

function edgesInto(to: ColumnId, { transform }: Made, query: QueryFlows): readonly Edge[] {
  const all = columnFlows(query);
  // As `othersOf` has it.
  const flow = all.find(({ name }) => name === to.column) ?? all.find(({ name }) => name === "*");
  // PostgreSQL fills what the SELECT does not give: numbers and defaults.
  if (!flow) return [];
  const ways = new Map<number, How>();
  for (const n of query.rows) ways.set(n, "rows");
  for (const n of flow.decides) ways.set(n, "decides");
  for (const n of flow.value) ways.set(n, flow.copies.includes(n) ? "copy" : "value");
  const span = spanOf(transform, flow);
  return [...ways]
    .map(([n, how]): Edge => {
      const from = { relation: query.relations[query.inputRelations[n]!]!, column: query.inputs[n]! };
      return { from, to, how, transform, ...(span && { span }) };
    })
    .sort((a, b) => STRENGTH.indexOf(a.how) - STRENGTH.indexOf(b.how));
}

const STRENGTH: readonly How[] = ["copy", "value", "declared", "decides", "rows"];

/** Of a star whose columns nobody knows, any that nothing else makes may be one; where none is declared, it is the table. */
function othersOf(declared: readonly Column[], flows: readonly ColumnFlow[]): readonly string[] {
  const names = new Set(flows.map(({ name }) => name));
  const others = declared.flatMap(({ name }) => (names.has(name) ? [] : [name]));
  return others.length > 0 ? others : ["*"];
}

function edgesOutOf(
  from: ColumnId,
  { text, transform }: Made,
  query: QueryFlows,
  declared: readonly Column[],
): readonly Edge[] {
  const { relations, inputs, inputRelations, rows } = query;
  const relation = relations.indexOf(from.relation);
  const n = inputs.findIndex((column, i) => column === from.column && inputRelations[i] === relation);
  if (n < 0) return [];
  const flows = columnFlows(query);
  const edges = flows.flatMap((flow): readonly Edge[] => {
    const { name: column, value, decides, copies } = flow;
    const how = value.includes(n)
      ? copies.includes(n)
        ? "copy"
        : "value"
      : decides.includes(n)
        ? "decides"
        : undefined;
    if (!how) return [];
    const span = spanOf(transform, flow);
    const columns = column === "*" ? othersOf(declared, flows) : [column];
    return columns.map((name) => ({
      from,
      to: { relation: text, column: name },
      how,
      transform,
      ...(span && { span }),
    }));
  });
  return rows.includes(n) ? [...edges, { from, to: { relation: text, column: "*" }, how: "rows", transform }] : edges;
}

const spanOf = ({ codeFile }: Transform, { start }: ColumnFlow): Span | undefined =>
  codeFile !== undefined && start ? { file: codeFile, start } : undefined;

export const columnText = ({ relation, column }: ColumnId): string => `${relation}.${column}`;
