/**
 * Rows as people write them in YAML, for factories and tests: `{member_id: 1, code: 00123}`. Values are PostgreSQL's input
 * texts, as they are written; lists and mappings are JSON. `use` names a factory and `times` how many rows it is; a column of
 * such a name is written in quotes.
 */
import { badValue, wrongType } from "../codes/definition_codes.ts";
import type { Path, Problem } from "../problem.ts";
import type { Node } from "../yaml/places.ts";
import { jsonText, valueText } from "./value_text.ts";

/** Column → text, null for NULL. */
type Values = Readonly<Record<string, string | null>>;

export interface WrittenRow {
  readonly values: Values;
  /** The factory that it takes the rest from. */
  readonly use?: string;
  readonly times: number;
  /** Where it stands. */
  readonly path: Path;
}

export interface ReadRows {
  readonly rows: readonly WrittenRow[];
  readonly problems: readonly Problem[];
}

const MOST_ROWS = 100_000;
const NOT_ROWS = 'Write rows as a list: "- {column: value, …}", or [] for none.';

/** A list of rows; nothing at all is no rows. */
export function readRows(node: Node, path: Path): ReadRows {
  if (node.type === "scalar" && valueText(node) === null) return { rows: [], problems: [] };
  if (node.type !== "list") {
    return { rows: [], problems: [{ code: wrongType, path, message: "this must be a list of rows", hint: NOT_ROWS }] };
  }
  const read = node.items.map((item, i) => readRow(item, [...path, i]));
  return {
    rows: read.flatMap(({ row }) => (row ? [row] : [])),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** One row. `reserved`: further plain keys that are no columns. */
export function readRow(
  node: Node,
  path: Path,
  reserved: ReadonlySet<string> = new Set(),
): { readonly row?: WrittenRow; readonly problems: readonly Problem[] } {
  if (node.type !== "map") {
    return { problems: [{ code: wrongType, path, message: "a row must be {column: value, …}", hint: NOT_ROWS }] };
  }
  const problems: Problem[] = [];
  const values: Record<string, string | null> = {};
  let use: string | undefined;
  let times = 1;
  for (const { key, value } of node.pairs) {
    if (key.type !== "scalar") {
      problems.push({ code: wrongType, path, message: "a column's name must be a text" });
    } else if (key.plain && key.text === "use") {
      if (value.type === "scalar" && value.text !== "") use = value.text;
      else problems.push({ code: badValue, path: [...path, "use"], message: '"use" must be the name of a factory' });
    } else if (key.plain && key.text === "times") {
      times = value.type === "scalar" && /^\d{1,6}$/.test(value.text) ? Number(value.text) : -1;
      if (times < 0 || times > MOST_ROWS) {
        const message = `"times" must be a whole number from 0 to ${MOST_ROWS}`;
        problems.push({ code: badValue, path: [...path, "times"], message });
      }
    } else if (!(key.plain && reserved.has(key.text))) {
      values[key.text] = value.type === "scalar" ? valueText(value) : jsonText(value);
    }
  }
  if (problems.length > 0) return { problems };
  return { row: { values, ...(use !== undefined && { use }), times, path }, problems };
}
