/** One load tried on one made-up file after the other, by all of production's steps. */
import { gzipSync } from "node:zlib";
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { FileRows, PlannedTransform } from "../../../plan/types.ts";
import { type FileSource, type TableOutput, tableText, type Transform } from "../../../project/types.ts";
import { batch } from "../../../warehouse/batch.ts";
import { readFacts } from "../../../warehouse/facts/read.ts";
import type { RowCounts } from "../../../warehouse/outcome.ts";
import { cellsOf, rowsOfTable } from "../../../warehouse/testbed/made_rows.ts";
import { inWords } from "../../judge.ts";
import { pseudoTest } from "../../service/pseudo_test.ts";
import type { GivenFile } from "../../types.ts";
import { noPython } from "../../work.ts";
import { makeInputs } from "../made_inputs.ts";
import type { OutputRows } from "../outcome.ts";
import type { Ground } from "../own/ground.ts";
import { outputColumns } from "../rehearse_query.ts";
import { classifiedColumns, fileNames } from "./file_names.ts";
import { filesOf, type MadeFile, type MadeFiles, narrowed } from "./files.ts";

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

interface Loaded {
  readonly refused?: readonly Diagnostic[];
  readonly counts: RowCounts;
  /** What the files have given, as it is in the table. */
  readonly outputs: readonly OutputRows[];
}

/** What came of all that is tried. */
export interface Loads {
  /** Of how many files each is, and of how many rows together. */
  readonly rows: { readonly whole: number; readonly broken: number };
  readonly empty: Loaded;
  /** The whole rows, and these once more, as day follows day. */
  readonly whole: Loaded;
  readonly again: Loaded;
  /** The whole rows with the broken ones, where nothing has been loaded before. */
  readonly broken: Loaded;
}

interface Made {
  readonly files: MadeFiles;
  /** One for each class of files. */
  readonly names: readonly string[];
  /** What the files bring. */
  readonly columns: readonly string[];
}

/** A lifetime, hence a class: it keeps what came of its files. */
export class LoadStage {
  readonly subject: LoadSubject;
  private readonly ground: Ground;
  private readonly around: Around;
  private tried: Promise<Loads | undefined> | undefined;

  constructor(subject: LoadSubject, ground: Ground, around: Around) {
    this.subject = subject;
    this.ground = ground;
    this.around = around;
  }

  /** Undefined where nothing can be made up that the table takes, or no name that says what it has to say. */
  loads(): Promise<Loads | undefined> {
    return (this.tried ??= this.tryAll());
  }

  private async tryAll(): Promise<Loads | undefined> {
    await this.ground.begin([]);
    const made = await this.make();
    if (!made) return undefined;
    const { files, names, columns } = made;
    const load = (file: MadeFile, of: readonly string[], tolerant = false) => this.load(file, of, columns, tolerant);
    const [first] = names;
    const empty = await load(files.empty, names);
    await this.ground.begin([]);
    const whole = await load(files.whole, [first!]);
    const again = await load(files.whole, [first!]);
    await this.ground.begin([]);
    const broken = await load(files.broken, [first!], true);
    return {
      rows: { whole: files.whole.rows, broken: files.broken.rows - files.whole.rows },
      empty,
      whole,
      again,
      broken,
    };
  }

  private async make(): Promise<Made | undefined> {
    const { output, source, rows } = this.subject;
    const { client } = await this.ground.session();
    const [declared] = (await readFacts(client, [{ ...output, foreignKeys: [] }])).values();
    if (!declared) return undefined;
    const headers = new Map(Object.entries(rows.rename).map(([header, column]) => [column, header]));
    const nameOf = (column: string) => headers.get(column) ?? column;
    const facts = narrowed(declared, source.format, nameOf);
    const names = fileNames(rows, facts, "rows");
    const made = await makeInputs(client, new Map([[tableText(output), facts]]), {
      ...this.around,
      profile: "plausible",
    });
    const [some] = typeof made === "string" ? [] : made;
    if (!some || names.length === 0) return undefined;
    // What PostgreSQL fills in by itself, and what a file's name says, is in no file.
    const classified = classifiedColumns(rows);
    const filled = new Set(facts.columns.flatMap(({ name, filledBy }) => (filledBy === undefined ? [] : [name])));
    const isBrought = (name: string) => !filled.has(name) && !classified.has(name);
    const columns = some.columns.filter(isBrought);
    const given = some.rows.map((row) => row.filter((_, n) => isBrought(some.columns[n]!)));
    return { files: await filesOf(source.format, facts, { columns, rows: given }, nameOf), names, columns };
  }

  private async load(
    { bytes }: MadeFile,
    names: readonly string[],
    columns: readonly string[],
    tolerant: boolean,
  ): Promise<Loaded> {
    const { transform, planned, rows, source, output } = this.subject;
    const files = names.map((name): GivenFile => ({
      source,
      name,
      bytes: name.endsWith(".gz") ? gzipSync(bytes) : bytes,
    }));
    const test = pseudoTest(transform, { vars: {}, given: [], files, monitors: false });
    try {
      const one = tolerant ? allowingRejects(planned, rows) : planned;
      const counts = await this.ground.run({ planned: one, test, python: noPython });
      const { client } = await this.ground.session();
      const [result] = await batch(client, [rowsOfTable(output, columns)]);
      const outputs = [
        { table: output.name, columns: outputColumns(output, columns), rows: cellsOf(result!.rows, columns) },
      ];
      return { counts, outputs };
    } catch (error) {
      return { refused: inWords(error, planned), counts: {}, outputs: [] };
    }
  }
}

function allowingRejects({ action, ...planned }: PlannedTransform, rows: FileRows): PlannedTransform {
  const tolerant: FileRows = { ...rows, maxRejects: { type: "percent", value: 100 } };
  return { ...planned, action: { ...action, rows: tolerant } as PlannedTransform["action"] };
}
