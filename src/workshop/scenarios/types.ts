/** How much there is to be processed. */
export interface Scenario {
  readonly users: number;
  readonly forms: number;
  readonly submissions: number;
}

/** How the answers are stored. */
export type Documents = "json" | "jsonb";
