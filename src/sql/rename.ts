import { parse, scan } from "./parser.ts";
import { byteOffsets } from "./positions.ts";

/** Reads of one table, `schema.name`, are to say another schema. */
export interface Move {
  readonly schema: string;
  readonly name: string;
  /** Quoted where it must be. */
  readonly to: string;
}

/**
 * The text with the schema of every `schema.name` in it exchanged: tables and row types, found by their place in the
 * syntax tree. Only for text that PostgreSQL itself wrote (`pg_get_viewdef` with an empty search_path), where every
 * name is qualified. Null if the text does not parse.
 */
export function moveTable(text: string, move: Move): string | null {
  const parsed = parse(text);
  if (!parsed.ok) return null;
  const places = new Set<number>();
  collect(parsed.tree, move, places);
  if (places.size === 0) return text;
  const offsets = byteOffsets(text);
  const edits = scan(text)
    .filter((token) => places.has(token.start))
    .map((token) => ({ from: offsets(token.start), to: offsets(token.end) }))
    .sort((a, b) => b.from - a.from);
  return edits.reduce((result, { from, to }) => result.slice(0, from) + move.to + result.slice(to), text);
}

function collect(node: unknown, move: Move, places: Set<number>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, move, places);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === "RangeVar" && value.schemaname === move.schema && value.relname === move.name) {
      places.add(value.location ?? 0);
    } else if ((key === "TypeName" || key === "typeName") && isType(value, move)) {
      places.add(value.location ?? 0);
    }
    collect(value, move, places);
  }
}

function isType(value: { names?: { String?: { sval?: string } }[] }, move: Move): boolean {
  const names = value.names?.map((name) => name.String?.sval);
  return names?.length === 2 && names[0] === move.schema && names[1] === move.name;
}
