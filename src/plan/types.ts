/**
 * The plan: what would be done, as plain JSON. It says what, never how; `--dry-run` prints exactly what `run` carries out.
 */
import type {
  Code,
  FileFormat,
  ForeignKey,
  Monitor,
  Output,
  TableName,
  TableOutput,
  ViewOutput,
} from "../project/types.ts";

export type { Code };

export const PLAN_VERSION = 1;

/** Rows that come from a SELECT. */
export interface QueryRows {
  readonly type: "query";
  readonly query: Code;
}

/** Rows that come from local files, by COPY. `rename` maps a header to its column. */
export interface FileRows {
  readonly type: "files";
  readonly source: string;
  readonly patterns: readonly string[];
  readonly format: FileFormat;
  readonly rename: Readonly<Record<string, string>>;
}

type Rows = QueryRows | FileRows;

/** Builds a whole new table in a closed schema and publishes it. */
export interface BuildTable {
  readonly type: "build_table";
  readonly rows: Rows;
  readonly output: TableOutput;
  readonly publish: "swap" | "rows";
}

/** Merges a SELECT's rows into the table by key. */
export interface MergeRows {
  readonly type: "merge_rows";
  readonly rows: QueryRows;
  readonly output: TableOutput;
  readonly keys: readonly string[];
  /** Columns that an existing row takes from the SELECT; absent: all that are not keys. */
  readonly updateColumns?: readonly string[];
  readonly deleteMissing: boolean;
  /** The SELECT reads the table that it merges into. */
  readonly readsItself: boolean;
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

export type Action = BuildTable | MergeRows | RunStatements | VerifyOutputs;

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
