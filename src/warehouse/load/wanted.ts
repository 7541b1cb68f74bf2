/** Which columns a file is to have: those of the output that neither PostgreSQL nor the file's path fills. */
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { matchColumns, matcher } from "../../files/columns.ts";
import { headerNames } from "../../files/header.ts";
import type { FoundFile, Wanted } from "../../files/types.ts";
import type { FileRows } from "../../plan/types.ts";
import type { CsvFormat } from "../../project/file_formats.ts";
import { tableText } from "../../project/types.ts";
import { isFilledIn } from "../build/table.ts";
import type { Work } from "../work.ts";
import type { Classified } from "./classes.ts";
import type { Target } from "./target.ts";

export interface FileToLoad {
  readonly file: FoundFile;
  readonly classified: Classified;
  /** For CSV: the columns in the file's own order. */
  readonly columns: readonly string[];
}

export function wantedOf(rows: FileRows, { output }: Pick<Target, "output">, classified: Classified): Wanted {
  const columns = output.columns.filter(({ name }) => !Object.hasOwn(classified, name));
  return {
    table: tableText(output),
    columns: columns.map(({ name }) => name),
    optional: new Set(columns.filter(isFilledIn).map(({ name }) => name)),
    json: new Set(columns.filter(({ type }) => /^jsonb?$/i.test(type)).map(({ name }) => name)),
    rename: rows.rename,
  };
}

/** Looks into the files' headers before anything is loaded. @throws DiagnosticError with all that do not fit */
export async function lookInto(
  work: Work,
  rows: FileRows,
  target: Pick<Target, "output">,
  files: readonly FoundFile[],
  classes: ReadonlyMap<string, Classified>,
): Promise<readonly FileToLoad[]> {
  const problems: Diagnostic[] = [];
  const found: FileToLoad[] = [];
  for (const file of files) {
    const classified = classes.get(file.path) ?? {};
    const wanted = wantedOf(rows, target, classified);
    try {
      const columns =
        rows.format.type === "csv" && rows.format.header
          ? await headerColumns(work, file, rows.format, wanted)
          : wanted.columns.filter((name) => !wanted.optional.has(name));
      found.push({ file, classified, columns });
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
  return found;
}

/** Our columns in the order of the file's. */
async function headerColumns(
  work: Work,
  file: FoundFile,
  format: CsvFormat,
  wanted: Wanted,
): Promise<readonly string[]> {
  const names = await headerNames(file, format, work.signal);
  matchColumns(names, wanted, file.path, "the header");
  return names.map((name) => matcher(wanted)(name)!);
}
