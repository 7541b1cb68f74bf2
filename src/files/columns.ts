/** The columns of a file and those of the output, matched by name. */
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { columnsUnmatched } from "./codes.ts";
import type { Wanted } from "./types.ts";

/** The output's column for a name in a file: by `rename`, by the name itself, or by the name in any case. */
export function matcher(wanted: Wanted): (name: string) => string | undefined {
  const names = new Set(wanted.columns);
  const byLowerCase = new Map(wanted.columns.map((name) => [name.toLowerCase(), name]));
  return (name) => {
    const renamed = Object.hasOwn(wanted.rename, name) ? wanted.rename[name]! : name;
    return names.has(renamed) ? renamed : byLowerCase.get(renamed.trim().toLowerCase());
  };
}

export interface Matched {
  /** Those of the wanted columns that the file has, in their order. */
  readonly columns: readonly string[];
  /** At which of the file's columns each stands. */
  readonly positions: readonly number[];
}

/**
 * `what` names the place in messages, such as "the header".
 * @throws DiagnosticError with all that does not fit
 */
export function matchColumns(names: readonly string[], wanted: Wanted, path: string, what: string): Matched {
  const match = matcher(wanted);
  const found = names.map(match);
  const twice = found.filter((column, n) => column !== undefined && found.indexOf(column) !== n);
  const missing = wanted.columns.filter((name) => !found.includes(name) && !wanted.optional.has(name));
  const lines =
    names.length === 0
      ? ["the file is empty, without even a header"]
      : [
          // A file without header has a row there: so what is unknown is told by its place, never quoted.
          ...found.flatMap((column, n) =>
            column === undefined ? [`its column ${n + 1} is none of the output's`] : [],
          ),
          ...[...new Set(twice)].map((name) => `${name} comes twice`),
          ...missing.map((name) => `${name} is missing`),
        ];
  if (lines.length > 0) {
    throw new DiagnosticError([
      columnsUnmatched({
        message: `${path}: ${what} does not fit ${wanted.table}: ${lines.join("; ")}`,
        span: { file: path, start: { line: 1, column: 1 } },
        hint: 'Declare the column, or map it under `rename: {"Name": column}`; where the first line is data, set `header: false` at the source.',
      }),
    ]);
  }
  const columns = wanted.columns.filter((name) => found.includes(name));
  return { columns, positions: columns.map((name) => found.indexOf(name)) };
}
