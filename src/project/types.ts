/**
 * The checked project. Everything here is readonly data that `load.ts` has validated; later rooms do not check it again.
 * Durations are milliseconds, paths are relative to the project's root with forward slashes.
 */
import type { FileFormat } from "./file_formats.ts";

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
  /** Names that stand in the text in the place of those that the person wrote, in its order; in code points. */
  readonly renamed?: readonly { readonly at: number; readonly length: number; readonly was: string }[];
}

export interface Column {
  readonly name: string;
  /** A PostgreSQL type as its author wrote it: `numeric(12,2)`. */
  readonly type: string;
  readonly description?: string;
  readonly phi: boolean;
  /** The definition says `phi: false` in so many words. */
  readonly deniesPhi?: true;
  /** Why it is no PHI, although it is made from PHI. */
  readonly declassified?: string;
  readonly notNull: boolean;
  /** PostgreSQL numbers the rows; such a column is not in the SELECT. */
  readonly identity?: "always" | "by_default";
  /** An SQL expression for rows inserted by others; such a column may be left out of the SELECT. */
  readonly default?: string;
  /** Values that it may have, as PostgreSQL reads them; null for NULL. Rows that CTF makes up take theirs from these. */
  readonly examples?: readonly (string | null)[];
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

export type Visibility = "private" | "pipeline" | "public";

export interface Deprecation {
  /** `2026-01-31` */
  readonly since: string;
  /** What to read instead: a table, a transform or a source, by name. */
  readonly use?: string;
}

/** Who may read an output or a source; everybody, for good, where nothing is said. */
export interface Restrictions {
  /** `private`: no other transform; `pipeline`: its own and `readers`, and a source has no pipeline of its own. */
  readonly visibility?: Visibility;
  /** Whose default the visibility is, if the output does not say it itself. */
  readonly by?: "pipeline" | "project";
  /** Pipelines. */
  readonly readers?: readonly string[];
  readonly deprecated?: Deprecation;
}

export interface TableOutput extends TableName {
  readonly type: "table";
  readonly description?: string;
  readonly restrictions?: Restrictions;
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
  readonly restrictions?: Restrictions;
  readonly columns: readonly Column[];
  readonly grants: readonly Grant[];
}

export interface FunctionOutput extends TableName {
  readonly type: "function";
  readonly description?: string;
  readonly restrictions?: Restrictions;
  /** Argument types as in `schema.name(bigint, date)`; absent when the name alone says which. */
  readonly arguments?: readonly string[];
}

export interface FileOutput {
  readonly type: "file";
  /** From the project's root, or `s3://bucket/key`. */
  readonly path: string;
  readonly format: "parquet" | "csv" | "json_lines";
  readonly description?: string;
  readonly restrictions?: Restrictions;
  readonly columns: readonly Column[];
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

/** A column of an input that a definition names, not its code. */
export interface ColumnRead {
  /** `schema.name`, or a source of files by its name. */
  readonly relation: string;
  readonly column: string;
  /** Where the definition names the relation and the column. */
  readonly relationPath: readonly (string | number)[];
  readonly path: readonly (string | number)[];
  /** Columns of the output that are made from it: copied as it is, or computed. */
  readonly into: readonly { readonly column: string; readonly how: "copy" | "value" }[];
}

/** A function that a definition names, in a file that is not its code. */
export interface NamedFunction {
  /** From the project's root. */
  readonly file: string;
  readonly function: string;
  /** Where the definition names them. */
  readonly path: readonly (string | number)[];
}

/** How a transform is carried out: by its own words, its pipeline's, the project's or CTF's. */
export interface Execution {
  readonly settings: Readonly<Record<string, string>>;
  readonly retries: number;
  readonly timeoutMs?: number;
  readonly publishWaitMs: number;
  readonly snapshotWaitMs: number;
  /** The table that a publish replaces is kept until the next one. */
  readonly keepPrevious: boolean;
}

export interface Transform extends Execution {
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
  /** The SQL (or Python) file beside the definition, where the kind has one. */
  readonly codeFile?: string;
  /** Somebody else makes the outputs. */
  readonly madeElsewhere?: true;
  /** What that file holds, where it is SQL. */
  readonly codeHolds?: "select" | "statements";
  /** What the definition itself names of its inputs, where that is all that it reads. */
  readonly columnReads?: readonly ColumnRead[];
  /** Functions in files of their own that it names. */
  readonly functions?: readonly NamedFunction[];
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

interface SourceOptions {
  readonly sourceName: string;
  readonly file: string;
  /** Which entry of that file. */
  readonly entry: number;
  readonly description?: string;
  readonly restrictions?: Restrictions;
  readonly owners: readonly string[];
  readonly columns: readonly Column[];
}

export interface TableSource extends SourceOptions, TableName {
  readonly type: "table";
}

export interface FileSource extends SourceOptions {
  readonly type: "file";
  readonly format: FileFormat;
  /**
   * Globs relative to the project's root, absolute, or on S3 (`s3://bucket/key*.csv`); `.gz` and `.zst` are unpacked.
   * Environment variables as `${NAME}`.
   */
  readonly patterns: readonly string[];
}

export type Source = TableSource | FileSource;

/** `role`: what people wrote runs as a role that may read the declared inputs alone. */
export type Isolation = "role" | "none";

interface TargetOptions {
  readonly name: string;
  readonly isolation?: Isolation;
  /** What stands before the schemas of outputs. */
  readonly prefix?: string;
  /** The target where inputs are read that were not built here. */
  readonly defer?: string;
}

export type Target = TargetOptions &
  ({ readonly type: "embedded" } | { readonly type: "url"; readonly urlEnv: string });

/** Where the definition says nothing: on for the server that CTF has to itself, off elsewhere. */
export const isolationOf = ({ type, isolation }: Target): Isolation =>
  isolation ?? (type === "embedded" ? "role" : "none");

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
  /** The interpreter as ctf.yaml names it: a path from the root, or a name on PATH. */
  readonly python?: string;
  readonly pythonRequirements: readonly string[];
  /** Of 100: how much of the project has to have tests. */
  readonly minCoverage?: number;
  /** By name. */
  readonly pipelines: readonly Pipeline[];
  /** By id. */
  readonly transforms: readonly Transform[];
  /** By sourceName. */
  readonly sources: readonly Source[];
  /** What is left out for errors of its definition: nobody is told that it is not there. */
  readonly unread: {
    readonly pipelines: readonly string[];
    /** `schema.name`, as far as it is known; it may also be something else that such a file says. */
    readonly tables: ReadonlySet<string>;
  };
}

export const tableText = (t: TableName): string => `${t.schema}.${t.name}`;

/** As people and messages name it. */
export const outputText = (output: Output): string => (output.type === "file" ? output.path : tableText(output));
