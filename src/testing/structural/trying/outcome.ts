/** What a transform made of some rows. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { Statement } from "../../../warehouse/session/batch.ts";
import type { RowCounts } from "../../../warehouse/outcome.ts";
import type { CellText } from "../../../warehouse/testbed/values.ts";

export interface OutputColumn {
  readonly name: string;
  readonly isFloat: boolean;
}

export interface OutputRows {
  /** `schema.name` */
  readonly table: string;
  readonly columns: readonly OutputColumn[];
  readonly rows: readonly (readonly CellText[])[];
}

export interface Refusal {
  readonly diagnostics: readonly Diagnostic[];
  /** Who refused: the query or function, a key or check of the output, its declaration; or it can't be called at all. */
  readonly by: "query" | "rule" | "declaration" | "code";
  /** The SQLSTATE, where there is one. */
  readonly state: string | undefined;
}

export interface Outcome {
  readonly refused?: Refusal;
  /** The rows of the outputs; also where a rule refused them, if they could be had. */
  readonly outputs?: readonly OutputRows[];
  /** The same a second time, where that was asked for. */
  readonly again?: readonly OutputRows[];
  /** What the first run counted, where it counts. */
  readonly counts?: RowCounts;
  /** What the second run changed, where it counts. */
  readonly changes?: RowCounts;
}

/** One try: the tables empty but for these rows. */
interface Trial {
  readonly inserts: readonly Statement[];
  readonly twice: boolean;
  /** Only whether it works, and only for a moment. */
  readonly isBrief: boolean;
  /** Its files have no rows either. */
  readonly isEmpty: boolean;
}

/** Tries a transform where nothing is there but the given rows: in the open transaction, taken back to its beginning, or in a database of its own. */
export type Rehearse = (trial: Trial) => Promise<Outcome>;

/** PostgreSQL has something against the rows that were made up: nothing that the transform is to blame for. */
export class RowsRefused extends Error {}

/** A try was ended from outside. */
export class TookTooLong extends Error {}
