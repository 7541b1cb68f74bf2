import type { Position } from "../diagnostics/diagnostic.ts";
import type { Candidate, PieceError } from "../sql/pieces/types.ts";

type Kind = PieceError["error"] | "bad_selector" | "side_effects_exhausted";

/** Everything that this library throws because of what it was asked. The message names what could have been meant. */
export class PieceProblem extends Error {
  /** A closed set: `no_match`, `several_matches`, `cannot_replace`, … */
  readonly kind: Kind;
  /** The pieces that could have been meant. */
  readonly candidates: readonly Candidate[];
  /** Of a syntax error, in the SQL that was given. */
  readonly start?: Position;

  constructor(kind: Kind, message: string, more: { candidates?: readonly Candidate[]; start?: Position } = {}) {
    super(message);
    this.name = "PieceProblem";
    this.kind = kind;
    this.candidates = more.candidates ?? [];
    if (more.start) this.start = more.start;
  }
}

export const problemOf = (error: PieceError): PieceProblem => new PieceProblem(error.error, error.message, error);
