/** What a structural check is. To add one: a file in checks/, and a line in checks.ts. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { MadeRows } from "../../../generate/types.ts";
import type { Outcome, OutputRows } from "../trying/outcome.ts";
import type { Stage } from "../trying/stage.ts";

/** `S`: where it looks at what came of its tries; `P`: what it tells. */
export interface CheckOn<S, P = Problem> {
  /** For programs: `row_order`. */
  readonly name: string;
  /** What holds where it passes. */
  readonly title: string;
  readonly why: string;
  readonly find: (stage: S) => Promise<Found<P>>;
}

export type StructuralCheck = CheckOn<Stage>;

/** `not run`: something before it failed, so nothing can be said. */
type Found<P> = "passed" | "not exercised" | "not run" | P;

export interface Problem {
  /** `smallest`: how many rows of each table are needed to show it, where that is known. */
  readonly diagnostic: (smallest?: ReadonlyMap<string, number>) => Diagnostic;
  readonly witness?: Witness;
}

/** Ways of trying the same rows. */
export interface Tries {
  once(): Promise<Outcome>;
  twice(): Promise<Outcome>;
  /** In other orders, one after the other. */
  otherOrders(): AsyncGenerator<Outcome>;
}

export interface Witness {
  readonly rows: readonly MadeRows[];
  /** What takes longer than a moment does not show it. */
  readonly isBrief?: boolean;
  /** Whether these rows show it, too. */
  readonly shows: (tries: Tries) => Promise<boolean>;
  /** What a test of it expects; absent where only its author knows. */
  readonly expects?: (tries: Tries) => Promise<readonly OutputRows[] | undefined>;
}
