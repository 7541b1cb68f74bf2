/** How many rows were rejected, for what, and where the first ones are: what a person is told of them. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { FileRows } from "../../plan/types.ts";
import { tableText, type TableOutput } from "../../project/types.ts";
import { qualified } from "../names.ts";
import type { Work } from "../work.ts";
import { rowsRejected, tooManyRejects } from "./codes.ts";
import type { Reject } from "./rejects.ts";

/** How many reasons and places are named. */
const SHOWN = 10;

interface Kind {
  readonly words: string;
  count: number;
  /** `file:line` */
  readonly first: string;
}

export class Tally {
  readonly kinds = new Map<string, Kind>();
  total = 0;

  add(file: string, rejects: readonly Reject[]): void {
    this.total += rejects.length;
    for (const { line, column, reason, message } of rejects) {
      const key = `${reason} ${column ?? ""}`;
      const known = this.kinds.get(key);
      if (known) known.count += 1;
      else this.kinds.set(key, { words: `${message} (${reason})`, count: 1, first: `${file}:${line}` });
    }
  }

  clear(): void {
    this.kinds.clear();
    this.total = 0;
  }
}

/** Decides, after all has been read. @throws DiagnosticError when there are too many */
export function judge(work: Work, rows: FileRows, output: TableOutput, read: number, tally: Tally): void {
  if (tally.total === 0) return;
  const { type, value } = rows.maxRejects;
  const allowed = type === "count" ? value : shareOf(read, value);
  const parts = { span: work.span, hint: `Look at them: SELECT * FROM ${plain(rows)} ORDER BY file, line;` };
  const counts = `${number(tally.total)} of ${number(read)} rows could not be loaded into ${tableText(output)}`;
  const what = [...tally.kinds.values()].sort((a, b) => b.count - a.count);
  const list = what.slice(0, SHOWN).map(({ words, count, first }) => `${number(count)} × ${words}, first at ${first}`);
  const rest = what.length > SHOWN ? `; and ${what.length - SHOWN} more reasons` : "";
  const message = `${counts}: ${list.join("; ")}${rest}`;
  if (tally.total <= allowed) work.warn(rowsRejected({ message, ...parts }));
  else {
    const limit = type === "count" ? number(value) : `${value}%`;
    throw new DiagnosticError([tooMany(`${message}. max_rejects is ${limit}, so nothing was published`, parts)]);
  }
}

/** Rounded first: 1.1% of 1,000 is 11, though floating-point numbers make it a little more or less. */
const shareOf = (read: number, percent: number): number => Math.floor(Number(((read * percent) / 100).toPrecision(12)));

const tooMany = (message: string, parts: Pick<Diagnostic, "hint"> & { readonly span: Work["span"] }): Diagnostic =>
  tooManyRejects({ message, span: parts.span, ...(parts.hint === undefined ? {} : { hint: parts.hint }) });

const number = (count: number): string => count.toLocaleString("en-US");

/** A name as a person would write it, quoted only where it must be. */
const plain = ({ rejects }: FileRows): string =>
  /^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(tableText(rejects)) ? tableText(rejects) : qualified(rejects);
