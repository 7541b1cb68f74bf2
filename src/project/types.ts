/**
 * The checked project. Everything here is readonly data that `load.ts` has validated; later rooms do not check it again.
 * Durations are milliseconds, paths are relative to the project's root with forward slashes.
 */

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** SQL that a person wrote, and where. `line`/`column` are those of its first character in the file, from 1. */
export interface Code {
  readonly file: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface Column {
  readonly name: string;
  /** A PostgreSQL type as its author wrote it: `numeric(12,2)`. */
  readonly type: string;
  readonly description?: string;
  readonly phi: boolean;
  readonly notNull: boolean;
  /** PostgreSQL numbers the rows; such a column is not in the SELECT. */
  readonly identity?: "always" | "by_default";
  /** An SQL expression for rows inserted by others; such a column may be left out of the SELECT. */
  readonly default?: string;
}

export interface KeyConstraint {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly nullsNotDistinct?: boolean;
}

interface CheckConstraint {
  readonly name: string;
  readonly check: string;
}

export interface ForeignKey {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly references: TableName & { readonly columns: readonly string[] };
  /** false: verified before each publish, without a constraint in the database. */
  readonly enforce: boolean;
}

/** A plain column name, or an expression; `order`/`nulls`/`opclass` as in CREATE INDEX. */
export interface IndexKey {
  readonly column?: string;
  readonly expression?: string;
  readonly order?: "asc" | "desc";
  readonly nulls?: "first" | "last";
  readonly opclass?: string;
}

export interface Index {
  readonly name?: string;
  readonly keys: readonly IndexKey[];
  readonly unique: boolean;
  readonly method?: string;
  readonly where?: string;
  readonly include?: readonly string[];
}

export interface Statistics {
  readonly name: string;
  readonly columns: readonly string[];
  readonly kinds?: readonly string[];
}

export interface Grant {
  readonly role: string;
  readonly privileges: readonly string[];
}

export interface TableOutput extends TableName {
  readonly type: "table";
  readonly description?: string;
  readonly columns: readonly Column[];
  readonly primaryKey?: KeyConstraint;
  readonly unique: readonly KeyConstraint[];
  readonly indexes: readonly Index[];
  readonly constraints: readonly CheckConstraint[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly statistics: readonly Statistics[];
  /** The transform's own grants together with its pipeline's and the project's. */
  readonly grants: readonly Grant[];
}

export interface ViewOutput extends TableName {
  readonly type: "view";
  readonly description?: string;
  readonly columns: readonly Column[];
  readonly grants: readonly Grant[];
}

export interface FunctionOutput extends TableName {
  readonly type: "function";
  readonly description?: string;
  /** Argument types as in `schema.name(bigint, date)`; absent when the name alone says which. */
  readonly arguments?: readonly string[];
}

export interface FileOutput {
  readonly type: "file";
  readonly path: string;
  readonly description?: string;
}

export type Output = TableOutput | ViewOutput | FunctionOutput | FileOutput;

export type Input =
  | { readonly type: "transform"; readonly id: string }
  | { readonly type: "source"; readonly name: string };

interface RowCountMonitor {
  readonly type: "row_count";
  readonly min?: number;
  readonly max?: number;
  /** The largest share by which the count may differ from the published table's: 0.5 is half. */
  readonly change?: number;
}
export type Monitor = RowCountMonitor;

export interface Transform {
  /** `pipeline.transform` */
  readonly id: string;
  readonly pipeline: string;
  readonly name: string;
  /** The YAML file. */
  readonly file: string;
  readonly kind: string;
  readonly description?: string;
  readonly owners: readonly string[];
  readonly inputs: readonly Input[];
  /** One, but for `sql`, which may have several or none. */
  readonly outputs: readonly Output[];
  readonly monitors: readonly Monitor[];
  readonly settings: Readonly<Record<string, string>>;
  readonly retries: number;
  readonly timeoutMs?: number;
  readonly publishWaitMs: number;
  readonly snapshotWaitMs: number;
  /** The SQL (or Python) file beside the definition, where the kind has one. */
  readonly codeFile?: string;
  /** The kind's own keys, as its schema gave them. Only the kind reads this. */
  readonly spec: unknown;
}

export interface Pipeline {
  readonly name: string;
  /** Its pipeline.yaml. */
  readonly file: string;
  readonly folder: string;
  readonly description?: string;
  readonly owners: readonly string[];
  readonly schedule?: string;
}

export interface FileFormat {
  readonly format: "csv" | "tsv";
  readonly header: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  /** The text that stands for NULL when it is not quoted. */
  readonly null: string;
  /** A PostgreSQL encoding name. */
  readonly encoding: string;
}

export interface TableSource extends TableName {
  readonly type: "table";
  readonly sourceName: string;
  readonly file: string;
  readonly description?: string;
  readonly owners: readonly string[];
  readonly columns: readonly Column[];
}

export interface FileSource extends FileFormat {
  readonly type: "file";
  readonly sourceName: string;
  readonly file: string;
  readonly description?: string;
  readonly owners: readonly string[];
  /** Globs relative to the project's root (or absolute); `.gz` is unpacked. Environment variables as `${NAME}`. */
  readonly patterns: readonly string[];
  readonly columns: readonly Column[];
}

export type Source = TableSource | FileSource;

export type Target =
  | { readonly name: string; readonly type: "embedded" }
  | { readonly name: string; readonly type: "url"; readonly urlEnv: string };

export type VariableType = "text" | "integer" | "numeric" | "boolean" | "date" | "timestamptz";

export interface Variable {
  readonly name: string;
  readonly type: VariableType;
  readonly default?: string;
  readonly description?: string;
}

export type PostgresMajor = 15 | 16 | 17 | 18;

export interface Project {
  /** Absolute path of the folder with ctf.yaml. */
  readonly root: string;
  readonly name: string;
  readonly postgres: PostgresMajor;
  readonly defaultTarget: string;
  readonly targets: readonly Target[];
  readonly variables: readonly Variable[];
  /** By name. */
  readonly pipelines: readonly Pipeline[];
  /** By id. */
  readonly transforms: readonly Transform[];
  /** By sourceName. */
  readonly sources: readonly Source[];
}

export const tableText = (t: TableName): string => `${t.schema}.${t.name}`;
