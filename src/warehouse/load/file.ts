/** One file into the table: as it is where it is clean, and batch by batch, with care, where it is not. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { openFile } from "../../files/open.ts";
import { readRecords } from "../../files/read.ts";
import type { FileRecord, FileRecords, RecordBatch } from "../../files/types.ts";
import type { FileRows } from "../../plan/types.ts";
import type { CsvFormat } from "../../project/file_formats.ts";
import type { Column } from "../../project/types.ts";
import { batch } from "../session/batch.ts";
import { list, literal, qualified } from "../names.ts";
import type { Work } from "../work.ts";
import { setClasses } from "./classes.ts";
import { copyRecords, isDataFault } from "./copy.ts";
import { markerEnds, watchForMarker } from "./end_marker.ts";
import type { Rejects, Reject } from "./rejects.ts";
import { inSavepoint, openStage, type Stage } from "./staging.ts";
import { divide } from "./surely_valid.ts";
import type { Tally } from "./tally.ts";
import { neverNull, type Target } from "./target.ts";
import { wantedOf, type FileToLoad } from "./wanted.ts";

/** What all files of one load share. */
export interface Loading {
  readonly work: Work;
  readonly rows: FileRows;
  readonly target: Target;
  readonly rejects: Rejects;
  readonly tally: Tally;
  /** The keys are on the table from the start, and a row whose key is there is rejected. */
  readonly keyed: boolean;
  /** Stored bytes that were read; a file that is read again takes its own back. */
  readonly onBytes: (count: number) => void;
}

export interface LoadedFile {
  readonly path: string;
  /** SHA-256 of the stored bytes. */
  readonly checksum: string;
  readonly size: number;
  readonly read: number;
  readonly rows: number;
  readonly rejected: number;
}

/** `first`: the table is still empty. */
export async function loadFile(loading: Loading, from: FileToLoad, first: boolean): Promise<LoadedFile> {
  const { work, rows, target, keyed } = loading;
  await setClasses(work, target, from.file.path, from.classified);
  const { format } = rows;
  const whole = format.type === "csv" && !keyed ? await copyWhole(loading, from, format) : undefined;
  if (whole) return whole;
  if (first) await emptied(work, target);
  return carefully(loading, from);
}

/** Byte for byte, PostgreSQL reads the format. Undefined where it finds fault with a row. */
async function copyWhole(loading: Loading, from: FileToLoad, format: CsvFormat): Promise<LoadedFile | undefined> {
  const { work, target, onBytes } = loading;
  const { file } = from;
  let bytes = 0;
  let cut = false;
  const opened = openFile(file, work.signal, (count) => {
    bytes += count;
    onBytes(count);
  });
  try {
    const count = await inSavepoint(work, async () => {
      const unmarked = withoutMark(opened.bytes);
      const bytes = (await markerEnds(work.client)) ? watchForMarker(unmarked, () => (cut = true)) : unmarked;
      const copy = work.client.query(copyFrom(copyText(target, from.columns, format)));
      await pipeline(Readable.from(bytes, { objectMode: false }), copy, { signal: work.signal });
      if (cut) throw new CutShort();
      return copy.rowCount;
    });
    return { path: file.path, checksum: opened.checksum(), size: file.size, read: count, rows: count, rejected: 0 };
  } catch (error) {
    if (!(error instanceof CutShort) && !isDataFault(error)) throw error;
    onBytes(-bytes);
    return undefined;
  }
}

/** COPY stopped before the end of the file. */
class CutShort extends Error {}

function copyText({ table }: Target, columns: readonly string[], format: CsvFormat): string {
  const options = [
    "FORMAT csv",
    `HEADER ${format.header}`,
    `DELIMITER ${literal(format.delimiter)}`,
    `QUOTE ${literal(format.quote)}`,
    `ESCAPE ${literal(format.escape)}`,
    `NULL ${literal(format.null)}`,
    `ENCODING ${literal(format.encoding)}`,
  ];
  return `COPY ${qualified(table)} (${list(columns)}) FROM STDIN WITH (${options.join(", ")})`;
}

/** Leaves out a UTF-8 byte order mark at the start. */
async function* withoutMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of bytes) {
    const marked = first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    first = false;
    yield marked ? chunk.subarray(3) : chunk;
  }
}

async function carefully(loading: Loading, from: FileToLoad): Promise<LoadedFile> {
  const { work, rows, target } = loading;
  const { file, classified } = from;
  const records = await readRecords(file, rows.format, wantedOf(rows, target, classified), {
    signal: work.signal,
    onBytes: loading.onBytes,
    warn: work.warn,
    span: work.span,
  });
  const columns = columnsOf(target, records.columns);
  const counts = { read: 0, rows: 0, rejected: 0 };
  const load = batchLoader(loading, from, columns);
  try {
    await eachBatch(records, async (part) => {
      const rejected = await load.batch(part);
      counts.read += part.records.length + part.broken.length;
      counts.rejected += rejected;
      counts.rows += load.inserted();
    });
    await load.close();
  } finally {
    await records.batches.return();
  }
  return { path: file.path, checksum: records.checksum(), size: file.size, ...counts };
}

const columnsOf = ({ output }: Target, names: readonly string[]): readonly Column[] =>
  names.map((name) => output.columns.find((column) => column.name === name)!);

/** The next batch is read while the server works on this one. */
async function eachBatch({ batches }: FileRecords, work: (part: RecordBatch) => Promise<void>): Promise<void> {
  let next = await batches.next();
  while (!next.done) {
    const working = work(next.value);
    working.catch(() => {}); // it is awaited below
    const following = batches.next();
    following.catch(() => {});
    await working;
    next = await following;
  }
}

/** Straight into the table as long as that goes well; through the staging table after a batch that did not. */
function batchLoader(
  { work, target, rejects, tally, keyed }: Loading,
  { file, classified }: FileToLoad,
  columns: readonly Column[],
) {
  const names = list(columns.map(({ name }) => name));
  let stage: Stage | undefined;
  let careful = keyed;
  let inserted = 0;

  const straight = async (records: readonly FileRecord[]): Promise<boolean> => {
    try {
      inserted += await inSavepoint(work, () =>
        copyRecords(work.client, `COPY ${qualified(target.table)} (${names})`, records),
      );
      return true;
    } catch (error) {
      if (!isDataFault(error)) throw error;
      return false;
    }
  };

  const staged = async (records: readonly FileRecord[], part: RecordBatch): Promise<readonly Reject[]> => {
    stage ??= await openStage(work, { target, columns, classified, keyed });
    const { faults, rows } = await stage.load(records);
    inserted += rows;
    careful = keyed || faults.size > 0;
    return [...faults].map(([n, fault]) => {
      const { line } = records[n]!;
      return { ...fault, line, raw: part.raw(line) };
    });
  };

  /** Of a batch that has bad rows in it, most go straight all the same. With keys in place the order counts. */
  const apart = async (part: RecordBatch): Promise<readonly Reject[]> => {
    const { records } = part;
    if (keyed) return staged(records, part);
    const { sure, unsure } = divide(records, columns, neverNull(target));
    const gone = sure.length > 0 && unsure.length > 0 && (await straight(sure));
    return staged(gone ? unsure : records, part);
  };

  return {
    /** How many of the batch were rejected. */
    async batch(part: RecordBatch): Promise<number> {
      inserted = 0;
      const broken = part.broken.map((fault): Reject => ({ ...fault, raw: part.raw(fault.line) }));
      const clean = part.records.length === 0 || (!careful && (await straight(part.records)));
      const all = clean ? broken : [...broken, ...(await apart(part))];
      const inOrder = [...all].sort((a, b) => a.line - b.line);
      await rejects.add(file.path, inOrder);
      tally.add(file.path, inOrder);
      return all.length;
    },
    /** How many the last batch brought into the table, as the server says. */
    inserted: () => inserted,
    async close(): Promise<void> {
      await stage?.close();
    },
  };
}

/** Without the dead rows that undoing leaves behind. */
export async function emptied(work: Work, { table }: Target): Promise<void> {
  await batch(work.client, [{ text: `TRUNCATE ${qualified(table)}` }]);
}
