import type { Code, Diagnostic, Span, TextEdit } from "../diagnostics/diagnostic.ts";

/** The way to a value in a file: `["output", "columns", 0, "name"]`. */
export type Path = readonly (string | number)[];

/** A place in a file, before it has a line and a column. */
export interface Place {
  readonly path: Path;
  /** The key or the value after it; the value where not said. */
  readonly at?: "key" | "value";
}

/** Turns a place into lines and columns. */
export type Locate = (file: string, place: Place) => Span;

/** A problem in a file, placed by its path: lines and columns are looked up only when there is something to report. */
export interface Problem extends Place {
  readonly code: Code;
  readonly message: string;
  readonly hint?: string;
  /** Where it is, if not in a definition: in the SQL beside it. */
  readonly span?: Span;
  /** Other places that belong to it, in the same file if they don't name another; `span` where it is not in a definition. */
  readonly labels?: readonly (Place & { readonly message: string; readonly file?: string; readonly span?: Span })[];
  /** The new text of the key or value that this is about. */
  readonly replaceWith?: string;
  /** What would mend it, where that is another change. */
  readonly fix?: readonly TextEdit[];
}

/** A problem with the file that it is in. */
export interface Finding {
  readonly file: string;
  readonly problem: Problem;
  /** `pipeline.transform` */
  readonly transform?: string;
}

export function toDiagnostic({ file, problem, transform }: Finding, locate: Locate): Diagnostic {
  const span = problem.span ?? locate(file, problem);
  const labels = problem.labels?.map((label) => ({
    span: label.span ?? locate(label.file ?? file, label),
    message: label.message,
  }));
  const { start, end } = span;
  const fix =
    problem.replaceWith !== undefined && start && end
      ? [{ span: { file, start, end }, text: problem.replaceWith }]
      : problem.fix;
  return problem.code({
    message: problem.message,
    span,
    ...(labels && { labels }),
    ...(problem.hint !== undefined && { hint: problem.hint }),
    ...(fix && { fix }),
    ...(transform !== undefined && { transform }),
  });
}
