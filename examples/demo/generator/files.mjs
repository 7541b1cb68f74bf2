import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/**
 * Writes rows (objects with the same keys) with a header, and returns how many.
 * null becomes the text that means NULL; an empty string is written as "", which a reader must keep apart from it.
 * With `trailer`, the last line is "TRAILER" and the count.
 */
export function writeTable(path, rows, options = {}) {
  const { delimiter = ",", encoding = "utf8", null: nullText = "", trailer = false } = options;
  const names = Object.keys(rows[0]);
  const special = new RegExp(`["\r\n${delimiter === "|" ? "\\|" : delimiter}]`);
  const field = (value) => {
    if (value === null) return nullText;
    const text = String(value);
    return text === nullText || text === "" || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [names.join(delimiter)];
  for (const row of rows) lines.push(names.map((name) => field(row[name])).join(delimiter));
  if (trailer) lines.push(["TRAILER", rows.length].join(delimiter));
  const content = Buffer.from(`${lines.join("\n")}\n`, encoding);
  writeFileSync(path, path.endsWith(".gz") ? gzipSync(content, { level: 4 }) : content);
  return rows.length;
}

/** Writes each row as JSON on a line of its own, and returns how many. */
export function writeLines(path, rows) {
  writeFileSync(path, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(""), { level: 4 }));
  return rows.length;
}
