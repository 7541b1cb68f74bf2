/**
 * CSV as PostgreSQL's COPY reads it, record by record. Whatever COPY takes gives the same rows here; where COPY gives up,
 * one record is broken and reading goes on. More is taken than by COPY in one point: line ends may be mixed.
 */
import type { CsvFormat } from "../../project/file_formats.ts";
import { BatchBuilder, LONGEST, type Place, type Take, unfit } from "../batches.ts";

const LF = 10;
const CR = 13;

/** How far a scan of one record came. `end` is where the next one begins. */
interface Scanned {
  readonly state: "whole" | "cut_off" | "unclosed";
  readonly end: number;
  /** Where its own text ends, before the line end. */
  readonly contentEnd: number;
  readonly lines: number;
  /** A quote opened or closed in the middle of a value: valid, but more likely a stray one. */
  readonly untidy: boolean;
  readonly strayReturn: boolean;
}

export interface CsvScanner {
  /** Scans the record at `at`; its values are in `fields` until the next scan. */
  scan(text: string, at: number, atEnd: boolean): Scanned;
  fields: (string | null)[];
  /** Where the physical line at `at` ends and the next begins; -1 where the text ends before. */
  nextLine(text: string, at: number): number;
}

export function csvScanner(format: CsvFormat): CsvScanner {
  const quote = format.quote.charCodeAt(0);
  const escape = format.escape.charCodeAt(0);
  const delimiter = format.delimiter.charCodeAt(0);
  const nullText = format.null;
  const nullLength = nullText.length;
  /** What ends a run of plain characters. */
  const special = new Uint8Array(128);
  for (const code of [quote, delimiter, LF, CR]) special[code] = 1;
  /** As COPY, the first line end decides whether a lone carriage return is one. Undefined: none seen yet. */
  let returnEnds: boolean | undefined;

  const scanner: CsvScanner = {
    fields: [],
    nextLine(text, at) {
      const next = text.indexOf(returnEnds ? "\r" : "\n", at);
      return next < 0 ? -1 : next + 1;
    },
    scan(text, start, atEnd) {
      const { length } = text;
      const fields: (string | null)[] = [];
      scanner.fields = fields;
      let at = start;
      let lines = 0;
      let untidy = false;
      let strayReturn = false;
      for (;;) {
        const fieldStart = at;
        let built: string | undefined;
        let run = at;
        let code = 0;
        for (;;) {
          while (at < length) {
            code = text.charCodeAt(at);
            if (code < 128 && special[code] === 1) break;
            at++;
          }
          if (at >= length || code !== quote) {
            if (at < length && code === CR && returnEnds !== true && delimiter !== CR) {
              if (at + 1 >= length && !atEnd)
                return { state: "cut_off", end: at, contentEnd: at, lines, untidy, strayReturn };
              if (returnEnds === false && text.charCodeAt(at + 1) !== LF) {
                strayReturn = true;
                at++;
                continue;
              }
            }
            break;
          }
          if (at !== fieldStart) untidy = true;
          built = (built ?? "") + text.slice(run, at);
          at++;
          run = at;
          for (;;) {
            if (at >= length)
              return { state: atEnd ? "unclosed" : "cut_off", end: at, contentEnd: at, lines, untidy, strayReturn };
            code = text.charCodeAt(at);
            if (code === escape) {
              if (at + 1 >= length && !atEnd)
                return { state: "cut_off", end: at, contentEnd: at, lines, untidy, strayReturn };
              const next = at + 1 < length ? text.charCodeAt(at + 1) : -1;
              if (next === escape || next === quote) {
                built += text.slice(run, at);
                run = at + 1;
                at += 2;
                continue;
              }
            }
            if (code === quote) break;
            if (code === (returnEnds ? CR : LF)) lines++;
            at++;
          }
          built += text.slice(run, at);
          at++;
          run = at;
        }
        if (built === undefined) {
          const plain = text.slice(fieldStart, at);
          fields.push(at - fieldStart === nullLength && plain === nullText ? null : plain);
        } else {
          if (run !== at) untidy = true;
          fields.push(run === at ? built : built + text.slice(run, at));
        }
        if (at >= length) {
          const state = atEnd ? "whole" : "cut_off";
          return { state, end: at, contentEnd: at, lines: atEnd ? lines + 1 : lines, untidy, strayReturn };
        }
        if (code === delimiter) {
          at++;
          continue;
        }
        const contentEnd = at;
        if (code === CR && text.charCodeAt(at + 1) === LF && returnEnds !== true) at++;
        else if (code === CR) returnEnds = true;
        returnEnds ??= false;
        return { state: "whole", end: at + 1, contentEnd, lines: lines + 1, untidy, strayReturn };
      }
    },
  };
  return scanner;
}

/** `positions` says which of a record's fields each value is; `expected` how many fields it has. */
export function csvTake(scanner: CsvScanner, positions: readonly number[], expected: number): Take {
  const inOrder = positions.length === expected && positions.every((position, n) => position === n);
  /** Within a line that is longer than any may be. */
  let skipping = false;

  return ({ text, from, line: first, atEnd, suspicious }: Place) => {
    const batch = new BatchBuilder(text);
    let at = from;
    let line = first;
    if (skipping) {
      const next = scanner.nextLine(text, at);
      if (next < 0) return { end: text.length, line, batch: batch.done() };
      skipping = false;
      at = next;
      line++;
    }
    const oneLineBroken = (message: string): void => {
      const next = scanner.nextLine(text, at);
      const end = next < 0 ? text.length : next;
      batch.fault({ line, reason: "22P04", message }, at, next < 0 ? end : end - 1);
      skipping = next < 0 && !atEnd;
      at = end;
      if (!skipping) line++;
    };
    while (at < text.length && !batch.full) {
      const scanned = scanner.scan(text, at, atEnd);
      if (scanned.state !== "whole") {
        const tooLong = text.length - at >= LONGEST;
        if (!tooLong && scanned.state === "cut_off") break;
        oneLineBroken(
          scanned.lines > 0 || scanned.state === "unclosed"
            ? "a quote that is never closed"
            : "it is longer than 64 million characters",
        );
        if (skipping) break;
        continue;
      }
      const { fields } = scanner;
      const fits = fields.length === expected && !scanned.strayReturn;
      const fault = suspicious ? unfit(text.slice(at, scanned.contentEnd), line) : undefined;
      if (!fits && scanned.lines > 1 && scanned.untidy) {
        oneLineBroken("a quote in the middle of a value, never closed in its line");
        if (skipping) break;
        continue;
      }
      if (fault) batch.fault(fault, at, scanned.contentEnd);
      else if (fits) {
        const values = inOrder ? fields : positions.map((position) => fields[position]!);
        batch.record(line, values, at, scanned.contentEnd);
      } else {
        const message = scanned.strayReturn ? "a carriage return outside quotes" : counted(fields.length, expected);
        batch.fault({ line, reason: "22P04", message }, at, scanned.contentEnd);
      }
      at = scanned.end;
      line += scanned.lines;
    }
    return { end: at, line, batch: batch.done() };
  };
}

const counted = (found: number, expected: number): string =>
  `${found === 1 ? "1 value" : `${found} values`} where ${expected === 1 ? "1 is" : `${expected} are`} expected`;
