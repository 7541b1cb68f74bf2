/** The inputs of a new definition: what its SQL reads, under the names that the project has for it. */
import type { TableName } from "../../project/types.ts";
import { sourceCommand } from "../../project/write/source_command.ts";
import { writeTableName } from "../../project/write/table_name.ts";
import { gap, type Item } from "../../project/write/yaml_text.ts";
import type { RelationRead } from "../../sql/relations.ts";
import type { KnownTable } from "./known_tables.ts";
import type { LiveColumns } from "./live.ts";

export interface FoundInputs {
  readonly items: readonly Item[];
  /** All that are read and whose columns are known, declared or live. */
  readonly tables: readonly KnownTable[];
  /** Read, but nobody knows their columns. */
  readonly without: readonly string[];
  /** Live tables that no source declares. */
  readonly undeclared: readonly TableName[];
}

const CATALOGS = new Set(["pg_catalog", "information_schema"]);

/** Tables that are read with a schema and that the project does not know. */
export function unknownTables(reads: readonly RelationRead[], known: readonly KnownTable[]): readonly TableName[] {
  return reads.flatMap(({ schema, name }) => {
    if (schema === undefined || CATALOGS.has(schema) || find(known, { schema, name })) return [];
    return [{ schema, name }];
  });
}

const find = (known: readonly KnownTable[], { schema, name }: TableName): KnownTable | undefined =>
  known.find((table) => table.schema === schema && table.name === name);

export function findInputs(
  pipeline: string,
  reads: readonly RelationRead[],
  known: readonly KnownTable[],
  live: readonly LiveColumns[],
): FoundInputs {
  const items = new Map<string, Item>();
  const tables: KnownTable[] = [];
  const without: string[] = [];
  const undeclared: TableName[] = [];
  const add = (item: Item) => items.set(JSON.stringify(item), item);
  for (const { schema, name, start } of reads) {
    if (schema === undefined) {
      without.push(name);
      add({ item: { source: gap(`line ${start.line} reads ${name}; write it there with its schema`) } });
      continue;
    }
    if (CATALOGS.has(schema)) continue;
    const text = writeTableName({ schema, name });
    const table = find(known, { schema, name });
    if (table) {
      add({ item: inputFields(table.maker, pipeline) });
      if (table.columns.length > 0) tables.push(table);
      else without.push(text);
      continue;
    }
    const there = live.find(({ relation }) => relation.schema === schema && relation.name === name);
    if (there) {
      undeclared.push({ schema, name });
      tables.push({ schema, name, maker: { source: name }, primaryKey: [], columns: there.columns.map(declared) });
    } else {
      without.push(text);
    }
    add({ item: { source: gap(`${text} is not declared yet: ${sourceCommand({ schema, name })}`) } });
  }
  return { items: [...items.values()], tables, without, undeclared };
}

const declared = ({ name, type, comment }: LiveColumns["columns"][number]) => ({
  name,
  type,
  ...(comment === undefined ? {} : { description: comment }),
  phi: false,
  notNull: false,
});

function inputFields(maker: KnownTable["maker"], pipeline: string): Item["item"] {
  if ("source" in maker) return { source: maker.source };
  return maker.pipeline === pipeline ? { transform: maker.transform } : maker;
}
