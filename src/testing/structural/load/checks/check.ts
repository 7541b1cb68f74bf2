/** What a structural check of a load is. */
import type { Diagnostic } from "../../../../diagnostics/diagnostic.ts";
import type { CheckOn } from "../../checks/check.ts";
import type { LoadStage, Sort } from "../load_stage.ts";
import type { Loss } from "../loss.ts";

export interface LoadProblem {
  readonly diagnostic: Diagnostic;
  /** Set where a file of fewer rows may show it. */
  readonly witness?: { readonly sort: Sort; readonly loss: Loss };
}

export type LoadCheck = CheckOn<LoadStage, LoadProblem>;
