/**
 * Which columns of which tables mean the same thing, where no foreign key says it: sources have no keys of their own.
 *
 * A table is home to a column if it is its one-column primary key; else if it is named after it (members, of member_id); else
 * if it is its first column, or it is the only one that has it. Only names that end like a key's count (_id, _key, _number,
 * _no, _code, npi). Columns of the same name and type in other tables take their values from there, with a word before it,
 * too (billing_npi); so does member_id where members has an id.
 */
import { tableText } from "../../project/types.ts";
import type { ForeignKeyFacts, TableFacts } from "../../warehouse/facts/types.ts";
import type { Facts } from "../types.ts";

const KEY_NAME = /^(.+?)_?(?:id|key|number|no|num|code)$|^(npi)$/;

/** The facts, with foreign keys for columns that mean the same. */
export function withJoins(facts: Facts): Facts {
  const tables = [...facts.values()];
  const names = new Set(
    tables.flatMap(({ columns }) => columns.map(({ name }) => name)).filter((name) => KEY_NAME.test(name)),
  );
  const homes = new Map(
    [...names].flatMap((name) => {
      const home = homeOf(name, tables);
      return home ? [[name, home] as const] : [];
    }),
  );
  const more = new Map<string, ForeignKeyFacts[]>();
  for (const table of tables) {
    for (const { name } of table.columns) {
      const home = homes.get(name);
      const other = home && home.table !== table ? home : homes.get(meant(name, homes) ?? "");
      if (!other || other.table === table || !refers(table, name, other)) continue;
      const references = { ...other.table.table, columns: [other.column] };
      const text = tableText(table.table);
      more.set(text, [...(more.get(text) ?? []), { columns: [name], references }]);
    }
  }
  return new Map(
    [...facts].map(([text, table]) => {
      const foreignKeys = [...table.foreignKeys, ...(more.get(text) ?? [])];
      return [text, { ...table, ...keyOf(table, homes), foreignKeys }];
    }),
  );
}

/** A table that says nothing of its key is taken to have each row of its own column's once. */
function keyOf(table: TableFacts, homes: ReadonlyMap<string, Home>): Pick<TableFacts, "primaryKey"> {
  if (table.primaryKey || table.uniques.length > 0) return {};
  const own = [...homes.values()].find((home) => home.table === table && table.columns[0]?.name === home.column);
  return own ? { primaryKey: [own.column] } : {};
}

/** `npi` for `billing_npi`. What says nothing by itself, such as `id`, is not meant. */
const meant = (name: string, homes: ReadonlyMap<string, Home>): string | undefined =>
  [...homes.keys()].find((other) => name.endsWith(`_${other}`) && (other.includes("_") || other === "npi"));

interface Home {
  readonly table: TableFacts;
  readonly column: string;
}

function homeOf(name: string, tables: readonly TableFacts[]): Home | undefined {
  const holders = tables.filter(({ columns }) => columns.some((column) => column.name === name));
  const keyed = holders.filter(({ primaryKey = [] }) => primaryKey.length === 1 && primaryKey[0] === name);
  if (keyed.length === 1) return { table: keyed[0]!, column: name };
  const stem = KEY_NAME.exec(name)?.[1];
  const namesake = tables.find((table) => isNamedAfter(table, stem));
  const own =
    namesake &&
    (namesake.columns.some((column) => column.name === name)
      ? name
      : namesake.columns.find(({ name }) => name === "id")?.name);
  if (namesake && own !== undefined) return { table: namesake, column: own };
  const first = (keyed.length > 0 ? keyed : holders).filter(({ columns }) => columns[0]?.name === name);
  const found = first[0] ?? (holders.length === 1 ? holders[0] : undefined);
  return found && { table: found, column: name };
}

const isNamedAfter = ({ table }: TableFacts, stem: string | undefined): boolean =>
  stem !== undefined && [stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, "ies")].includes(table.name);

/** It has the column, says nothing else of it, and does not number it itself. */
function refers({ columns, foreignKeys }: TableFacts, name: string, home: Home): boolean {
  const column = columns.find((one) => one.name === name);
  const type = home.table.columns.find((one) => one.name === home.column)?.type;
  return (
    column !== undefined &&
    column.type === type &&
    column.filledBy === undefined &&
    column.examples === undefined &&
    foreignKeys.every((key) => !key.columns.includes(name))
  );
}
