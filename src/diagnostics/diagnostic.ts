/** A place in a file. Lines and columns count from 1; columns count Unicode code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A range in a file of the project; `file` is relative to the project's root, with forward slashes. */
export interface Span {
  readonly file: string;
  readonly start?: Position;
  readonly end?: Position;
}

export type Severity = "error" | "warning" | "info";

interface Label {
  readonly span: Span;
  readonly message: string;
}

/** A change to one file: the text between two positions is replaced. */
export interface TextEdit {
  readonly span: Required<Span>;
  readonly text: string;
}

/** One problem that a user can cause and mend. The message stands alone on one line. */
export interface Diagnostic {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span?: Span;
  readonly labels?: readonly Label[];
  readonly hint?: string;
  readonly fix?: readonly TextEdit[];
  /** The transform that it is about, as `pipeline.transform`. */
  readonly transform?: string;
}

/** Files of a small project, by path; what is not given is filled in by the documentation's harness. */
export type ExampleFiles = Readonly<Record<string, string>>;

/** What the catalogue says about one code. `docs/diagnostics` is made from these. */
export interface CodeEntry {
  readonly code: string;
  /** Names the fault, not the cure: `unknown-key`. */
  readonly name: string;
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly todo: string;
  /** A fix that comes with it is the one right answer, and `ctf check --fix` makes it. */
  readonly fixable?: true;
  /** A project that gives exactly one diagnostic of this code, and one that gives none. Only for what `ctf check` finds. */
  readonly bad?: ExampleFiles;
  readonly good?: ExampleFiles;
}

export type DiagnosticParts = Omit<Diagnostic, "code" | "name" | "severity">;

/** A code of the catalogue, and the function that makes its diagnostics. */
export interface Code extends CodeEntry {
  (parts: DiagnosticParts): Diagnostic;
}

/** Declares a code; each room lists its own in a `codes.ts`. */
export function defineCode(entry: CodeEntry): Code {
  const make = (parts: DiagnosticParts): Diagnostic => ({
    code: entry.code,
    name: entry.name,
    severity: entry.severity,
    ...parts,
  });
  // A function's own `name` is read-only, so the entry is laid over it as data properties.
  for (const [key, value] of Object.entries(entry)) {
    Object.defineProperty(make, key, { value, enumerable: true, configurable: true });
  }
  return make as Code;
}

/** Thrown to stop a piece of work with problems that a user can mend. Everything else thrown is a bug or I/O. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
  }
}

export const isError = (d: Diagnostic): boolean => d.severity === "error";
