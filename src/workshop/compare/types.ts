/** What came of comparing processors. */
import type { KnownProcessor } from "../config/read.ts";
import type { Documents } from "../scenarios/types.ts";

/** One processor on one scenario. */
export interface Compared {
  readonly name: string;
  readonly known: KnownProcessor;
  readonly documents: Documents;
  /** Of the whole scenario. */
  readonly events: number;
  readonly submissions: number;
  /** Of the median run: half of the others were faster. */
  readonly seconds: number;
  /** Of all runs. */
  readonly fastest: number;
  readonly slowest: number;
  /** Part of `seconds`: waiting for the server. */
  readonly waitedSeconds?: number;
  readonly statements?: number;
  /** The most of all runs. */
  readonly peakBytes: number;
  readonly runs: number;
  /** Only so many events were processed; times and `statements` are reckoned up from them. */
  readonly reckonedFrom?: number;
}
