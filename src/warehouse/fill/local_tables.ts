/** Tables of the embedded server that are to be filled: which there are, and making those that are missing. */
import type pg from "pg";
import { type TableName, tableText } from "../../project/types.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { constrain, createEmpty } from "../build/table.ts";
import { createSchema } from "../empty/tables.ts";
import type { Declared } from "../facts/read.ts";
import { identifier, qualified } from "../names.ts";

export type Standing = "missing" | "empty" | "rows" | "no table";

/** By `schema.name`. */
export async function standingOf(
  client: pg.Client,
  tables: readonly TableName[],
): Promise<ReadonlyMap<string, Standing>> {
  const found = await rowsOf(
    client,
    `SELECT n.nspname AS schema, c.relname AS name, c.relkind IN ('r', 'p') AS "isTable"
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (n.nspname, c.relname) IN (
        SELECT s, t FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.name[]), pg_catalog.unnest($2::pg_catalog.name[]))
          AS wanted (s, t))`,
    [tables.map(({ schema }) => schema), tables.map(({ name }) => name)],
  );
  const standing = new Map<string, Standing>(tables.map((table) => [tableText(table), "missing"]));
  for (const row of found) {
    const table = { schema: row["schema"] as string, name: row["name"] as string };
    if (!row["isTable"]) standing.set(tableText(table), "no table");
    else {
      const [some] = await rowsOf(client, `SELECT EXISTS (SELECT FROM ${qualified(table)}) AS some`);
      standing.set(tableText(table), some?.["some"] ? "rows" : "empty");
    }
  }
  return standing;
}

/** The table as it is declared, with what decides on its rows: keys, unique indexes and checks. */
export async function makeTableOf(client: pg.Client, declared: Declared): Promise<void> {
  const { primaryKey, unique = [], constraints = [] } = declared;
  const output = {
    type: "table",
    schema: declared.schema,
    name: declared.name,
    columns: declared.columns,
    ...(primaryKey && { primaryKey }),
    unique,
    indexes: [],
    constraints,
    foreignKeys: [],
    statistics: [],
    grants: [],
  } as const;
  await batch(client, [
    createSchema(declared.schema),
    createEmpty(declared, declared.columns),
    ...constrain(declared, output, []),
  ]);
}

/** Some values of these columns together, always the same ones: what rows elsewhere can refer to. */
export async function someKeys(
  client: pg.Client,
  table: TableName,
  columns: readonly string[],
  limit: number,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const texts = columns.map((column) => `t.${identifier(column)}::pg_catalog.text AS ${identifier(column)}`);
  const notNull = columns.map((column) => `t.${identifier(column)} IS NOT NULL`);
  const rows = await rowsOf(
    client,
    `SELECT DISTINCT ${texts.join(", ")} FROM ${qualified(table)} AS t WHERE ${notNull.join(" AND ")}
      ORDER BY ${columns.map((_, i) => i + 1).join(", ")} LIMIT ${limit}`,
  );
  return rows as readonly Readonly<Record<string, string>>[];
}

export const dropSchema = (schema: string) => ({ text: `DROP SCHEMA ${identifier(schema)} CASCADE` });
