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

/**
 * Where the columns of one query come from. A project has a hundred thousand of them, so they stand in few lists of plain
 * numbers; `column_flows.ts` reads them.
 */
export interface QueryFlows {
  /** The view that statements make of it; absent for the one SELECT of a file. */
  readonly view?: string;
  /** The view reads with the rights of whoever reads it, and not with its owner's. */
  readonly invoker?: true;
  /** What it reads: `schema.name`, or only the name where the SQL leaves the schema to the search path. */
  readonly relations: readonly string[];
  /** The columns that it reads. */
  readonly inputs: readonly string[];
  /** Of each of these the number of its relation. */
  readonly inputRelations: readonly number[];
  /** The columns that it gives. */
  readonly columns: readonly string[];
  /** Of each of these how it is made, packed. */
  readonly ways: readonly number[];
  /** What decides which rows there are, as numbers of `inputs`. */
  readonly rows: readonly number[];
}

/** All that depends on the SQL and on the declared columns of what it reads. */
export interface Flows {
  readonly queries: readonly QueryFlows[];
  readonly hints: readonly Diagnostic[];
}

export interface Contents {
  /** Where its statements stand: the one SELECT of a file, without what is around it. None where there are problems. */
  readonly statements: readonly StatementPlace[];
  readonly uses: Uses;
  readonly flows: Flows;
}

/** From and to as JavaScript counts in the file's text, and where that begins. */
export type StatementPlace = readonly [from: number, to: number, line: number, column: number];

/** A file to be looked into. */
export interface SqlFile {
  readonly file: string;
  readonly holds: "select" | "statements";
}
