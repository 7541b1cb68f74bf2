/** A file → its records, whatever its format. */
import type { CsvFormat, FileFormat, FixedWidthFormat } from "../project/file_formats.ts";
import { batchesOf } from "./batches.ts";
import { matchColumns } from "./columns.ts";
import { decoded } from "./decode.ts";
import { csvScanner, csvTake } from "./formats/csv.ts";
import { csvHeader } from "./formats/csv_header.ts";
import { fixedWidthLine } from "./formats/fixed_width.ts";
import { jsonKeys } from "./formats/json_keys.ts";
import { linesTake } from "./formats/lines.ts";
import { openFile } from "./open.ts";
import type { FileRecords, FoundFile, ReadOptions, RecordBatch, Wanted } from "./types.ts";

/**
 * Begins to read a file. CSV, fixed-width and Parquet files name their columns, so they may lack optional ones; JSON lines
 * give all that are not optional.
 * @throws DiagnosticError where its columns are not those wanted, or it can't be opened
 */
export async function readRecords(
  file: FoundFile,
  format: FileFormat,
  wanted: Wanted,
  options: ReadOptions,
): Promise<FileRecords> {
  switch (format.type) {
    case "csv":
      return readCsv(file, format, wanted, options);
    case "json_lines":
      return readJsonLines(file, wanted, options);
    case "fixed_width":
      return readFixedWidth(file, format, wanted, options);
    case "parquet": {
      const { readParquet } = await import("./formats/parquet.ts");
      return readParquet(file, wanted, options);
    }
    case "raw":
      throw new Error(`${file.path} has no records: only a python transform reads it`);
  }
}

const required = ({ columns, optional }: Wanted) => columns.filter((name) => !optional.has(name));

async function readCsv(file: FoundFile, format: CsvFormat, wanted: Wanted, options: ReadOptions): Promise<FileRecords> {
  const { bytes, checksum } = openFile(file, options.signal, options.onBytes);
  const texts = decoded(bytes, format.encoding);
  const scanner = csvScanner(format);
  if (!format.header) {
    const columns = required(wanted);
    const take = csvTake(
      scanner,
      columns.map((_, n) => n),
      columns.length,
    );
    return { columns, batches: batchesOf(texts, take), checksum };
  }
  try {
    const header = await csvHeader(texts, scanner);
    const { columns, positions } = matchColumns(header.names, wanted, file.path, "the header");
    const take = csvTake(scanner, positions, header.names.length);
    return { columns, batches: batchesOf(header.texts, take, header.lines + 1), checksum };
  } catch (error) {
    await texts.return(undefined);
    throw error;
  }
}

function readJsonLines(file: FoundFile, wanted: Wanted, options: ReadOptions): FileRecords {
  const { bytes, checksum } = openFile(file, options.signal, options.onBytes);
  const columns = required(wanted);
  const keys = jsonKeys(columns, wanted, file.path);
  const batches = async function* (): AsyncGenerator<RecordBatch, void> {
    yield* batchesOf(decoded(bytes, "UTF8"), linesTake(keys.readLine));
    const unknown = keys.unknown();
    if (unknown) options.warn(unknown);
  };
  return { columns, batches: batches(), checksum };
}

function readFixedWidth(file: FoundFile, format: FixedWidthFormat, wanted: Wanted, options: ReadOptions): FileRecords {
  const names = format.fields.map(({ name }) => name);
  const { columns, positions } = matchColumns(names, wanted, file.path, "the list of its fields");
  const readLine = fixedWidthLine(
    positions.map((position) => format.fields[position]!),
    columns,
    options.span,
  );
  const { bytes, checksum } = openFile(file, options.signal, options.onBytes);
  return { columns, batches: batchesOf(decoded(bytes, format.encoding), linesTake(readLine)), checksum };
}
