/** What a walk through a passage has found so far. */
import type { Passage } from "../passage.ts";

export interface Found {
  /** In bytes of the file. */
  readonly edits: { readonly from: number; readonly to: number; readonly text: string }[];
  readonly unfreezable: { readonly what: string; readonly at: number; readonly reads: "clock" | "perhaps" }[];
}

export interface Search {
  readonly passage: Passage;
  /** `'2018-04-17T00:00:00Z'::timestamptz` */
  readonly instant: string;
  readonly found: Found;
  /** The type of a column, as PostgreSQL names it, wherever in the text it is meant. */
  readonly typeOf: (column: string) => string | undefined;
  /** Nodes that are exchanged, or looked at already from further out. */
  readonly done: Set<object>;
}

export function edit({ passage, found }: Search, from: number, to: number, text: string): void {
  const written = passage.isQuoted ? text.replaceAll("'", "''") : text;
  found.edits.push({ from: passage.toFile(from), to: passage.toFile(to), text: written });
}

export function unfreezable({ passage, found }: Search, what: string, at: number, reads: "clock" | "perhaps"): void {
  found.unfreezable.push({ what, at: passage.toFile(at), reads });
}
