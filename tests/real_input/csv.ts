import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export type Row = Readonly<Record<string, string>>;

/** The rows of a gzipped CSV file by header, a small reader of its own so that it shares no mistake with COPY. */
export function readCsv(path: string): readonly Row[] {
  const text = gunzipSync(readFileSync(path)).toString("utf8");
  const [header, ...lines] = records(text);
  return lines.map((fields) => Object.fromEntries(header!.map((name, i) => [name, fields[i] ?? ""])));
}

function records(text: string): string[][] {
  const all: string[][] = [];
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else {
      const from = at;
      while (at < text.length && text[at] !== "," && text[at] !== "\n") at++;
      field = text.slice(from, at);
    }
    fields.push(field);
    if (text[at] === ",") at++;
    else {
      all.push(fields);
      fields = [];
      at++;
    }
  }
  return all;
}

/** The files and row counts that a README's table names. */
export function readmeCounts(path: string): ReadonlyMap<string, number> {
  const lines = readFileSync(path, "utf8").matchAll(/^\| (\w+)\.csv\.gz \| (\d+) \|/gm);
  return new Map([...lines].map(([, file, rows]) => [file!, Number(rows)]));
}
