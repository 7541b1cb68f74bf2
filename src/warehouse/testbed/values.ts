/** Texts that a person wrote as values, as SQL in which each can be found again. */
import { literal } from "../names.ts";

export type CellText = string | null;

/** Which value a text of SQL holds at some place. */
export interface ValueAt {
  readonly row: number;
  readonly column: string;
}

/** SQL that is put together piece by piece, and remembers where the values stand. Places count code points from 0. */
export class SqlText {
  private readonly pieces: string[] = [];
  private length = 0;
  private readonly marks: { readonly from: number; readonly value: ValueAt }[] = [];

  add(text: string): this {
    this.pieces.push(text);
    this.length += [...text].length;
    return this;
  }

  value(text: CellText, at: ValueAt): this {
    this.marks.push({ from: this.length, value: at });
    return this.add(text === null ? "NULL" : literal(text));
  }

  get text(): string {
    return this.pieces.join("");
  }

  /** The value that stands there, where PostgreSQL points to one: its positions count from 1. */
  at(position: string | undefined): ValueAt | undefined {
    if (position === undefined) return undefined;
    return this.marks.findLast(({ from }) => from <= Number(position) - 1)?.value;
  }
}
