/** One load tried on one made-up file after the other, by all of production's steps. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { packedAs } from "../../../generate/fill/packed.ts";
import type { MadeRows, Profile } from "../../../generate/types.ts";
import type { FileRows, PlannedTransform } from "../../../plan/types.ts";
import { type FileSource, type TableOutput, tableText, type Transform } from "../../../project/types.ts";
import { batch } from "../../../warehouse/session/batch.ts";
import { insertStatements } from "../../../warehouse/facts/insert.ts";
import { readFacts } from "../../../warehouse/facts/read.ts";
import type { ColumnFacts, TableFacts } from "../../../warehouse/facts/types.ts";
import type { RowCounts } from "../../../warehouse/outcome.ts";
import { cellsOf, rowsOfTable } from "../../../warehouse/testbed/made_rows.ts";
import type { CellText } from "../../../warehouse/testbed/values.ts";
import { inWords } from "../../judge/judge.ts";
import { pseudoTest } from "../../service/pseudo_test.ts";
import type { GivenFile } from "../../types.ts";
import { noPython } from "../../run/work.ts";
import { makeInputs } from "../inputs/made_inputs.ts";
import type { OutputRows } from "../trying/outcome.ts";
import type { Ground } from "../own/ground.ts";
import { outputColumns } from "../trying/rehearse_query.ts";
import { classifiedColumns, fileNames } from "./file_names.ts";
import { type FileWriter, fileWriter, type MadeFile, narrowed } from "./files.ts";
import { keepsText, trickyTexts } from "./fitting.ts";

export interface LoadSubject {
  readonly transform: Transform;
  readonly planned: PlannedTransform;
  readonly rows: FileRows;
  readonly output: TableOutput;
  readonly source: FileSource;
}

interface Around {
  readonly seed: number;
  readonly until: string;
}

export interface Loaded {
  readonly refused?: readonly Diagnostic[];
  readonly counts: RowCounts;
  /** What the files have given, as it is in the table. */
  readonly outputs: readonly OutputRows[];
}

/** A row that is made up: what its file brings, and what else its table holds. */
export interface MadeRow {
  readonly brought: readonly CellText[];
  readonly whole: readonly CellText[];
}

/** Rows with texts that formats make something of, and those at the ends of what the types hold. */
export type Sort = "plausible" | "unusual" | "extreme";

interface Made {
  readonly rows: readonly MadeRow[];
  /** Of `whole`. */
  readonly columns: readonly string[];
}

interface Whole {
  readonly rows: readonly MadeRow[];
  readonly first: Loaded;
  readonly again: Loaded;
}

interface Known {
  readonly facts: TableFacts;
  readonly writer: FileWriter;
  /** One for each class of files, where there are classes; at least one. */
  readonly names: readonly string[];
}

/** A lifetime, hence a class: it keeps what came of its files. */
export class LoadStage {
  readonly subject: LoadSubject;
  private readonly ground: Ground;
  private readonly around: Around;
  private readonly kept = new Map<string, Promise<unknown>>();

  constructor(subject: LoadSubject, ground: Ground, around: Around) {
    this.subject = subject;
    this.ground = ground;
    this.around = around;
  }

  /** How a file is made up; undefined where no name can be that says what it has to say. */
  known(): Promise<Known | undefined> {
    return this.once("known", async () => {
      const { output, source, rows } = this.subject;
      await this.ground.begin([]);
      const { client } = await this.ground.session();
      const [declared] = (await readFacts(client, [{ ...output, foreignKeys: [] }])).values();
      if (!declared) return undefined;
      const headers = new Map(Object.entries(rows.rename).map(([header, column]) => [column, header]));
      const nameOf = (column: string) => headers.get(column) ?? column;
      const facts = narrowed(declared, source.format, nameOf);
      const names = fileNames(rows, facts, "rows");
      if (names.length === 0) return undefined;
      // What PostgreSQL fills in by itself, and what a file's name says, is in no file.
      const classified = classifiedColumns(rows);
      const brought = facts.columns.filter(({ name, filledBy }) => filledBy === undefined && !classified.has(name));
      const columns = brought.map(({ name }) => name);
      return { facts, names, writer: fileWriter(source.format, facts, columns, nameOf) };
    });
  }

  /** Rows that the table takes and a file can hold; undefined where nothing can be made up. */
  rows(sort: Sort): Promise<Made | undefined> {
    return this.once(`rows ${sort}`, async () => {
      const known = await this.known();
      if (!known) return undefined;
      const { writer } = known;
      const made = await this.make(known.facts, sort);
      if (!made) return undefined;
      const at = writer.columns.map((column) => made.columns.indexOf(column));
      const rows = made.rows.map((whole): MadeRow => ({ whole, brought: at.map((n) => whole[n] ?? null) }));
      const fitting = new Set(writer.fitting(rows.map(({ brought }) => brought)));
      return { columns: made.columns, rows: rows.filter(({ brought }) => fitting.has(brought)) };
    });
  }

  private async make(facts: TableFacts, sort: Sort): Promise<MadeRows | undefined> {
    const { client } = await this.ground.session();
    const { format } = this.subject.source;
    const profile: Profile = sort === "unusual" ? "edge" : sort;
    const ofSort = sort === "extreme" ? withTexts(facts, trickyTexts(format)) : facts;
    const all = new Map([[tableText(facts.table), ofSort]]);
    const made = await makeInputs(client, all, { ...this.around, profile });
    return typeof made === "string" ? undefined : made[0];
  }

  /** Files of these rows, one after the other, where nothing has been loaded before. */
  async load(...files: readonly (readonly MadeRow[])[]): Promise<Loaded> {
    const { writer, names } = (await this.known())!;
    await this.ground.begin([]);
    const written = await Promise.all(files.map((rows) => writer.write(rows.map(({ brought }) => brought))));
    return this.run(written, secondNames(names));
  }

  /** Whether there are names for two. */
  async takesTwoFiles(): Promise<boolean> {
    const names = (await this.known())?.names ?? [];
    return secondNames(names).length > 1;
  }

  /** The plausible rows, and the same file once more, as day follows day; undefined where there are none. */
  whole(): Promise<Whole | undefined> {
    return this.once("whole", async () => {
      const made = await this.rows("plausible");
      if (!made || made.rows.length === 0) return undefined;
      const { writer, names } = (await this.known())!;
      const first = await this.load(made.rows);
      const file = await writer.write(made.rows.map(({ brought }) => brought));
      return { rows: made.rows, first, again: await this.run([file], names) };
    });
  }

  /** A file without rows under each of the names. */
  async loadEmpty(): Promise<Loaded> {
    const { writer, names } = (await this.known())!;
    const empty = await writer.write([]);
    await this.ground.begin([]);
    return this.run(
      names.map(() => empty),
      names,
    );
  }

  /** The rows with broken ones behind them. Gives how many these are, too. */
  async loadBroken(rows: readonly MadeRow[]): Promise<Loaded & { readonly broken: number }> {
    const { writer, names } = (await this.known())!;
    const file = await writer.writeBroken(rows.map(({ brought }) => brought));
    await this.ground.begin([]);
    return { ...(await this.run([file], names, true)), broken: file.rows - rows.length };
  }

  /** What the table holds where the rows come into it directly. @throws RowsRefused */
  async inserted({ columns }: Made, rows: readonly MadeRow[]): Promise<readonly OutputRows[]> {
    const table = this.subject.output;
    await this.ground.begin(insertStatements([{ table, columns, rows: rows.map(({ whole }) => whole) }]));
    return this.tableRows();
  }

  private async run(files: readonly MadeFile[], names: readonly string[], tolerant = false): Promise<Loaded> {
    const { transform, planned, rows, source } = this.subject;
    const given = files.map(({ bytes }, n): GivenFile => ({
      source,
      name: names[n]!,
      bytes: packedAs(names[n]!, bytes),
    }));
    const test = pseudoTest(transform, { vars: {}, given: [], files: given, monitors: false });
    try {
      const one = tolerant ? allowingRejects(planned, rows) : planned;
      const counts = await this.ground.run({ planned: one, test, python: noPython });
      return { counts, outputs: await this.tableRows() };
    } catch (error) {
      return { refused: inWords(error, planned), counts: {}, outputs: [] };
    }
  }

  private async tableRows(): Promise<readonly OutputRows[]> {
    const { output } = this.subject;
    const { columns } = (await this.known())!.writer;
    const { client } = await this.ground.session();
    const [result] = await batch(client, [rowsOfTable(output, columns)]);
    return [
      { table: tableText(output), columns: outputColumns(output, columns), rows: cellsOf(result!.rows, columns) },
    ];
  }

  /** Those of the columns of an output that come back as the very text that the file has. */
  async exact(outputs: readonly OutputRows[]): Promise<readonly OutputRows[]> {
    const { source, rows } = this.subject;
    const { facts } = (await this.known())!;
    const headers = new Map(Object.entries(rows.rename).map(([header, column]) => [column, header]));
    const isExact = (name: string): boolean => {
      const of = facts.columns.find((column) => column.name === name)?.of;
      // Blanks between the parts of json are nobody's matter.
      return keepsText(source.format, headers.get(name) ?? name) && !(of?.is === "base" && of.name === "json");
    };
    return outputs.map(({ table, columns, rows: all }) => {
      const at = columns.flatMap(({ name }, n) => (isExact(name) ? [n] : []));
      return { table, columns: at.map((n) => columns[n]!), rows: all.map((row) => at.map((n) => row[n]!)) };
    });
  }

  private once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.kept.get(name) as Promise<T> | undefined;
    if (known) return known;
    const made = make();
    this.kept.set(name, made);
    return made;
  }
}

/** A second file of the same class, where names are free. */
const secondNames = (names: readonly string[]): readonly string[] =>
  names.length === 1 && names[0] === "rows" ? ["rows", "rows_2"] : names;

/** A column of free texts has these among its values. */
function withTexts(facts: TableFacts, texts: readonly string[]): TableFacts {
  const columns = facts.columns.map((column): ColumnFacts => {
    const { of, examples } = column;
    const isText = of.is === "base" && /^(text|varchar|citext)$/.test(of.name);
    const longest = of.is === "base" ? (of.modifiers[0] ?? Infinity) : 0;
    const fitting = texts.filter((text) => [...text].length <= longest);
    return isText && !examples && fitting.length > 0 ? { ...column, examples: fitting } : column;
  });
  return { ...facts, columns };
}

function allowingRejects({ action, ...planned }: PlannedTransform, rows: FileRows): PlannedTransform {
  const tolerant: FileRows = { ...rows, maxRejects: { type: "percent", value: 100 } };
  return { ...planned, action: { ...action, rows: tolerant } as PlannedTransform["action"] };
}
