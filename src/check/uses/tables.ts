/** The declared columns of every table and view, small enough to be sent to threads. */
import type { Project } from "../../project/types.ts";
import type { Catalog, CatalogColumn } from "../../sql/lineage/scope.ts";

/** By `schema.name`, each column's name behind `!` if it is never NULL, else behind a space. */
export type Tables = Readonly<Record<string, readonly string[]>>;

/** What declares no columns is left out: nothing is known of it. */
export function tablesOf({ sources, transforms }: Project): Tables {
  const tables: Record<string, readonly string[]> = Object.create(null);
  for (const one of [...sources, ...transforms.flatMap(({ outputs }) => outputs)]) {
    if ((one.type !== "table" && one.type !== "view") || one.columns.length === 0) continue;
    tables[`${one.schema}.${one.name}`] = one.columns.map(({ name, notNull }) => `${notNull ? "!" : " "}${name}`);
  }
  return tables;
}

export function catalogOf(tables: Tables): Catalog {
  const known = new Map<string, readonly CatalogColumn[]>();
  return (schema, name) => {
    if (schema === undefined) return undefined;
    const text = `${schema}.${name}`;
    const found = known.get(text);
    if (found) return found;
    const columns = tables[text]?.map((column) => ({ name: column.slice(1), notNull: column.startsWith("!") }));
    if (columns) known.set(text, columns);
    return columns;
  };
}
