import type { TableName } from "../../project/types.ts";
import type { Flattened } from "../flatten/tally.ts";
import type { Loaded } from "../load/load.ts";
import type { StatementResult } from "../session/batch.ts";
import type { Step } from "../session/steps.ts";
import type { Work } from "../work.ts";

/** Fills a table in its closed schema and tells how many rows came. The transaction is the caller's. */
export interface Filler {
  /** Before the transaction: what can be found wrong without running anything. */
  prepare(work: Work): Promise<void>;
  /** `begin` opens the transaction, `behind` follows the rows: in the same round trip where that is possible. */
  fill(work: Work, table: TableName, begin: readonly Step[], behind?: Behind): Promise<Filled>;
}

/** The steps that follow the rows. */
export type Behind = (made: Made) => readonly Step[];

export const nothingBehind: Behind = () => [];

/** What the rows' table lacks and has. */
export interface Made {
  /** Columns that are still to be made NOT NULL. */
  readonly notNulls: readonly string[];
  /** From files: what came of them. The table has its keys, NOT NULLs and checks then. */
  readonly loaded?: Loaded;
}

export interface Filled extends Made {
  readonly rows: number;
  /** What came of the steps behind. */
  readonly behind: readonly StatementResult[];
  /** The plan of the SELECT, without its constants. */
  readonly explain?: string;
  /** From documents: what came of their leaves. */
  readonly flattened?: Flattened;
}
