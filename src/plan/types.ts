/**
 * The plan: what would be done, as plain JSON. It says what, never how; `--dry-run` prints exactly what `run` carries out.
 */
import type { FileFormat } from "../project/file_formats.ts";
import type {
  Code,
  Column,
  Execution,
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

/** Rows that are the leaves of nested JSON documents: one for each answer that the document's form knows. */
export interface DocumentRows {
  readonly type: "documents";
  readonly documents: Documents;
  readonly forms: Forms;
  /** What fills each column of the output. */
  readonly columns: readonly EventColumn[];
  /** The output's column that holds the document's key. */
  readonly key: string;
  /** What each answer type's values must be; text where it is not among them. */
  readonly types: Readonly<Record<string, AnswerClass>>;
  /** Paths that are left out, with all that is below them. */
  readonly ignore: readonly string[];
  /** Inside PostgreSQL, or through CTF's process. */
  readonly engine: "sql" | "stream";
  /** `changed`: only documents that are new or differ since the last run. */
  readonly which: "all" | "changed";
  /** Maps each node of a document before it is flattened. */
  readonly map?: DocumentMap;
  /** Where the leaves go that are no events, each with its reason. */
  readonly rejects: TableName;
  /** Where the forms' questions go, if anywhere. */
  readonly questions?: TableName;
  /** The digest of each document as it was flattened, for `changed`. */
  readonly seen: TableName;
}

/** A function of a person's own, by its name. */
export interface DocumentMap {
  readonly language: Language;
  /** From the project's root. */
  readonly file: string;
  /** Of the file's text and of the modules of the project that it imports: with it, the plan changes. */
  readonly checksum: string;
  readonly function: string;
}

/** In which language a person's function is written; `javascript` is TypeScript, too. */
export type Language = "python" | "javascript";

export type AnswerClass = "text" | "number" | "boolean" | "date";

export interface Documents {
  readonly from: DocumentTable | DocumentFiles;
  /** With the JSON; of files, absent where a whole line is the document. */
  readonly column?: string;
  readonly key: string;
  /** Says which form the document answers; absent where there is only one. */
  readonly formKey?: string;
  /** `fhir`: QuestionnaireResponse. */
  readonly format: "tree" | "fhir";
}

export interface DocumentTable {
  readonly type: "table";
  readonly table: TableName;
}

export interface DocumentFiles {
  readonly type: "files";
  readonly source: string;
  readonly patterns: readonly string[];
}

export type Forms =
  | {
      readonly type: "stored";
      readonly from: DocumentTable | DocumentFiles;
      readonly column?: string;
      /** Absent: the one form of all documents. */
      readonly key?: string;
      /** `fhir`: Questionnaire. */
      readonly format: "tree" | "fhir";
      readonly nodes: NodeKeys;
    }
  | { readonly type: "paths"; readonly paths: readonly FormPath[] };

/** Under which keys a form's node says what it is. */
export interface NodeKeys {
  readonly slug: string;
  readonly children: readonly string[];
  readonly type: string;
  readonly tag: string;
  readonly label: string;
  readonly show: string;
  readonly viewOnly: string;
}

export interface FormPath {
  readonly path: string;
  readonly type: string;
  readonly tag?: string;
  readonly label?: string;
}

/** What a leaf has, and its document: each may fill a column. */
export type EventPart =
  | "schema_path"
  | "item_index"
  | "value"
  | "answer_type"
  | "tag"
  | "value_text"
  | "value_number"
  | "value_boolean"
  | "value_date"
  | "value_json"
  | "processed_on";

export interface EventColumn {
  readonly name: string;
  readonly type: string;
  readonly from:
    | { readonly type: "leaf"; readonly part: EventPart }
    | { readonly type: "document"; readonly column: string };
}

export type Rows = QueryRows | FileRows | PythonRows | DocumentRows;

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

/** Adds the rows of files that were not loaded before to the table, or those of documents that are new or differ. */
export interface AppendRows {
  readonly type: "append_rows";
  readonly rows: FileRows | DocumentRows;
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
  /** Outputs of transforms that make nothing and verify afterwards what this one did. */
  readonly alsoMakes: readonly (TableOutput | ViewOutput)[];
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

export interface PlannedTransform extends Execution {
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
  /** The tables and views that it declares to read. */
  readonly reads: readonly TableName[];
  readonly monitors: readonly Monitor[];
  /** Foreign keys of other outputs that point to this one's: they must hold for the new rows too. */
  readonly referencedBy: readonly ReferencingKey[];
  /**
   * Tables with such keys that this plan builds anew afterwards, by name. Their old rows do not hold this one up: their
   * new rows are verified when they are published.
   */
  readonly rebuiltLater: readonly string[];
  /** The only schemas that it may change anything in; absent: any. */
  readonly writesOnlyIn?: readonly string[];
  /** Changes whenever the definition or its code changes. */
  readonly codeVersion: string;
}

export interface Plan {
  readonly version: typeof PLAN_VERSION;
  readonly project: string;
  readonly target: string;
  /** What stands before the schemas of outputs on this target. */
  readonly prefix?: string;
  /** Values of the project's variables, set as `ctf.<name>`. */
  readonly variables: Readonly<Record<string, string>>;
  /** How the selection was asked for: `enrollment from t1 to t3`. */
  readonly selection: string;
  /** In an order in which they can run. */
  readonly transforms: readonly PlannedTransform[];
}
