/** What came of comparing processors. */
import type { KnownProcessor } from "../config/read.ts";
import type { Documents } from "../scenarios/types.ts";

/** One processor on one scenario: the median of its runs. */
export interface Compared {
  readonly name: string;
  readonly known: KnownProcessor;
  readonly documents: Documents;
  /** Of the whole scenario. */
  readonly events: number;
  readonly submissions: number;
  readonly seconds: number;
  /** Part of it: waiting for the server. */
  readonly waitedSeconds?: number;
  readonly statements?: number;
  /** The most of all runs. */
  readonly peakBytes: number;
  readonly runs: number;
  /** Only so many events were processed; `seconds`, `waitedSeconds` and `statements` are reckoned up from them. */
  readonly reckonedFrom?: number;
}
