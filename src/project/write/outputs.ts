/** An output as its YAML. */
import type { Grant, Index, IndexKey, KeyConstraint, TableOutput, ViewOutput } from "../types.ts";
import { columnList, type NotedColumn } from "./columns.ts";
import { writeTableName } from "./table_name.ts";
import type { Entry, Fields, Item } from "./yaml_text.ts";

type WithNotes<T> = Omit<T, "columns"> & { readonly columns: readonly NotedColumn[] };

export function viewEntries(view: WithNotes<ViewOutput>): Entry[] {
  return [
    ["view", writeTableName(view)],
    ...described(view.description),
    ["columns", columnList(view.columns)],
    ...grantEntries(view.grants),
  ];
}

export function tableEntries(table: WithNotes<TableOutput>): Entry[] {
  const list = (key: string, items: readonly Fields[]): Entry[] =>
    items.length === 0 ? [] : [[key, { items: items.map((item): Item => ({ item })) }]];
  return [
    ["table", writeTableName(table)],
    ...described(table.description),
    ["columns", columnList(table.columns, table.primaryKey?.columns)],
    ...primaryKey(table.primaryKey),
    ...list("unique", table.unique.map(keyFields)),
    ...list("indexes", table.indexes.map(indexFields)),
    ...list(
      "constraints",
      table.constraints.map(({ name, check }) => ({ name, check })),
    ),
    ...list(
      "foreign_keys",
      table.foreignKeys.map(({ name, columns, references, enforce }) => ({
        ...(name === undefined ? {} : { name }),
        columns,
        references: { table: writeTableName(references), columns: references.columns },
        ...(enforce ? {} : { enforce }),
      })),
    ),
    ...list(
      "statistics",
      table.statistics.map(({ name, columns, kinds }) => ({ name, columns, ...(kinds ? { kinds } : {}) })),
    ),
    ...grantEntries(table.grants),
  ];
}

const described = (description: string | undefined): Entry[] =>
  description === undefined ? [] : [["description", description]];

function primaryKey(key: KeyConstraint | undefined): Entry[] {
  if (!key) return [];
  if (key.name === undefined) return [["primary_key", key.columns]];
  return [
    [
      "primary_key",
      {
        block: [
          ["name", key.name],
          ["columns", key.columns],
        ],
      },
    ],
  ];
}

const keyFields = ({ name, columns, nullsNotDistinct }: KeyConstraint): Fields => ({
  ...(name === undefined ? {} : { name }),
  columns,
  ...(nullsNotDistinct ? { nulls_not_distinct: true } : {}),
});

function indexFields({ name, keys, unique, method, where, include }: Index): Fields {
  return {
    ...(name === undefined ? {} : { name }),
    columns: keys.map(indexKey),
    ...(unique ? { unique } : {}),
    ...(method === undefined ? {} : { method }),
    ...(include ? { include } : {}),
    ...(where === undefined ? {} : { where }),
  };
}

const indexKey = (key: IndexKey): unknown =>
  key.column !== undefined && Object.keys(key).length === 1 ? key.column : key;

function grantEntries(grants: readonly Grant[]): Entry[] {
  if (grants.length === 0) return [];
  return [["grants", { block: grants.map(({ role, privileges }): Entry => [role, privileges]) }]];
}
