/** What the SQL beside a definition really reads and writes, and where its columns come from. Plain JSON: it is kept in a cache and sent between threads. */
import type { Diagnostic, Position } from "../../diagnostics/diagnostic.ts";

/** A table, view or function as the SQL names it, and where. */
export interface Mention {
  /** Absent where the SQL leaves it to the search path. */
  readonly schema?: string;
  readonly name: string;
  readonly start: Position;
}

export interface Write extends Mention {
  readonly how: "makes" | "changes";
}

/** A place that can't be looked into, such as SQL that is put together while it runs. */
interface Opaque {
  readonly what: string;
  readonly start: Position;
}

export interface Uses {
  /** Every mention, in the order of the text; WITH queries and temporary tables of the file itself are none. */
  readonly reads: readonly Mention[];
  readonly writes: readonly Write[];
  readonly opaque: readonly Opaque[];
  /** Why the file is not what its kind runs, such as a syntax error. Nothing else is known then. */
  readonly problems: readonly Diagnostic[];
}

/** A column that a query reads: the number of its relation in `QueryFlows.relations`, and its name. */
export type ReadColumn = readonly [relation: number, column: string];

/**
 * One column that a query gives; `value`, `decides` and `copyOf` are numbers of `QueryFlows.inputs`. A project has a hundred
 * thousand of them, so they are lists and not objects.
 */
export type ColumnFlow = readonly [
  name: string,
  /** What its value is computed from. */
  value: readonly number[],
  /** What only decides on it. */
  decides: readonly number[],
  /** Set if it is the value of that input, unchanged. */
  copyOf: number | null,
  /** Of its expression. */
  line: number | null,
  column: number | null,
];

/** Where the columns of one query come from. */
export interface QueryFlows {
  /** The view that statements make of it; absent for the one SELECT of a file. */
  readonly view?: string;
  /** What it reads: `schema.name`, or only the name where the SQL leaves the schema to the search path. */
  readonly relations: readonly string[];
  readonly inputs: readonly ReadColumn[];
  readonly columns: readonly ColumnFlow[];
  /** What decides which rows there are. */
  readonly rows: readonly number[];
}

/** All that depends on the SQL and on the declared columns of what it reads. */
export interface Flows {
  readonly queries: readonly QueryFlows[];
  readonly hints: readonly Diagnostic[];
}

export interface Contents {
  readonly uses: Uses;
  readonly flows: Flows;
}

/** A file to be looked into. */
export interface SqlFile {
  readonly file: string;
  readonly holds: "select" | "statements";
}
