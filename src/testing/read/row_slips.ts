/** What YAML reads in a row without a word, and nobody means: a value that ends at its comma, and a byte that no text can hold. */
import type { Path, Problem } from "../../project/problem.ts";
import type { MapNode, Node } from "../../project/yaml/places.ts";
import { badTestValue } from "../codes.ts";

/** `text`: of the file. */
export function slipsInRows(text: string, rows: Node, path: Path): readonly Problem[] {
  if (rows.type !== "list") return [];
  return rows.items.flatMap((row, n) => (row.type === "map" ? slipsInRow(text, row, [...path, n]) : []));
}

function slipsInRow(text: string, { pairs }: MapNode, path: Path): readonly Problem[] {
  return pairs.flatMap(({ key, value }, n): readonly Problem[] => {
    if (key.type !== "scalar" || value.type !== "scalar") return [];
    const at = [...path, key.text];
    if (value.text.includes("\0")) {
      const message = "no text of PostgreSQL holds the character that \\x00 is within double quotes";
      return [{ code: badTestValue, path: at, message, hint: "Write bytes in single quotes: '\\x00'." }];
    }
    const isWithoutColon = value.start === key.end && !/^["']?\s*:/.test(text.slice(key.end));
    if (!isWithoutColon) return [];
    const before = pairs[n - 1];
    const whole = before && text.slice(before.value.start, key.end).trim();
    const quotes = whole === undefined ? "" : `, put all of it in quotes: '${whole.replaceAll("'", "''")}'`;
    const message = `${key.text} has no colon and no value`;
    const hint = `A comma ends a value within { }. If it belongs to the value${quotes}. NULL is written ${key.text}: ~.`;
    return [{ code: badTestValue, path: at, at: "key", message, hint }];
  });
}
