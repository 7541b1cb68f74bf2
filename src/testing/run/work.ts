/** What an action of the warehouse works with, in a test: nobody listens, and nothing is resumed or recorded. */
import type pg from "pg";
import type { Span } from "../../diagnostics/diagnostic.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import { REHEARSALS } from "../../warehouse/testbed/rehearse.ts";
import type { PythonCaller, Work } from "../../warehouse/work.ts";

export interface TestWork {
  readonly client: pg.Client;
  readonly planned: PlannedTransform;
  readonly root: string;
  readonly env: Work["env"];
  readonly signal: AbortSignal;
  readonly another: Work["another"];
  readonly python: PythonCaller;
}

/** The run that a test's records name. */
export const TEST_RUN = "test";

export function workFor(parts: TestWork): Work {
  const span: Span = { file: parts.planned.file, start: { line: 1, column: 1 } };
  return {
    ...parts,
    record: { run: TEST_RUN, transform: parts.planned.id },
    span,
    closed: { number: REHEARSALS },
    release: [],
    rebuildViews: false,
    enter: () => {},
    waiting: () => {},
    warn: () => {},
    explained: () => {},
    progress: () => {},
    sleep: async () => {},
  };
}

/** For work that no python transform takes part in. */
export const noPython: PythonCaller = {
  table: () => Promise.reject(new Error("no python transform was expected here")),
  file: () => Promise.reject(new Error("no python transform was expected here")),
  map: () => Promise.reject(new Error("no python transform was expected here")),
};
