/** A test as it was written, with its names looked up. */
import type { Position, Span } from "../diagnostics/diagnostic.ts";
import type { Path } from "../project/problem.ts";
import type { WrittenRow } from "../project/rows/read_rows.ts";
import type {
  Code,
  FileSource,
  FunctionOutput,
  TableName,
  TableOutput,
  TableSource,
  Transform,
  ViewOutput,
} from "../project/types.ts";
import type { RowCounts } from "../warehouse/outcome.ts";

/** What rows can be given for: what a definition says of it. */
export type GivenRelation = TableOutput | ViewOutput | TableSource;

export interface WrittenRows {
  /** The way to the list in the file. */
  readonly path: Path;
  readonly rows: readonly WrittenRow[];
  /** Where the list stands. */
  readonly place: Span;
  /** Where a row, or one of its values, stands. */
  readonly at: (row: number, column?: string) => Span;
}

export interface GivenTable extends WrittenRows {
  readonly relation: GivenRelation;
}

/** A file for a load or a python transform. */
export interface GivenFile {
  readonly source: FileSource;
  readonly name: string;
  readonly bytes: Buffer;
}

/** A file for a load, as rows. */
export interface GivenFileRows extends WrittenRows {
  readonly source: FileSource;
  readonly name: string;
}

/** Rows by the name of a piece of the SQL, for `at`. */
export interface GivenPiece extends WrittenRows {
  readonly name: string;
  /** What else the name could mean. */
  readonly relation?: GivenRelation;
}

export interface ExpectedError {
  /** Of a diagnostic, or an SQLSTATE. */
  readonly code?: string;
  readonly like?: string;
  readonly place: Span;
}

/** A call of a function that the transform makes. */
export interface ExpectedCall {
  /** Several where one name stands for several functions with as many arguments. */
  readonly outputs: readonly FunctionOutput[];
  /** As it is written in the file of tests. */
  readonly code: Code;
  /** It must fail: there are no rows to expect. */
  readonly error?: ExpectedError;
}

export interface ExpectedTable extends WrittenRows {
  /** None for the rows of a piece of SQL, or of a call. */
  readonly table?: TableName;
  readonly call?: ExpectedCall;
  /** What a definition says of the table; nothing says it of rejects. */
  readonly relation?: GivenRelation;
}

/** What is run. */
export type Subject =
  | { readonly type: "transform"; readonly transform: Transform }
  | { readonly type: "piece"; readonly transform: Transform; readonly selector: string; readonly place: Span }
  | { readonly type: "pipeline"; readonly pipeline: string; readonly transforms: readonly Transform[] };

export interface TestCase {
  /** `enrollment.member_months`, or the pipeline. */
  readonly of: string;
  readonly name: string;
  readonly file: string;
  /** From 0. */
  readonly index: number;
  readonly place: Span & { readonly start: Position };
  readonly subject: Subject;
  readonly now?: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly given: readonly GivenTable[];
  readonly files: readonly GivenFile[];
  readonly fileRows: readonly GivenFileRows[];
  /** Sources of files where, as the test says, there is no file; of others that it does not name, there is nothing to read. */
  readonly without: readonly FileSource[];
  readonly pieces: readonly GivenPiece[];
  readonly before: readonly GivenTable[];
  readonly expect: readonly ExpectedTable[];
  readonly expectError?: ExpectedError;
  readonly counts?: { readonly values: RowCounts; readonly place: Span };
  readonly twice: boolean;
  readonly tolerance?: number;
}
