/** Tables as items of FROM, and lists of column names behind an alias. */
import { NOTHING } from "./flow.ts";
import type { Analysis, CatalogColumn, Column, Relation, Table } from "./scope.ts";

export function tableOf(analysis: Analysis, schema: string | undefined, name: string): Table {
  const key = `${schema ?? ""}\0${name}`;
  const met = analysis.tables.get(key);
  if (met) return met;
  const own = schema === undefined ? { name } : { schema, name };
  const known = analysis.catalog(schema, name);
  const columns = known?.map((each) => columnOf(schema, name, each, each.notNull ?? false)) ?? [];
  const others = new Map<string, Column>();
  const column = (columnName: string): Column => {
    const found = columns.find((one) => one.name === columnName) ?? others.get(columnName);
    if (found) return found;
    const made = columnOf(schema, name, { name: columnName });
    others.set(columnName, made);
    return made;
  };
  const table = { ...own, column, relation: { columns, rows: NOTHING, ...(known ? {} : { open: column }) } };
  analysis.tables.set(key, table);
  return table;
}

function columnOf(
  schema: string | undefined,
  table: string,
  { name, fields }: CatalogColumn,
  notNull?: boolean,
): Column {
  const input = schema === undefined ? { table, column: name } : { schema, table, column: name };
  const value = { from: NO_FLOWS, column: input };
  return { name, table: input, value, decides: NOTHING, copyOf: input, aggregate: false, notNull, fields };
}

const NO_FLOWS = NOTHING.from;

/** `AS alias (a, b)`: the first columns are called a and b. */
export function renamed(relation: Relation, names: readonly string[]): Relation {
  if (names.length === 0) return relation;
  const columns = relation.columns.map((column, n) => ({ ...column, name: names[n] ?? column.name }));
  // Of a table that is not known, at least these columns are.
  const more = relation.open ? names.slice(columns.length).map((name) => ({ ...relation.open!(name), name })) : [];
  return { ...relation, columns: [...columns, ...more] };
}
