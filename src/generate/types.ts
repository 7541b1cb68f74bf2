/** Rows that nobody wrote. Values are PostgreSQL's texts throughout, null for NULL. */
import type { TableName } from "../project/types.ts";
import type { TableFacts } from "../warehouse/facts/types.ts";

/** By `schema.name`. */
export type Facts = ReadonlyMap<string, TableFacts>;

/** What a person says of a row, column → text. Columns that are left out are made. A list for an array may be JSON. */
export type GivenRow = Readonly<Record<string, string | null>>;

export interface MakeOptions {
  /** The same seed gives the same rows. */
  readonly seed: number;
  /** By `schema.name`: at least so many rows, those given included. */
  readonly counts?: ReadonlyMap<string, number>;
  /** The last day of made dates, which lie in the two years before: `2024-12-31`, if not given. */
  readonly until?: string;
  /** Columns that may be NULL sometimes are. A test that is not about NULLs should not meet them. */
  readonly nulls?: boolean;
  /** What made values are like; `plausible`, if not given. */
  readonly profile?: Profile;
  /** Where a key has no more values, there are fewer rows than `counts` asks for; else that is an error. */
  readonly fewer?: boolean;
}

/**
 * `plausible`: what a column's name lets expect. `edge`: among these, what is easily forgotten: NULLs, empty texts, other
 * alphabets, leap days. `extreme`: the ends of what the types hold, and zeros.
 */
export type Profile = "plausible" | "edge" | "extreme";

/** The same for all rows. */
export interface Habits {
  readonly seed: number;
  /** Seconds since 1970. */
  readonly until: number;
  readonly nulls: boolean;
  readonly profile: Profile;
  readonly fewer: boolean;
}

/** Rows of one table with the same columns; what PostgreSQL fills in itself is not among these. A table may come twice. */
export interface MadeRows {
  readonly table: TableName;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** For each row, which of the given ones it is, from 0; undefined where none was given. */
  readonly given: readonly (number | undefined)[];
  /** Identity columns with values here, and the highest: PostgreSQL should go on after it. */
  readonly counted: ReadonlyMap<string, bigint>;
}
