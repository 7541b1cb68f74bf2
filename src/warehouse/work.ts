/** What the actions of this room work with: one session, one transform of one run. */
import type pg from "pg";
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";
import type { PlannedTransform } from "../plan/types.ts";
import type { Phase, RowCounts } from "./outcome.ts";
import type { Earlier, TransformRun } from "./records/transform_run.ts";

/**
 * The session's closed schemas, used by one transform after the other: making and dropping a schema makes every session
 * of the database plan anew what it had prepared. `number` is there once they are.
 */
export interface ClosedSchemas {
  number?: number;
}

export interface Work {
  readonly client: pg.Client;
  readonly planned: PlannedTransform;
  readonly record: TransformRun;
  /** Where problems without a place of their own point to: the definition. */
  readonly span: Span;
  readonly closed: ClosedSchemas;
  /** A table that an earlier run built and did not publish, with the same code. */
  readonly built?: Earlier;
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly rebuildViews: boolean;
  /** Aborted when the work is to stop: between statements, this is what tells. */
  readonly signal: AbortSignal;
  enter(phase: Phase): void;
  waiting(what: string): void;
  warn(diagnostic: Diagnostic): void;
  explained(cost: number, rows: number, text: string): void;
  progress(done: number, total: number | undefined, unit: "rows" | "bytes"): void;
  /** Waits, or stops at once when the work is to stop. */
  sleep(milliseconds: number): Promise<void>;
}

export interface Done {
  readonly counts: RowCounts;
}
