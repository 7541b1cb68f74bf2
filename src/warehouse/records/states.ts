/**
 * The states of a run and of a transform in it.
 *
 *   run:        running ──► succeeded | failed | interrupted
 *
 *   transform:  waiting ──► running ──► built ──► succeeded
 *                  │           │          │
 *                  │           └──────────┴─────► failed | interrupted
 *                  └──► skipped | interrupted
 *
 * `built` is a table that is whole, verified and monitored, in its closed schema: `--resume` publishes it without
 * building it again. A run whose session is gone without an end is set to interrupted by the next run.
 */
export const runStates = ["running", "succeeded", "failed", "interrupted"] as const;
export const transformStates = [
  "waiting",
  "running",
  "built",
  "succeeded",
  "failed",
  "skipped",
  "interrupted",
] as const;
