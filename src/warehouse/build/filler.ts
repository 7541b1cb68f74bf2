import type { TableName } from "../../project/types.ts";
import type { Flattened } from "../flatten/tally.ts";
import type { Loaded } from "../load/load.ts";
import type { Step } from "../steps.ts";
import type { Work } from "../work.ts";

/** Fills a table in its closed schema and tells how many rows came. The transaction is the caller's. */
export interface Filler {
  /** Before the transaction: what can be found wrong without running anything. */
  prepare(work: Work): Promise<void>;
  /** `begin` opens the transaction, in the same round trip. */
  fill(work: Work, table: TableName, begin: readonly Step[]): Promise<Filled>;
}

export interface Filled {
  readonly rows: number;
  /** Columns that are still to be made NOT NULL. */
  readonly notNulls: readonly string[];
  /** The plan of the SELECT, without its constants. */
  readonly explain?: string;
  /** From files: what came of them. The table has its keys, NOT NULLs and checks then. */
  readonly loaded?: Loaded;
  /** From documents: what came of their leaves. */
  readonly flattened?: Flattened;
}
