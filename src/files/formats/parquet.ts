/** Parquet files, one row group after the other: so much is in memory at a time, and the writer chose how much that is. */
import {
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { BATCH, unfit } from "../batches.ts";
import { unreadable } from "../codes.ts";
import { matchColumns } from "../columns.ts";
import { changed, openFile } from "../open.ts";
import type { BrokenRecord, FileRecord, FileRecords, FoundFile, ReadOptions, RecordBatch, Wanted } from "../types.ts";
import { parsers, textOf, withPlainLeaves, type ToText } from "./parquet_values.ts";

/** A page of NULLs alone unpacks to nothing, which the library's LZ4 takes for damage. */
const unpackers: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array() : unpack(input, length)),
  ]),
);

interface Field {
  readonly name: string;
  readonly column: string;
  readonly text: ToText;
}

/**
 * The file is read twice: once from front to back for its checksum, then column by column.
 * @throws DiagnosticError where its columns are not those wanted, or it is no Parquet
 */
export async function readParquet(file: FoundFile, wanted: Wanted, options: ReadOptions): Promise<FileRecords> {
  const { signal, onBytes } = options;
  const buffer = bufferOf(file, signal);
  const metadata = await reading(file, signal, () => parquetMetadataAsync(buffer, { geoparquet: false }));
  const { children } = parquetSchema(metadata);
  const names = children.map(({ element }) => element.name);
  const { columns, positions } = matchColumns(names, wanted, file.path, "its schema");
  const fields = columns.map((column, n): Field => {
    const field = children[positions[n]!]!;
    return { name: field.element.name, column, text: textOf(field) };
  });
  const { bytes, checksum } = openFile(file, signal, onBytes);

  const batches = async function* (): AsyncGenerator<RecordBatch, void> {
    for await (const _chunk of bytes);
    const plain = withPlainLeaves(metadata);
    let first = 0;
    for (const group of metadata.row_groups) {
      const rows = Number(group.num_rows);
      const read = await reading(file, signal, () => readGroup(buffer, plain, fields, first, first + rows));
      for (let at = 0; at < rows; at += BATCH) {
        yield batchOf(fields, read, first + at, first + Math.min(at + BATCH, rows));
      }
      first += rows;
    }
  };
  return { columns, batches: batches(), checksum };
}

/** A column's values of one row group, in pieces. */
type Pieces = readonly { readonly rowStart: number; readonly rowEnd: number; readonly values: ArrayLike<unknown> }[];

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  fields: readonly Field[],
  rowStart: number,
  rowEnd: number,
): Promise<readonly Pieces[]> {
  const pieces = new Map<string, Pieces[number][]>(fields.map(({ name }) => [name, []]));
  await parquetRead({
    file,
    metadata,
    columns: [...pieces.keys()],
    rowStart,
    rowEnd,
    compressors: unpackers,
    parsers,
    utf8: false,
    geoparquet: false,
    onChunk: ({ columnName, columnData, rowStart: start, rowEnd: end }) => {
      pieces.get(columnName)!.push({ rowStart: start, rowEnd: end, values: columnData });
    },
  });
  return fields.map(({ name }) => {
    const all = pieces.get(name)!.sort((a, b) => a.rowStart - b.rowStart);
    const length = all.reduce((sum, piece) => sum + piece.rowEnd - piece.rowStart, 0);
    if (length !== rowEnd - rowStart) throw new Error("a column is shorter than its row group");
    return all;
  });
}

function batchOf(fields: readonly Field[], group: readonly Pieces[], start: number, end: number): RecordBatch {
  const columns = fields.map(({ text }, n) => {
    const texts: (string | null)[] = [];
    for (const { rowStart, rowEnd, values } of group[n]!) {
      const stop = Math.min(end, rowEnd);
      for (let row = Math.max(start, rowStart); row < stop; row++) texts.push(text(values[row - rowStart]));
    }
    return texts;
  });
  const records: FileRecord[] = [];
  const broken: BrokenRecord[] = [];
  for (let row = 0; row < end - start; row++) {
    const line = start + row + 1;
    const values = columns.map((texts) => texts[row]!);
    const fault = unstorable(values, fields, line);
    if (fault) broken.push(fault);
    else records.push({ line, values });
  }
  const raw = (line: number): string => {
    const row = fields.map(({ column }, n) => [column, columns[n]![line - 1 - start]?.toWellFormed() ?? null]);
    return JSON.stringify(Object.fromEntries(row));
  };
  return { records, broken, raw };
}

function unstorable(
  values: readonly (string | null)[],
  fields: readonly Field[],
  line: number,
): BrokenRecord | undefined {
  for (let n = 0; n < values.length; n++) {
    const value = values[n];
    const fault = value ? unfit(value, line) : undefined;
    if (fault) return { ...fault, column: fields[n]!.column };
  }
  return undefined;
}

function bufferOf(file: FoundFile, signal: AbortSignal): AsyncBuffer {
  return {
    byteLength: file.size,
    async slice(start, end = file.size) {
      const bytes = await file.slice(start, end, signal);
      if (bytes.length !== end - start) throw new DiagnosticError([changed(file.path)]);
      return new Uint8Array(bytes).buffer;
    },
  };
}

/** The library's own words are for those who write such files, and may quote what is in them. */
async function reading<T>(file: FoundFile, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted || error instanceof DiagnosticError) throw error;
    const message = `${file.path} can't be read: it is not Parquet, damaged, or of a kind that CTF does not know`;
    throw new DiagnosticError([unreadable({ message, span: { file: file.path }, hint: "Nothing was loaded." })]);
  }
}
