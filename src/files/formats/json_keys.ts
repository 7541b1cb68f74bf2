/** The keys of a JSON lines file and the columns that they stand for. */
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { columnsUnmatched, unknownKeys } from "../codes.ts";
import { matcher } from "../columns.ts";
import type { Wanted } from "../types.ts";
import { members, unstorable } from "./json_lines.ts";
import type { ReadLine } from "./lines.ts";

/** So many keys without a column are no names but data, and are not told. */
const NAMES = 100;
const SHOWN = 10;
/** What looks otherwise, or stands in the minority of the lines, may be a value, and is only counted. */
const NAME = /^[A-Za-z_][A-Za-z_0-9]*$/;

export interface JsonKeys {
  readonly readLine: ReadLine;
  /** What was not loaded, once all lines are read. */
  unknown(): Diagnostic | undefined;
}

/** `columns` are those of the wanted ones that every record gives; a key that is not there is NULL, of two equal keys the last counts. */
export function jsonKeys(columns: readonly string[], wanted: Wanted, path: string): JsonKeys {
  const match = matcher({ ...wanted, columns });
  const json = columns.map((name) => wanted.json.has(name));
  const places = new Map<string, number>();
  const keys: string[] = [];
  /** In how many lines each stands. */
  const unknown = new Map<string, number>();
  let lines = 0;

  const placeOf = (key: string): number => {
    const column = match(key);
    const place = column === undefined ? -1 : columns.indexOf(column);
    if (place < 0) {
      if (unknown.size <= NAMES) unknown.set(key, 0);
      if (places.size > 10_000) return place;
    } else if (keys[place] === undefined) {
      keys[place] = key;
    } else {
      throw bothKeys(keys[place], key, column!, path);
    }
    places.set(key, place);
    return place;
  };

  const readLine: ReadLine = (text, line) => {
    lines += 1;
    const values: (string | null)[] = columns.map(() => null);
    const fault = members(text, (key, value, start, end) => {
      const place = places.get(key) ?? placeOf(key);
      const seen = place < 0 ? unknown.get(key) : undefined;
      if (seen !== undefined) unknown.set(key, seen + 1);
      if (place >= 0) values[place] = value !== null && json[place] ? text.slice(start, end) : value;
    });
    if (fault) return { line, ...fault };
    // Only an escape can bring them in: the text itself was looked through.
    return (text.includes("\\") ? unstorable(values, columns, line) : undefined) ?? values;
  };

  return { readLine, unknown: () => (unknown.size > 0 ? ignored(unknown, lines, path) : undefined) };
}

const bothKeys = (one: string, other: string, column: string, path: string) =>
  new DiagnosticError([
    columnsUnmatched({
      message: `${path}: the keys ${one} and ${other} both stand for column ${column}`,
      span: { file: path },
      hint: "Say under `rename:` which of them it is, and give the other a column of its own.",
    }),
  ]);

function ignored(unknown: ReadonlyMap<string, number>, lines: number, path: string): Diagnostic {
  const names =
    unknown.size > NAMES
      ? []
      : [...unknown]
          .filter(([key, seen]) => NAME.test(key) && seen > 1 && seen * 2 > lines)
          .map(([key]) => key)
          .sort()
          .slice(0, SHOWN);
  const more = unknown.size - names.length;
  const count =
    unknown.size > NAMES ? `more than ${NAMES} keys` : unknown.size === 1 ? "1 key" : `${unknown.size} keys`;
  const list = names.length > 0 ? `: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}` : "";
  return unknownKeys({
    message: `${path}: ${count} without a column ${unknown.size === 1 ? "was" : "were"} not loaded${list}`,
    span: { file: path },
    hint: "Declare columns for them, or map them under `rename:`.",
  });
}
