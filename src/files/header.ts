/** What a CSV file calls its columns. */
import type { CsvFormat } from "../project/file_formats.ts";
import { decoded } from "./decode.ts";
import { csvScanner } from "./formats/csv.ts";
import { csvHeader } from "./formats/csv_header.ts";
import { openFile } from "./open.ts";
import type { FoundFile } from "./types.ts";

/**
 * The names in the first record of a file with a header; none where it is empty. Only the first of what may be gigabytes
 * is read. @throws DiagnosticError where it can't be read
 */
export async function headerNames(file: FoundFile, format: CsvFormat, signal: AbortSignal): Promise<readonly string[]> {
  const { bytes } = openFile(file, signal, () => {});
  const texts = decoded(bytes, format.encoding);
  try {
    return (await csvHeader(texts, csvScanner(format))).names;
  } finally {
    await texts.return(undefined);
  }
}
