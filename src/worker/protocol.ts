/**
 * What CTF and a worker say to each other.
 *
 * CTF starts python/ctf/worker/main.py, or javascript/main.ts, with the path of a socket (process.ts). That is a Unix socket in a folder that only its
 * user may enter. The worker connects to it once for commands and events: a line of JSON each, in both directions. For
 * every stream of data it connects once more, sends one line of JSON (`StreamHeader`), and then bytes go one way: an
 * input's from CTF until its end, the rows of the output from the worker until its end. So the worker holds no
 * connection to a database and no credentials: it can read nothing but its declared inputs.
 *
 * When the connection for commands closes, the worker exits at once, also in the middle of a call. A call is cancelled
 * by killing the worker. A worker that answered `done` or `failed` takes the next call.
 */

export interface WorkerColumn {
  readonly name: string;
  /** As PostgreSQL writes it (format_type): `numeric(12,2)`, `timestamp with time zone`, `text[]`. */
  readonly type: string;
  /** What decides how values look: pg_type.typtype and typcategory, the element's type for an array. */
  readonly typtype: "b" | "c" | "d" | "e" | "p" | "r" | "m";
  /** For a domain: the type beneath it; else as `type`. */
  readonly base: string;
  readonly notNull: boolean;
}

export type WorkerInput =
  | { readonly type: "table"; readonly parameter: string; readonly columns: readonly WorkerColumn[] }
  | {
      readonly type: "files";
      readonly parameter: string;
      readonly files: readonly { readonly name: string; readonly size: number }[];
    };

export type WorkerOutput =
  | {
      readonly type: "table";
      readonly name: string;
      readonly columns: readonly (WorkerColumn & { readonly mayLack: boolean })[];
    }
  | {
      readonly type: "file";
      /** Absolute; the worker writes it whole and syncs it to disk. */
      readonly path: string;
      readonly format: "parquet" | "csv" | "json_lines";
      /** Empty: as the rows have them. */
      readonly columns: readonly WorkerColumn[];
    };

/** From CTF. One call at a time. */
export interface CallCommand {
  readonly type: "call";
  /** Counts up for each worker: a connection that a failed call left at the door is not taken for the next one's. */
  readonly call: number;
  readonly transform: string;
  /** The person's file, absolute. */
  readonly file: string;
  /**
   * The project's root: the working directory, and on sys.path after the file's own folder. Both come last there, so that
   * a transform named like a module (calendar) doesn't take its place.
   */
  readonly root: string;
  readonly inputs: readonly WorkerInput[];
  /** The function that maps each node of the one input's documents; absent: `transform` is called. */
  readonly map?: string;
  readonly output: WorkerOutput;
  /** The project's variables with their types, as PostgreSQL's text. */
  readonly variables: Readonly<Record<string, { readonly type: string; readonly value: string | null }>>;
  /** When the run began, or what a test sets, in ISO 8601 with its zone. `ctx.now` is this. */
  readonly now: string;
  /** The process's own clock shows `now` during the call; Python's by the package time-machine: for tests. */
  readonly clockStandsStill?: boolean;
}

/**
 * The first line of a connection for data. Inputs: tables as the text of COPY in the format asked for, files as they are.
 * The output's is opened once in every call for a table that ends in `done`, also for no rows.
 */
export type StreamHeader = { readonly call: number } & (
  | { readonly stream: "input"; readonly parameter: string; readonly format: "text" | "csv" }
  | { readonly stream: "file"; readonly parameter: string; readonly file: number }
  | { readonly stream: "output"; readonly format: "text" | "csv"; readonly columns: readonly string[] }
);

/** A place in the user's own code. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly function?: string;
}

/** From the worker. Texts that may hold values come as `text`, by themselves, for CTF to mask. */
export type WorkerEvent =
  | { readonly type: "ready"; readonly python: string }
  | { readonly type: "ready"; readonly node: string }
  /** A line that the user's code printed. */
  | { readonly type: "print"; readonly stream: "stdout" | "stderr"; readonly place?: Place; readonly text: string }
  /**
   * ctx.log: the template is the author's own text, the filled-in text may hold values. The template is empty when it
   * doesn't stand in the code as a text (an f-string): then there is nothing to show without values.
   */
  | {
      readonly type: "log";
      readonly level: "debug" | "info" | "warning" | "error";
      readonly template: string;
      readonly text: string;
      readonly place?: Place;
    }
  | { readonly type: "progress"; readonly rows: number }
  /**
   * Rows of the output, by number from 1, whose values hold line breaks, and how many: COPY counts these as lines. Comes
   * before the rows themselves.
   */
  | { readonly type: "breaks"; readonly rows: readonly number[]; readonly counts: readonly number[] }
  | { readonly type: "done"; readonly rows: number }
  | { readonly type: "failed"; readonly failure: WorkerFailure };

export type WorkerFailure =
  /** The user's code raised, or threw. `frames`: from the call down, the user's files only; the last is where it happened. */
  | { readonly kind: "exception"; readonly exception: string; readonly frames: readonly Place[]; readonly text: string }
  /** The file can't be compiled; the language's message holds no value. */
  | { readonly kind: "syntax"; readonly message: string; readonly place: Place }
  /**
   * An import failed: the user's code (or CTF itself, for Arrow and pandas) needs this package. Of JavaScript, what the code
   * imports as it stands there; it may be a file.
   */
  | { readonly kind: "missing_package"; readonly package: string; readonly place?: Place }
  /** No `transform`, it is no function, a parameter that is no input, an input that no parameter takes, a wrong return. */
  | { readonly kind: "signature"; readonly message: string; readonly hint?: string; readonly place?: Place }
  /** The rows' columns are not the output's. */
  | {
      readonly kind: "columns";
      readonly missing: readonly string[];
      readonly unknown: readonly string[];
      readonly hint?: string;
    }
  /**
   * A value that can't be stored, or one of the input `parameter` that Python has no form for: the row's number from 1, and
   * what is wrong in words without the value.
   */
  | {
      readonly kind: "value";
      readonly parameter?: string;
      readonly column: string;
      readonly row: number;
      readonly message: string;
    }
  /** A fault of CTF's own Python code. */
  | { readonly kind: "internal"; readonly exception: string; readonly frames: readonly Place[]; readonly text: string };
