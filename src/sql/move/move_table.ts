import { parse, scan } from "../parser.ts";
import { byteOffsets } from "../positions.ts";
import { eachObject, isObject, strings, type Node, type Tree } from "../tree.ts";

/** Reads of one table, `schema.name`, are to say another schema. */
export interface TableMove {
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
export function moveTable(text: string, move: TableMove): string | null {
  const parsed = parse(text);
  if (!parsed.ok) return null;
  const places = new Set<number>();
  eachObject(parsed.tree, ({ RangeVar, TypeName, typeName }) => {
    if (isTable(RangeVar, move)) places.add(Number(RangeVar["location"] ?? 0));
    for (const type of [TypeName, typeName]) if (isRowType(type, move)) places.add(Number(type["location"] ?? 0));
  });
  if (places.size === 0) return text;
  const offsets = byteOffsets(text);
  const edits = scan(text)
    .filter((token) => places.has(token.start))
    .map((token) => ({ from: offsets(token.start), to: offsets(token.end) }))
    .sort((a, b) => b.from - a.from);
  return edits.reduce((result, { from, to }) => result.slice(0, from) + move.to + result.slice(to), text);
}

function isTable(range: unknown, { schema, name }: TableMove): range is Tree {
  return isObject(range) && range["schemaname"] === schema && range["relname"] === name;
}

function isRowType(type: unknown, { schema, name }: TableMove): type is Tree {
  if (!isObject(type)) return false;
  const names = strings(type["names"] as Node[]);
  return names.length === 2 && names[0] === schema && names[1] === name;
}
