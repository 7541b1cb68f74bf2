/** One load tried on one made-up file after the other, in databases of its own, by all of production's steps. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { FileRows, PlannedTransform } from "../../../plan/types.ts";
import { type FileSource, type TableOutput, tableText, type Transform } from "../../../project/types.ts";
import { batch } from "../../../warehouse/batch.ts";
import { readFacts } from "../../../warehouse/facts/read.ts";
import type { RowCounts } from "../../../warehouse/outcome.ts";
import type { TestDatabase, Testbed } from "../../../warehouse/testbed/databases.ts";
import { cellsOf, rowsOfTable } from "../../../warehouse/testbed/made_rows.ts";
import type { Work } from "../../../warehouse/work.ts";
import { writeFiles } from "../../given_files.ts";
import { inWords } from "../../judge.ts";
import { carryOutAll } from "../../own_run.ts";
import { pseudoTest } from "../../service/pseudo_test.ts";
import { noPython } from "../../work.ts";
import { makeInputs } from "../made_inputs.ts";
import type { OutputRows } from "../outcome.ts";
import { outputColumns } from "../rehearse_query.ts";
import { bytesOf, type WrittenFormat } from "./file_text.ts";
import { type FileLines, linesOf } from "./rows.ts";

export interface LoadSubject {
  readonly transform: Transform;
  readonly planned: PlannedTransform;
  readonly rows: FileRows;
  readonly output: TableOutput;
  readonly source: FileSource & { readonly format: WrittenFormat };
}

interface Around {
  readonly root: string;
  readonly env: Work["env"];
  readonly signal: AbortSignal;
  readonly seed: number;
  readonly until: string;
}

interface Loaded {
  readonly refused?: readonly Diagnostic[];
  readonly counts: RowCounts;
  /** What the file has given, as it is in the table. */
  readonly outputs: readonly OutputRows[];
}

interface File {
  readonly name: string;
  readonly lines: readonly string[];
  /** Where broken rows are meant to be rejected. */
  readonly rejectsAllowed?: boolean;
}

/** One file after the other. */
interface LoadDatabase {
  load(file: File): Promise<Loaded>;
}

/** What came of all that is tried. */
export interface Loads {
  readonly lines: FileLines;
  /** No row, then the whole ones, and these once more: in one database, as day follows day. */
  readonly empty: Loaded;
  readonly whole: Loaded;
  readonly again: Loaded;
  /** The whole rows with the broken ones, where nothing has been loaded before. */
  readonly broken: Loaded;
}

/** A lifetime, hence a class: `close` drops its databases. */
export class LoadStage {
  readonly subject: LoadSubject;
  private readonly testbed: Testbed;
  private readonly around: Around;
  private readonly databases: TestDatabase[] = [];
  private tried: Promise<Loads | undefined> | undefined;
  private columns: readonly string[] = [];

  constructor(subject: LoadSubject, testbed: Testbed, around: Around) {
    this.subject = subject;
    this.testbed = testbed;
    this.around = around;
  }

  /** Undefined where nothing can be made up that the table takes. */
  loads(): Promise<Loads | undefined> {
    return (this.tried ??= this.tryAll());
  }

  private async tryAll(): Promise<Loads | undefined> {
    const first = await this.own();
    const lines = await this.make(first);
    if (!lines) return undefined;
    const { header, whole, broken } = lines;
    const days = await this.loader(first);
    const file = { name: "whole", lines: [...header, ...whole] };
    return {
      lines,
      empty: await days.load({ name: "empty", lines: header }),
      whole: await days.load(file),
      again: await days.load(file),
      broken: await (
        await this.loader(await this.own())
      ).load({ name: "broken", lines: [...header, ...whole, ...broken], rejectsAllowed: true }),
    };
  }

  private async make(database: TestDatabase): Promise<FileLines | undefined> {
    const { output, source, rows } = this.subject;
    const { client } = await database.session();
    const [facts] = (await readFacts(client, [{ ...output, foreignKeys: [] }])).values();
    if (!facts) return undefined;
    const made = await makeInputs(client, new Map([[tableText(output), facts]]), {
      ...this.around,
      profile: "plausible",
    });
    const [some] = typeof made === "string" ? [] : made;
    if (!some) return undefined;
    // What PostgreSQL fills in by itself is in no file.
    const filled = new Set(facts.columns.flatMap(({ name, filledBy }) => (filledBy === undefined ? [] : [name])));
    this.columns = some.columns.filter((name) => !filled.has(name));
    const given = some.rows.map((row) => row.filter((_, n) => !filled.has(some.columns[n]!)));
    const headers = new Map(Object.entries(rows.rename).map(([header, column]) => [column, header]));
    return linesOf(
      source.format,
      facts,
      { columns: this.columns, rows: given },
      (column) => headers.get(column) ?? column,
    );
  }

  private async loader(database: TestDatabase): Promise<LoadDatabase> {
    const session = await database.session();
    const { root, env, signal } = this.around;
    const { transform, planned, source, output } = this.subject;
    let number = 0;
    return {
      load: async ({ name, lines, rejectsAllowed = false }) => {
        const test = pseudoTest(transform, {
          vars: {},
          given: [],
          files: [{ source, name, bytes: bytesOf(lines) }],
          monitors: false,
        });
        const files = writeFiles(test);
        const run = { database, test, root, env, signal, python: noPython, clock: undefined, number: number++ };
        try {
          const one = rejectsAllowed ? allowingRejects(planned, this.subject.rows) : planned;
          const { counts } = await carryOutAll({ ...run, planned: [one] }, session, files);
          const [result] = await batch(session.client, [rowsOfTable(output, this.columns)]);
          const rows = cellsOf(result!.rows, this.columns);
          const columns = outputColumns(output, this.columns);
          return { counts, outputs: [{ table: output.name, columns, rows }] };
        } catch (error) {
          return { refused: inWords(error, planned), counts: {}, outputs: [] };
        } finally {
          files.remove();
        }
      },
    };
  }

  private async own(): Promise<TestDatabase> {
    const database = await this.testbed.own();
    this.databases.push(database);
    return database;
  }

  async close(): Promise<void> {
    for (const database of this.databases) await database.leave();
  }
}

function allowingRejects({ action, ...planned }: PlannedTransform, rows: FileRows): PlannedTransform {
  const tolerant: FileRows = { ...rows, maxRejects: { type: "percent", value: 100 } };
  return { ...planned, action: { ...action, rows: tolerant } as PlannedTransform["action"] };
}
