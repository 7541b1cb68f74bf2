/** What this room gives to those who load files: which files there are, and their records, one batch after the other. */
import type { Readable } from "node:stream";
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";

/** A file that is there, on disk or on S3. */
export interface FoundFile {
  /** As it is shown to people, and recorded: from the project's root, an absolute path, or `s3://bucket/key`. */
  readonly path: string;
  /** In bytes, as stored. */
  readonly size: number;
  /** Opens the stored bytes; on S3 a dropped connection is resumed where it broke off. */
  open(signal: AbortSignal): Readable;
  /** A part of the stored bytes, for formats that are not read from front to back. */
  slice(start: number, end: number, signal: AbortSignal): Promise<Uint8Array>;
}

/** A row as the file has it: one text for each column asked for, in their order; null is NULL. */
export interface FileRecord {
  /** Of its first line, from 1; for Parquet the number of the row. */
  readonly line: number;
  readonly values: readonly (string | null)[];
}

/** A row that could not even be taken apart. `reason` is PostgreSQL's SQLSTATE for the same fault. */
export interface BrokenRecord {
  readonly line: number;
  readonly reason: string;
  /** In our words, without any value: "5 values where the header has 4". */
  readonly message: string;
  readonly column?: string;
}

/** Some thousand records in the order of the file. */
export interface RecordBatch {
  readonly records: readonly FileRecord[];
  readonly broken: readonly BrokenRecord[];
  /**
   * The text of the record that begins at a line of this batch, zero bytes and all; for Parquet, its values as JSON.
   */
  raw(line: number): string;
}

/** Which columns are wanted of a file, and under which names it may have them. */
export interface Wanted {
  /** The output, as messages name it. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Those of `columns` that the file may lack, because PostgreSQL fills them. */
  readonly optional: ReadonlySet<string>;
  /** Those of `columns` that hold JSON: a JSON string stays one there, with its quotes. */
  readonly json: ReadonlySet<string>;
  /** From the file's name of a column to ours. */
  readonly rename: Readonly<Record<string, string>>;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Told how many stored bytes were read since the last time. */
  readonly onBytes: (count: number) => void;
  readonly warn: (diagnostic: Diagnostic) => void;
  /** Where the source is declared, for problems that are mended there. */
  readonly span: Span;
}

/** A file that is being read. */
export interface FileRecords {
  /** Those of the wanted columns that the file has, in the order of each record's values. */
  readonly columns: readonly string[];
  /** To be gone through once. @throws DiagnosticError where the file is damaged or gone */
  readonly batches: AsyncGenerator<RecordBatch, void>;
  /** Of the stored bytes, SHA-256 in hex; known when the batches are through. */
  checksum(): string;
}
