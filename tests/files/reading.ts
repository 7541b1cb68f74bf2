/** Files of the test, read as a load reads them. */
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { DiagnosticError } from "../../src/diagnostics/diagnostic.ts";
import { findFiles } from "../../src/files/find.ts";
import { readRecords } from "../../src/files/read.ts";
import type { FoundFile, RecordBatch } from "../../src/files/types.ts";
import type { CsvFormat, FileFormat } from "../../src/project/file_formats.ts";
import { folderOf, lines } from "../support/files.ts";

export const span = { file: "sources.yaml", start: { line: 2, column: 3 } };

export const csv: CsvFormat = {
  type: "csv",
  header: true,
  delimiter: ",",
  quote: '"',
  escape: '"',
  null: "",
  encoding: "UTF8",
};

export interface Read {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** `line: SQLSTATE message`, with the record's own text behind it. */
  readonly broken: readonly string[];
  /** The line of each row. */
  readonly lines: readonly number[];
  readonly warnings: readonly string[];
  readonly checksum: string;
  /** Stored bytes. */
  readonly bytes: number;
}

interface How {
  readonly columns: readonly string[];
  readonly optional?: readonly string[];
  readonly json?: readonly string[];
  readonly rename?: Readonly<Record<string, string>>;
  readonly name?: string;
}

export async function oneFile(name: string, content: string | Uint8Array): Promise<FoundFile> {
  const [file] = await findFiles([name], { root: folderOf({ [name]: content }), env: {}, source: "s", span });
  return file!;
}

/** Reads a file with this content. */
export async function read(content: string | Uint8Array, format: FileFormat, how: How): Promise<Read> {
  return readFound(await oneFile(how.name ?? "file.txt", content), format, how);
}

export async function readFound(file: FoundFile, format: FileFormat, how: How): Promise<Read> {
  const { columns, optional = [], json = [], rename = {} } = how;
  const warned: Diagnostic[] = [];
  let bytes = 0;
  const records = await readRecords(
    file,
    format,
    { table: "s.t", columns, optional: new Set(optional), json: new Set(json), rename },
    {
      signal: new AbortController().signal,
      onBytes: (count) => (bytes += count),
      warn: (diagnostic) => warned.push(diagnostic),
      span,
    },
  );
  const batches: RecordBatch[] = [];
  for await (const batch of records.batches) batches.push(batch);
  const all = batches.flatMap((batch) => batch.records);
  return {
    columns: records.columns,
    rows: all.map(({ values }) => values),
    lines: all.map(({ line }) => line),
    broken: batches.flatMap((batch) =>
      batch.broken.map(({ line, reason, message }) => `${line}: ${reason} ${message} | ${batch.raw(line)}`),
    ),
    warnings: lines(warned),
    checksum: records.checksum(),
    bytes,
  };
}

/** The problems that it stops with. */
export async function problemsOf(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DiagnosticError) return lines(error.diagnostics);
    throw error;
  }
  throw new Error("it did not stop");
}
