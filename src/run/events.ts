/** All that can happen in a run, as one closed union. Reporters, the log file and the records are listeners. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Phase, RowCounts, TransformResult, TransformStatus } from "../warehouse/outcome.ts";
import type { Said } from "../worker/call/said.ts";

export type { Phase, RowCounts, TransformResult, TransformStatus };

export type RunStatus = "succeeded" | "failed" | "interrupted";

export interface RunResult {
  readonly run: string;
  readonly status: RunStatus;
  readonly seconds: number;
  readonly transforms: readonly TransformResult[];
  /** `.ctf/runs/<run>.jsonl` lacks what could not be written. */
  readonly logIncomplete?: true;
}

export type RunEvent =
  | {
      readonly type: "run_started";
      readonly run: string;
      readonly target: string;
      readonly transforms: readonly string[];
      readonly resumed?: string;
    }
  | { readonly type: "transform_started"; readonly id: string; readonly attempt: number }
  | { readonly type: "phase_started"; readonly id: string; readonly phase: Phase }
  /** `done`/`total` as PostgreSQL's progress views report them; `unit` is rows, bytes or blocks. */
  | {
      readonly type: "progress";
      readonly id: string;
      readonly phase: Phase;
      readonly done: number;
      readonly total?: number;
      readonly unit: "rows" | "bytes" | "blocks";
    }
  | {
      readonly type: "plan_explained";
      readonly id: string;
      readonly cost: number;
      readonly rows: number;
      readonly text: string;
    }
  | { readonly type: "waiting"; readonly id: string; readonly what: string }
  | { readonly type: "warning"; readonly id: string; readonly diagnostic: Diagnostic }
  | {
      readonly type: "retrying";
      readonly id: string;
      readonly attempt: number;
      readonly diagnostic: Diagnostic;
      readonly seconds: number;
    }
  /** What a python function printed, and what it logged: `template` is its author's text, without what was filled in. */
  | (Said & { readonly id: string })
  | { readonly type: "transform_finished"; readonly result: TransformResult }
  | { readonly type: "interrupting"; readonly hard: boolean }
  | { readonly type: "run_finished"; readonly result: RunResult };

/** An event as it is written to `.ctf/runs/<run>.jsonl`: with the time in ISO 8601. */
export type LoggedEvent = RunEvent & { readonly at: string };
export type Listener = (event: RunEvent, at: Date) => void;
