/** Texts → batches of records, for every format that is read from front to back. */
import type { BrokenRecord, FileRecord, RecordBatch } from "./types.ts";

/** About so many records go into a batch. */
export const BATCH = 10_000;

/** The longest record, in characters; and how far a quote that was opened is followed. */
export const LONGEST = 64 << 20;

/** A text of the file, and where the next record begins. */
export interface Place {
  readonly text: string;
  readonly from: number;
  /** The number of the line that begins at `from`. */
  readonly line: number;
  /** Nothing comes after this text. */
  readonly atEnd: boolean;
  /** Some of its characters are not fit for PostgreSQL: records are to be looked at one by one. */
  readonly suspicious: boolean;
}

/** The whole records from a place on, at most a batch of them. `end` is `from` where there is none yet. */
interface Taken {
  readonly end: number;
  readonly line: number;
  readonly batch: RecordBatch;
}

export type Take = (place: Place) => Taken;

/** `firstLine` is the number of the line with which the texts begin. */
export async function* batchesOf(
  texts: AsyncIterable<string>,
  take: Take,
  firstLine = 1,
): AsyncGenerator<RecordBatch, void> {
  let text = "";
  let line = firstLine;
  let enough = 0;
  const takeAll = function* (atEnd: boolean): Generator<RecordBatch, void> {
    const suspicious = text.includes("\0") || !text.isWellFormed();
    let from = 0;
    while (from < text.length) {
      const taken = take({ text, from, line, atEnd, suspicious });
      if (taken.end === from) break;
      yield taken.batch;
      from = taken.end;
      line = taken.line;
    }
    text = text.slice(from);
    // A record that is not whole is looked at again when there is twice as much, or it would be looked at very often.
    enough = Math.min(2 * text.length, LONGEST);
  };
  for await (const next of texts) {
    text += next;
    if (text.length >= enough) yield* takeAll(false);
  }
  yield* takeAll(true);
}

/** Gathers what one `Take` finds. */
export class BatchBuilder {
  readonly records: FileRecord[] = [];
  readonly broken: BrokenRecord[] = [];
  private readonly lines: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get full(): boolean {
    return this.starts.length >= BATCH;
  }

  /** The text from `start` to `end` is the record's own. */
  record(line: number, values: readonly (string | null)[], start: number, end: number): void {
    this.records.push({ line, values });
    this.place(line, start, end);
  }

  fault(fault: BrokenRecord, start: number, end: number): void {
    this.broken.push(fault);
    this.place(fault.line, start, end);
  }

  private place(line: number, start: number, end: number): void {
    this.lines.push(line);
    this.starts.push(start);
    this.ends.push(end);
  }

  done(): RecordBatch {
    const { text, lines, starts, ends } = this;
    const raw = (line: number): string => {
      const at = placeIn(lines, line);
      if (at === undefined) throw new RangeError(`no record of this batch begins at line ${line}`);
      return text.slice(starts[at], ends[at]).toWellFormed();
    };
    return { records: this.records, broken: this.broken, raw };
  }
}

/** Where it stands among numbers that only grow: asked for every reject, so it may not look through all. */
function placeIn(sorted: readonly number[], wanted: number): number | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted ? low : undefined;
}

/** What is wrong with a record of a suspicious text, if anything is. */
export function unfit(text: string, line: number): BrokenRecord | undefined {
  if (text.includes("\0")) return { line, reason: "22021", message: "it holds a zero byte, which no text may" };
  if (!text.isWellFormed())
    return { line, reason: "22021", message: "it holds bytes that are not in the file's encoding" };
  return undefined;
}
