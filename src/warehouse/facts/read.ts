/** What has to be known of tables to make rows for them. */
import type pg from "pg";
import {
  type Column,
  type ForeignKey,
  type Index,
  type KeyConstraint,
  type TableName,
  tableText,
} from "../../project/types.ts";
import { loadParser } from "../../sql/parser.ts";
import { type CatalogTable, catalogTables, catalogTypes } from "./catalog.ts";
import { checkFacts, typesFrom } from "./type_facts.ts";
import type { CheckFacts, ColumnFacts, ForeignKeyFacts, TableFacts, TypeFacts } from "./types.ts";

/** A table as a definition knows it; outputs and sources both are. */
export interface Declared extends TableName {
  readonly columns: readonly Column[];
  readonly primaryKey?: KeyConstraint;
  readonly unique?: readonly KeyConstraint[];
  readonly indexes?: readonly Index[];
  readonly constraints?: readonly { readonly name: string; readonly check: string }[];
  readonly foreignKeys?: readonly ForeignKey[];
}

/**
 * The facts of those of the tables that exist, by `schema.name`: what the catalog says, and what is only declared. The
 * tables that foreign keys lead to come along.
 */
export async function readFacts(
  client: pg.Client,
  declared: readonly Declared[],
): Promise<ReadonlyMap<string, TableFacts>> {
  await loadParser();
  const known = new Map(declared.map((table) => [tableText(table), table]));
  const found = new Map<string, CatalogTable>();
  const asked = new Set<string>();
  for (let wanted: readonly TableName[] = declared; wanted.length > 0;) {
    const tables = await catalogTables(client, wanted);
    for (const table of tables) found.set(tableText(table), table);
    for (const table of wanted) asked.add(tableText(table));
    wanted = tables.flatMap((table) => referredTo(table, known)).filter((table) => !asked.has(tableText(table)));
  }
  const oids = [...found.values()].flatMap(({ columns }) => columns.map(({ oid }) => oid));
  const typeOf = typesFrom(await catalogTypes(client, oids));
  // In the order in which they were asked for, so that what follows from it is the same each time.
  const order = [...new Set([...known.keys(), ...[...found.keys()].toSorted()])];
  const inOrder = order.flatMap((text) => (found.has(text) ? [[text, found.get(text)!] as const] : []));
  return new Map(inOrder.map(([text, table]) => [text, factsOf(table, known.get(text), typeOf)]));
}

const referredTo = (table: CatalogTable, known: ReadonlyMap<string, Declared>): readonly TableName[] => [
  ...table.foreignKeys.map(({ references }) => references),
  ...(known.get(tableText(table))?.foreignKeys ?? []).map(({ references }) => references),
];

function factsOf(
  table: CatalogTable,
  declared: Declared | undefined,
  typeOf: (oid: number, typmod: number) => TypeFacts,
): TableFacts {
  const { schema, name } = table;
  const nameOf = new Map(table.columns.map((column) => [column.number, column.name]));
  const names = (numbers: readonly number[]) => numbers.map((number) => nameOf.get(number)!);
  const own = new Map((declared?.columns ?? []).map((column) => [column.name, column]));
  const keys = table.keys.filter(({ primary }) => !primary).map(({ columns }) => names(columns));
  const primary = table.keys.find((key) => key.primary);
  const primaryKey = primary ? names(primary.columns) : declared?.primaryKey?.columns;
  return {
    table: { schema, name },
    columns: table.columns.map((column): ColumnFacts => {
      const { name, type, filledBy } = column;
      const examples = own.get(name)?.examples;
      return {
        name,
        type,
        of: typeOf(column.oid, column.typmod),
        notNull: column.notNull || own.get(name)?.notNull === true || primaryKey?.includes(name) === true,
        ...(filledBy && { filledBy }),
        ...(examples && { examples }),
      };
    }),
    ...(primaryKey && { primaryKey }),
    uniques: withoutRepeats([
      ...keys,
      ...(declared?.unique ?? []).map(({ columns }) => columns),
      ...(declared?.indexes ?? []).flatMap(uniqueIndex),
    ]),
    checks: checksOf(table, declared),
    foreignKeys: foreignKeysOf(table, declared, names),
  };
}

function uniqueIndex({ unique, keys }: Index): readonly (readonly string[])[] {
  const columns = keys.flatMap(({ column }) => (column === undefined ? [] : [column]));
  return unique && columns.length === keys.length ? [columns] : [];
}

function checksOf(table: CatalogTable, declared: Declared | undefined): readonly CheckFacts[] {
  const live = new Set(table.checks.map(({ name }) => name));
  const more = (declared?.constraints ?? []).filter(({ name }) => !live.has(name));
  return [...table.checks, ...more.map(({ name, check }) => ({ name, sql: check }))].map(checkFacts);
}

function foreignKeysOf(
  table: CatalogTable,
  declared: Declared | undefined,
  names: (numbers: readonly number[]) => readonly string[],
): readonly ForeignKeyFacts[] {
  const live = table.foreignKeys.map(({ columns, references }) => ({ columns: names(columns), references }));
  const more = (declared?.foreignKeys ?? []).map(({ columns, references }) => ({ columns, references }));
  const all = new Map([...more, ...live].map((key) => [JSON.stringify([key.columns, tableText(key.references)]), key]));
  return [...all.values()];
}

const withoutRepeats = (lists: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ...new Map(lists.map((list) => [JSON.stringify(list), list])).values(),
];
