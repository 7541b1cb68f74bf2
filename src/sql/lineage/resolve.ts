/** From a name in an expression to the column that it means, by PostgreSQL's rules (parse_relation.c). */
import { computed, type Value } from "./flow.ts";
import type { Analysis, Column, Item, Scope } from "./scope.ts";

/** Every table has them, and no star gives them. */
const SYSTEM_COLUMNS = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]);

const UNKNOWN: Value = computed([]);

/** A column named alone: the nearest query that has it; else a whole row of that name; else something not all known. */
export function resolveName(analysis: Analysis, name: string, scope: Scope, offset: number): Value {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const found = columnHere(analysis, name, at, offset);
    if (found) return found;
  }
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const item = at.items.find(({ alias }) => alias === name);
    if (item) return wholeRow(analysis, item);
  }
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const open = at.items.filter((item) => item.alone && item.relation.open);
    if (open.length > 1) analysis.notes.push({ message: `"${name}" can be a column of several tables`, offset });
    if (open[0]) return use(analysis, open[0].relation.open!(name));
  }
  analysis.notes.push({ message: `nothing here has a column "${name}"`, offset });
  return UNKNOWN;
}

/** The column of that name at this level only (GROUP BY looks no further); undefined if there is none. */
export function columnHere(analysis: Analysis, name: string, scope: Scope, offset: number): Value | undefined {
  let found: Column | undefined;
  for (const item of scope.items) {
    if (!item.alone) continue;
    const here = columnsNamed(item.relation.columns, name);
    if (here.length === 0) continue;
    if (found || here.length > 1) {
      analysis.notes.push({ message: `"${name}" is ambiguous`, offset });
      return use(analysis, found ?? here[0]!);
    }
    found = here[0];
  }
  return found ? use(analysis, found) : systemColumn(name, scope);
}

function systemColumn(name: string, scope: Scope): Value | undefined {
  if (!SYSTEM_COLUMNS.has(name)) return undefined;
  const tables = scope.items.filter(({ table }) => table);
  return tables.length === 1 ? tables[0]?.table?.column(name) : undefined;
}

/** The item that `alias` or `schema.table` means, the nearest one. */
export function findItem(scope: Scope, qualifier: readonly string[]): Item | undefined {
  const alias = qualifier.at(-1);
  const schema = qualifier.at(-2);
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const item = at.items.find((one) => one.alias === alias && (schema === undefined || one.schema === schema));
    if (item) return item;
  }
  return undefined;
}

export function resolveIn(analysis: Analysis, item: Item, name: string, offset: number): Value {
  const column = columnsNamed(item.relation.columns, name)[0];
  if (column) return use(analysis, column);
  if (item.table && SYSTEM_COLUMNS.has(name)) return item.table.column(name);
  if (item.relation.open) return use(analysis, item.relation.open(name));
  analysis.notes.push({ message: `"${item.alias}" has no column "${name}"`, offset });
  return UNKNOWN;
}

/** `t` as a value: all of its columns. */
export function wholeRow(analysis: Analysis, item: Item): Value {
  const { table, relation } = item;
  if (table) analysis.wholeRows.add(table);
  // `x` of generate_series(…) AS x is both a row and its only column.
  if (relation.columns.length === 0 && relation.open) return computed([relation.open("*")]);
  return {
    ...computed(relation.columns),
    fields: relation.columns.map(({ name }) => name),
    field(name) {
      const column = columnsNamed(relation.columns, name)[0];
      return column && computed([use(analysis, column)]);
    },
  };
}

/** Notes that the column is read. */
export function use(analysis: Analysis, column: Column): Column {
  if (column.table) analysis.reads.add(column.table);
  return column;
}

/** Of lists that are long an index is kept, so that a thousand names in a thousand columns cost no million. */
const indexes = new WeakMap<readonly Column[], ReadonlyMap<string, readonly Column[]>>();
const LONG = 30;

export function columnsNamed(columns: readonly Column[], name: string): readonly Column[] {
  if (columns.length < LONG) return columns.filter((column) => column.name === name);
  let index = indexes.get(columns);
  if (!index) {
    const made = new Map<string, Column[]>();
    for (const column of columns) {
      const same = made.get(column.name);
      if (same) same.push(column);
      else made.set(column.name, [column]);
    }
    indexes.set(columns, (index = made));
  }
  return index.get(name) ?? [];
}
