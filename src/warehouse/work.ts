/** What the actions of this room work with: one session, one transform of one run. */
import type { Readable } from "node:stream";
import type pg from "pg";
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";
import type { DocumentMap, PlannedTransform, PythonCall } from "../plan/types.ts";
import type { FileOutput, TableName, TableOutput } from "../project/types.ts";
import type { Statement, StatementResult } from "./session/batch.ts";
import type { Guest } from "./isolation/guest.ts";
import type { Phase, RowCounts } from "./outcome.ts";
import type { Earlier, TransformRun } from "./records/transform_run.ts";

/**
 * The session's closed schemas, used by one transform after the other: making and dropping a schema makes every session
 * of the database plan anew what it had prepared. `number` is there once they are.
 */
export interface ClosedSchemas {
  number?: number;
  /** The guest role that may build in it. */
  guest?: string;
}

export interface Work {
  readonly client: pg.Client;
  readonly planned: PlannedTransform;
  /** With `isolation: role`: the session in which what a person wrote runs. */
  readonly guest?: Guest;
  /** In what a guest does (`client` is its session): CTF's own work. */
  readonly host?: Work;
  /** How to declare a table as an input, where the project knows it. */
  readonly howToDeclare?: ((table: TableName) => string | undefined) | undefined;
  readonly record: TransformRun;
  /** Where problems without a place of their own point to: the definition. */
  readonly span: Span;
  readonly closed: ClosedSchemas;
  /** Gives up the locks on the outputs: may go along with the last statements, for one round trip less. */
  readonly release: readonly Statement[];
  /** A table that an earlier run built and did not publish, with the same code. */
  readonly built?: Earlier;
  /** The answers to the action's first look, where they came along with the lock. */
  readonly seen?: readonly StatementResult[];
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly rebuildViews: boolean;
  /** Aborted when the work is to stop: between statements, this is what tells. */
  readonly signal: AbortSignal;
  /** Another session like `client`, for what has to be read or recorded beside its transaction; ended with the work. */
  another(): Promise<pg.Client>;
  /** Runs people's functions. */
  readonly python: PythonCaller;
  enter(phase: Phase): void;
  waiting(what: string): void;
  warn(diagnostic: Diagnostic): void;
  explained(cost: number, rows: number, text: string): void;
  progress(done: number, total: number | undefined, unit: "rows" | "bytes"): void;
  /** Waits, or stops at once when the work is to stop. */
  sleep(milliseconds: number): Promise<void>;
}

/** What the worker offers to the actions of this room; `worker/` makes it, the run hands it over. */
export interface PythonCaller {
  /**
   * Calls the function. Its rows come back as the text of a COPY in the format that it chose, ended only when the function
   * has; where it fails, the stream fails with a DiagnosticError.
   */
  table(work: Work, call: PythonCall, output: TableOutput): Promise<PythonTable>;
  /**
   * Calls a function for each node of the documents, which come, and go back in the same order, as the text of a COPY of one
   * column of jsonb. Fails as `table` does.
   */
  map(work: Work, map: DocumentMap, documents: Readable): Promise<Readable>;
  /** The function's rows in a file at `path`, whole when this is done. */
  file(work: Work, call: PythonCall, output: FileOutput, path: string): Promise<{ readonly rows: number }>;
}

export interface PythonTable {
  readonly columns: readonly string[];
  readonly format: "text" | "csv";
  readonly bytes: Readable;
  /** How many rows the function returned; known when the bytes have ended. */
  count(): number;
  /** The number of the row that COPY found at a line. */
  rowAt(line: number): number;
}

export interface Done {
  readonly counts: RowCounts;
  /** `Work.release` went along. */
  readonly released?: boolean;
}
