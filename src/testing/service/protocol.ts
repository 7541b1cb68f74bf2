/**
 * What `ctf.testing` in Python and CTF say to each other. Python starts `ctf __serve` and talks to it over stdin and
 * stdout: a line of JSON each. CTF first says `Hello`; then every request is answered by exactly one `Answer` of its
 * number, in their order, and anything may be said in between (`Said`). When stdin ends, also because the process that
 * started it was killed, CTF drops what it holds and exits.
 *
 * All values are texts as PostgreSQL writes and reads them; Python turns them into its own by the columns' types, as the
 * worker does (`worker/protocol.ts`). The rows are those of a person's tests, so here values may be in messages.
 */
import type { WorkerColumn } from "../../worker/protocol.ts";

/** Python refuses to speak with another number. */
export const PROTOCOL = 1;

export interface Hello {
  readonly hello: { readonly protocol: number; readonly version: string };
}

/** For a person to read: what takes time, and what a python transform's function printed or logged. */
export interface Said {
  readonly said: string;
}

/** A value of a row that stands in for a piece of SQL. Whole numbers and literals keep every digit. */
export type PieceValue =
  | null
  | boolean
  | string
  | { readonly int: string }
  | { readonly literal: readonly [text: string, type: string] }
  | { readonly list: readonly PieceValue[] };

export interface PiecePatch {
  /** `cte(latest).table(raw.claims)[1]` */
  readonly piece: string;
  /** By position or by column. */
  readonly rows: readonly (readonly PieceValue[] | Readonly<Record<string, PieceValue>>)[];
  /** `plan`, or with its type `plan::text`. */
  readonly columns?: readonly string[];
}

export interface RenderRequest {
  readonly do: "render";
  readonly text: string;
  /** Empty for the whole text. */
  readonly piece: string;
  readonly patches: readonly PiecePatch[];
  /** Also asks where this offset of the result (in code points from 0) stands in the text that was given. */
  readonly offset?: number;
}

export interface FreezeRequest {
  readonly do: "freeze";
  readonly text: string;
  readonly now: string;
}

/** What a python transform's function takes and gives. `transform`: its name, or the path of its file. */
interface FunctionRequest {
  readonly do: "function";
  /** A folder in the project. */
  readonly project: string;
  readonly transform: string;
}

/** A database for one test; every later request names it by its number. */
export interface OpenRequest {
  readonly do: "open";
  readonly project: string;
  /** `rollback`: one transaction that is rolled back. `clone`: a copy for this test alone, where everything is committed. */
  readonly mode: "rollback" | "clone";
  /** A database that is there already, for `rollback`. */
  readonly url?: string;
}

interface InDatabase {
  readonly database: number;
}

/** The table holds these rows and no others; what they leave out is made up. */
export interface GiveRequest extends InDatabase {
  readonly do: "give";
  /** `schema.table`, or the name of a source or transform. */
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  readonly now?: string;
}

export interface GiveFilesRequest extends InDatabase {
  readonly do: "give_files";
  readonly source: string;
  /** Names and their bytes, in base64. */
  readonly files: Readonly<Record<string, string>>;
}

/** A person's own statements. */
interface QueryRequest extends InDatabase {
  readonly do: "query";
  readonly text: string;
}

export interface RunRequest extends InDatabase {
  readonly do: "run";
  readonly transform: string;
  readonly now?: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly monitors: boolean;
}

interface CloseRequest extends InDatabase {
  readonly do: "close";
}

type Asked =
  | RenderRequest
  | FreezeRequest
  | FunctionRequest
  | OpenRequest
  | GiveRequest
  | GiveFilesRequest
  | QueryRequest
  | RunRequest
  | CloseRequest;

export type Request = { readonly id: number } & Asked;

export interface Rendered {
  readonly text: string;
  readonly replaced: readonly { readonly piece: string; readonly places: readonly Place[] }[];
  readonly place?: Place;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

export interface FrozenText {
  readonly text: string;
  readonly unfreezable: readonly (Place & { readonly what: string; readonly reads: "clock" | "perhaps" })[];
}

/** As `CallCommand` has them, by what is declared alone: no database is asked. */
export interface FunctionTold {
  readonly transform: string;
  readonly root: string;
  /** Absolute. */
  readonly file: string;
  readonly inputs: readonly (
    | {
        readonly type: "table";
        readonly parameter: string;
        readonly name: string;
        readonly columns: readonly WorkerColumn[];
      }
    | { readonly type: "files"; readonly parameter: string; readonly name: string }
  )[];
  readonly columns: readonly (WorkerColumn & { readonly mayLack: boolean })[];
  readonly variables: Readonly<Record<string, { readonly type: string; readonly value: string | null }>>;
}

export interface Opened {
  readonly database: number;
  /** Of a clone: for whatever connects to it itself. */
  readonly url?: string;
}

export interface RowsTold {
  readonly columns: readonly WorkerColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
}

interface QueryTold extends RowsTold {
  /** Rows that the last statement gave or wrote. */
  readonly count: number;
}

export interface RunTold {
  readonly transform: string;
  /** Of each table, view or file that it makes, by `schema.name` or path. */
  readonly outputs: Readonly<Record<string, RowsTold>>;
  readonly rejects?: RowsTold;
  readonly counts: Readonly<Record<string, number>>;
}

/** What the request was about is wrong, in words. */
export type Problem =
  /** A piece of SQL: one of a closed set of kinds. */
  | {
      readonly type: "piece";
      readonly kind: string;
      readonly message: string;
      readonly candidates: readonly (Place & { readonly piece: string })[];
      readonly place?: Place;
    }
  /** Problems that a user can mend. */
  | { readonly type: "diagnostics"; readonly diagnostics: readonly ToldDiagnostic[] }
  /** PostgreSQL refused a person's own statement. */
  | { readonly type: "database"; readonly message: string; readonly sqlstate: string; readonly position?: number }
  /** A fault of CTF's own, or of the request. */
  | { readonly type: "fault"; readonly message: string };

export interface ToldDiagnostic {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
  /** The words of PostgreSQL or Python themselves. */
  readonly words?: string;
}

/** By what was asked; nothing where there is nothing to tell. */
export type Told = Rendered | FrozenText | FunctionTold | Opened | RowsTold | QueryTold | RunTold | undefined;

export type Answer = { readonly id: number } & (
  | { readonly ok: NonNullable<Told> | Readonly<Record<string, never>> }
  | { readonly problem: Problem }
);
