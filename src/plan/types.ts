/**
 * The plan: what would be done, as plain JSON. It says what, never how; `--dry-run` prints exactly what `run` carries out.
 */
import type {
  Code,
  Column,
  FileFormat,
  FileOutput,
  ForeignKey,
  Monitor,
  Output,
  TableName,
  TableOutput,
  VariableType,
  ViewOutput,
} from "../project/types.ts";

export type { Code };

export const PLAN_VERSION = 1;

/** Rows that come from a SELECT. */
export interface QueryRows {
  readonly type: "query";
  readonly query: Code;
}

/** Rows that come from files. */
export interface FileRows {
  readonly type: "files";
  readonly source: string;
  readonly patterns: readonly string[];
  readonly format: FileFormat;
  /** From a header, a JSON key or a field to its column. */
  readonly rename: Readonly<Record<string, string>>;
  /** What a file's name says: the first that matches gives columns their values, by its named groups and by `set`. */
  readonly classify: readonly FileClass[];
  /** How many rows may be rejected before the load fails: a count, or a share of those read below 1. */
  readonly maxRejects: { readonly type: "count" | "percent"; readonly value: number };
  /** Where rejected rows go. */
  readonly rejects: TableName;
}

interface FileClass {
  /** A regular expression with named groups, over the file's path. */
  readonly match: string;
  readonly set: Readonly<Record<string, string>>;
}

/** Rows that a python transform's function returns. */
export interface PythonRows {
  readonly type: "python";
  readonly call: PythonCall;
}

/** A python file's `transform` function, and what it is given. */
export interface PythonCall {
  /** From the project's root. */
  readonly file: string;
  /** Of the file's text and of the modules of the project that it imports: with it, the plan changes. */
  readonly checksum: string;
  readonly inputs: readonly PythonInput[];
  /** The types of the project's variables, by name. */
  readonly variables: Readonly<Record<string, VariableType>>;
}

/** `parameter` is the name under which the function takes it. */
export type PythonInput =
  | {
      readonly type: "table";
      readonly parameter: string;
      readonly table: TableName;
      /** Empty where they are not declared: then all that the table has. */
      readonly columns: readonly Column[];
    }
  | {
      readonly type: "files";
      readonly parameter: string;
      readonly source: string;
      readonly patterns: readonly string[];
    };

export type Rows = QueryRows | FileRows | PythonRows;

/** Builds a whole new table in a closed schema and publishes it. */
export interface BuildTable {
  readonly type: "build_table";
  readonly rows: Rows;
  readonly output: TableOutput;
  readonly publish: "swap" | "rows";
}

/** Merges rows into the table by key. */
export interface MergeRows {
  readonly type: "merge_rows";
  readonly rows: QueryRows | FileRows;
  readonly output: TableOutput;
  readonly keys: readonly string[];
  /** Columns that an existing row takes from the SELECT; absent: all that are not keys. */
  readonly updateColumns?: readonly string[];
  readonly deleteMissing: boolean;
  /** The SELECT reads the table that it merges into. */
  readonly readsItself: boolean;
}

/** Adds the rows of files that were not loaded before to the table. */
export interface AppendRows {
  readonly type: "append_rows";
  readonly rows: FileRows;
  readonly output: TableOutput;
}

/** Writes the rows that a python function returns into a file: under another name until it is whole. */
export interface WriteFile {
  readonly type: "write_file";
  readonly call: PythonCall;
  readonly output: FileOutput;
}

/** Runs a person's statements as they are, then verifies what they were to make. */
export interface RunStatements {
  readonly type: "run_statements";
  readonly statements: readonly Code[];
  readonly oneTransaction: boolean;
  readonly outputs: readonly Output[];
}

/** Makes nothing: verifies that the outputs exist as declared. */
export interface VerifyOutputs {
  readonly type: "verify_outputs";
  readonly outputs: readonly (TableOutput | ViewOutput)[];
}

export type Action = BuildTable | MergeRows | AppendRows | WriteFile | RunStatements | VerifyOutputs;

export interface ReferencingKey {
  readonly table: TableName;
  readonly key: ForeignKey;
}

export interface PlannedTransform {
  readonly id: string;
  readonly pipeline: string;
  readonly name: string;
  readonly kind: string;
  /** The YAML file. */
  readonly file: string;
  readonly owners: readonly string[];
  /** Transforms of this plan that must have succeeded first. */
  readonly after: readonly string[];
  readonly action: Action;
  readonly monitors: readonly Monitor[];
  readonly settings: Readonly<Record<string, string>>;
  readonly retries: number;
  readonly timeoutMs?: number;
  readonly publishWaitMs: number;
  readonly snapshotWaitMs: number;
  /** Foreign keys of other outputs that point to this one's: they must hold for the new rows too. */
  readonly referencedBy: readonly ReferencingKey[];
  /**
   * Tables with such keys that this plan builds anew afterwards, by name. Their old rows do not hold this one up: their
   * new rows are verified when they are published.
   */
  readonly rebuiltLater: readonly string[];
  /** Changes whenever the definition or its code changes. */
  readonly codeVersion: string;
}

export interface Plan {
  readonly version: typeof PLAN_VERSION;
  readonly project: string;
  readonly target: string;
  /** Values of the project's variables, set as `ctf.<name>`. */
  readonly variables: Readonly<Record<string, string>>;
  /** How the selection was asked for: `enrollment from t1 to t3`. */
  readonly selection: string;
  /** In an order in which they can run. */
  readonly transforms: readonly PlannedTransform[];
}
