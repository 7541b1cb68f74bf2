/** What came of a transform. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** explain → build → constrain → analyze → monitor → publish; the times of a transform are kept by these. */
export type Phase = "wait" | "explain" | "build" | "constrain" | "analyze" | "monitor" | "publish";

export type TransformStatus = "succeeded" | "failed" | "skipped" | "interrupted";

/** What a transform did, counted. Absent: does not apply. */
export interface RowCounts {
  readonly rows?: number;
  /** Of files: rows read = rows loaded + rows rejected. */
  readonly read?: number;
  readonly rejected?: number;
  /** Leaves of documents that the definition leaves out: leaves read = rows + rejected + ignored. */
  readonly ignored?: number;
  /** Files whose rows were appended before. */
  readonly filesSkipped?: number;
  readonly inserted?: number;
  readonly updated?: number;
  readonly unchanged?: number;
  readonly deleted?: number;
}

export interface TransformResult {
  readonly id: string;
  readonly status: TransformStatus;
  readonly counts: RowCounts;
  readonly seconds: number;
  readonly phases: Readonly<Partial<Record<Phase, number>>>;
  readonly diagnostics: readonly Diagnostic[];
  /** For `skipped`: the transform that failed and so kept this one from running. */
  readonly because?: string;
  readonly attempts: number;
}
