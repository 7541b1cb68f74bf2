/** Rows of a test that lie in a CSV file beside it: a header, then values as PostgreSQL reads them; nothing at all is NULL. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Span } from "../../diagnostics/diagnostic.ts";
import { csvScanner } from "../../files/formats/csv.ts";
import type { WrittenRows } from "../types.ts";

const FORMAT = {
  type: "csv",
  header: true,
  delimiter: ",",
  quote: '"',
  escape: '"',
  null: "",
  encoding: "UTF8",
} as const;

/** The rows, or why there are none. `file`: from the project's root; `place`: where the test names it. */
export function readCsvRows(root: string, file: string, place: Span): WrittenRows | string {
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8").replace(/^\uFEFF/, "");
  } catch {
    return `${file} can't be read`;
  }
  const scanner = csvScanner(FORMAT);
  const records: { readonly fields: readonly (string | null)[]; readonly line: number }[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const { state, end, contentEnd, lines } = scanner.scan(text, at, true);
    if (state === "unclosed") return `${file}:${line}: a quote is not closed`;
    if (contentEnd > at) records.push({ fields: scanner.fields, line });
    line += lines;
    at = end;
  }
  const [header, ...rest] = records;
  if (!header) return `${file} is empty; its first line must name the columns`;
  const columns = header.fields.map((field) => field ?? "");
  const uneven = rest.find(({ fields }) => fields.length !== columns.length);
  if (uneven) return `${file}:${uneven.line}: ${uneven.fields.length} values, and the header has ${columns.length}`;
  return {
    rows: rest.map(({ fields }) => ({
      values: Object.fromEntries(columns.map((column, n) => [column, fields[n] ?? null])),
      times: 1,
      path: [],
    })),
    place,
    path: [],
    at: (row: number): Span => ({ file, start: { line: rest[row]?.line ?? 1, column: 1 } }),
  };
}
