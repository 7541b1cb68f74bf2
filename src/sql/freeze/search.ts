/** What a walk through a piece has found so far. */
import type { Piece } from "../mentions/piece.ts";

export interface Found {
  /** In bytes of the file. */
  readonly edits: { readonly from: number; readonly to: number; readonly text: string }[];
  readonly unfreezable: { readonly what: string; readonly at: number; readonly reads: "clock" | "perhaps" }[];
}

export interface Search {
  readonly piece: Piece;
  /** `'2018-04-17T00:00:00Z'::timestamptz` */
  readonly instant: string;
  readonly found: Found;
  /** The type of a column, as PostgreSQL names it, wherever in the text it is meant. */
  readonly typeOf: (column: string) => string | undefined;
  /** Nodes that are exchanged, or looked at already from further out. */
  readonly done: Set<object>;
}

export function edit({ piece, found }: Search, from: number, to: number, text: string): void {
  const written = piece.isQuoted ? text.replaceAll("'", "''") : text;
  found.edits.push({ from: piece.toFile(from), to: piece.toFile(to), text: written });
}

export function unfreezable({ piece, found }: Search, what: string, at: number, reads: "clock" | "perhaps"): void {
  found.unfreezable.push({ what, at: piece.toFile(at), reads });
}
