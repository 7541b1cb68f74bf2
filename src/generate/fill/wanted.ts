/** What a pipeline reads that nothing here makes: sources, other pipelines' outputs, tables that other systems write. */
import { plannedRows } from "../../kinds/planned_rows.ts";
import {
  type Column,
  type FileSource,
  type Output,
  type Project,
  type TableOutput,
  type TableSource,
  tableText,
  type Transform,
} from "../../project/types.ts";
import type { Declared } from "../../warehouse/facts/read.ts";

/** A table that has to be there. */
interface WantedTable {
  readonly text: string;
  readonly declared: TableSource | TableOutput;
  /** So many rows that its readers' monitors should let them pass. */
  readonly least: number;
}

/** A source of files, with the columns that it is loaded into. */
export interface WantedFiles {
  readonly source: FileSource;
  readonly declared: Declared;
  /** Column → its name in the file; those that the file does not bring are not among them. */
  readonly headers: ReadonlyMap<string, string>;
  readonly least: number;
}

export interface Wanted {
  readonly tables: readonly WantedTable[];
  readonly files: readonly WantedFiles[];
  /** What is read and can't be made up, and why. */
  readonly others: readonly { readonly name: string; readonly reason: string }[];
}

/** Of the transforms of these pipelines; all if not given. */
export function wantedBy(project: Project, pipeline?: string): Wanted {
  const readers = project.transforms.filter((transform) => pipeline === undefined || transform.pipeline === pipeline);
  const tables = new Map<string, WantedTable>();
  const files = new Map<string, WantedFiles>();
  const others = new Map<string, string>();
  const addTable = (declared: TableSource | TableOutput, reader: Transform): void => {
    const text = tableText(declared);
    if (declared.columns.length === 0) {
      others.set(text, 'its columns are not declared; "ctf source add" reads them from a warehouse');
      return;
    }
    const least = Math.max(tables.get(text)?.least ?? 0, reader.madeElsewhere ? leastOf(reader) : 0);
    tables.set(text, { text, declared, least });
  };
  const addOutput = (output: Output, maker: Transform, reader: Transform): void => {
    if (output.type === "table") addTable(output, reader);
    else {
      const name = output.type === "file" ? output.path : tableText(output);
      others.set(name, `it is a ${output.type}; "ctf run ${maker.pipeline} -e ${maker.name} --upstream" makes it`);
    }
  };
  const addFiles = (source: FileSource, reader: Transform): void => {
    const found = filesOf(source, reader, project);
    if (found) files.set(source.sourceName, found);
    else if (!files.has(source.sourceName)) {
      others.set(source.sourceName, "neither it nor a load declares its columns");
    }
  };

  for (const reader of readers) {
    for (const input of reader.inputs) {
      if (input.type === "source") {
        const source = project.sources.find(({ sourceName }) => sourceName === input.name);
        if (source?.type === "table") addTable(source, reader);
        else if (source) addFiles(source, reader);
      } else {
        const maker = project.transforms.find(({ id }) => id === input.id);
        if (!maker || readers.includes(maker)) continue;
        for (const output of maker.outputs) addOutput(output, maker, reader);
      }
    }
    // Nothing here makes what is made elsewhere, unless another transform does it for the other system.
    if (!reader.madeElsewhere || reader.inputs.some(({ type }) => type === "transform")) continue;
    for (const output of reader.outputs) if (output.type === "table") addTable(output, reader);
  }
  for (const name of files.keys()) others.delete(name);
  return {
    tables: [...tables.values()],
    files: [...files.values()],
    others: [...others].map(([name, reason]) => ({ name, reason })),
  };
}

/** Not every row comes through all that follows, where monitors ask for some, too. */
const leastOf = ({ monitors }: Transform): number => 4 * Math.max(0, ...monitors.map(({ min }) => min ?? 0));

function filesOf(source: FileSource, reader: Transform, project: Project): WantedFiles | undefined {
  const rows = plannedRows(reader, project);
  if (rows?.type !== "files") {
    if (source.columns.length === 0) return undefined;
    const headers = new Map(source.columns.map(({ name }) => [name, name]));
    return { source, declared: { schema: "", name: source.sourceName, columns: source.columns }, headers, least: 0 };
  }
  const output = reader.outputs.find((one): one is TableOutput => one.type === "table")!;
  const classified = new Set(rows.classify.flatMap(({ match, set }) => [...groupNames(match), ...Object.keys(set)]));
  const named = new Map(Object.entries(rows.rename).map(([header, column]) => [column, header]));
  const brought = (column: Column): boolean =>
    column.identity === undefined && column.default === undefined && !classified.has(column.name);
  return {
    source,
    declared: { ...output, columns: output.columns.map((column) => withExamples(column, source)) },
    headers: new Map(output.columns.filter(brought).map(({ name }) => [name, named.get(name) ?? name])),
    least: leastOf(reader),
  };
}

/** The source may say more of a column than the load that reads it. */
function withExamples(column: Column, source: FileSource): Column {
  const examples = column.examples ?? source.columns.find(({ name }) => name === column.name)?.examples;
  return examples ? { ...column, examples } : column;
}

const groupNames = (match: string): readonly string[] => [...match.matchAll(/\(\?<(\w+)>/g)].map(([, name]) => name!);
