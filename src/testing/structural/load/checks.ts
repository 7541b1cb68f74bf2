/** All structural checks of loads, in the order in which they are made. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { CheckOn } from "../checks/check.ts";
import { brokenRows } from "./checks/broken_rows.ts";
import { emptyFile } from "./checks/empty_file.ts";
import { fileOrder } from "./checks/file_order.ts";
import { sameFileTwice } from "./checks/same_file_twice.ts";
import { unusualValues } from "./checks/unusual_values.ts";
import { wholeRows } from "./checks/whole_rows.ts";
import type { LoadStage, Sort } from "./load_stage.ts";
import type { Loss } from "./loss.ts";

export interface LoadProblem {
  readonly diagnostic: Diagnostic;
  /** Set where a file of fewer rows may show it. */
  readonly witness?: { readonly sort: Sort; readonly loss: Loss };
}

export type LoadCheck = CheckOn<LoadStage, LoadProblem>;

export const loadChecks: readonly LoadCheck[] = [
  emptyFile,
  wholeRows,
  unusualValues,
  brokenRows,
  sameFileTwice,
  fileOrder,
];
