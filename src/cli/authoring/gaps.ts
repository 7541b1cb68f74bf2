import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MARK } from "../../project/write/yaml_text.ts";

/** How many marks in these files wait for a person, as a sentence; empty if none. */
export function gapsIn(root: string, files: readonly string[]): string {
  const marked = files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return text.split("\n").flatMap((line, n) => (line.includes(MARK) ? [`${file}:${n + 1}`] : []));
  });
  if (marked.length === 0) return "";
  const more = marked.length > 1 ? ` and ${marked.length - 1} more` : "";
  return `Search for ${MARK}, where only you know: ${marked[0]}${more}.`;
}
