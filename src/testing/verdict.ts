/** What came of a test. Its rows are the author's own, so unlike everywhere else their values may be shown. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { RowCounts } from "../warehouse/outcome.ts";
import type { Difference } from "./judge/difference.ts";
import type { ExpectedError, ExpectedTable, TestCase } from "./types.ts";

export type Failure =
  /** Other rows than expected. */
  | { readonly type: "rows"; readonly expected: ExpectedTable; readonly difference: Difference }
  /** The transform was refused, and the test does not expect it; or the test's own rows were. */
  | { readonly type: "refused"; readonly diagnostics: readonly Diagnostic[] }
  /** `call`: the call that was to fail, where it is not the transform. */
  | { readonly type: "no_error"; readonly expected: ExpectedError; readonly call?: string }
  | {
      readonly type: "other_error";
      readonly expected: ExpectedError;
      readonly diagnostics: readonly Diagnostic[];
      readonly call?: string;
    }
  | { readonly type: "counts"; readonly expected: RowCounts; readonly actual: RowCounts }
  /** The second run of the same still changed rows. */
  | { readonly type: "twice"; readonly counts: RowCounts };

export interface Verdict {
  readonly test: TestCase;
  /** None: it passed. */
  readonly failures: readonly Failure[];
  /** Warnings; they fail nothing. */
  readonly notes: readonly Diagnostic[];
  readonly seconds: number;
}
