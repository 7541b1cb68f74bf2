import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";
import type { Catalog, CatalogColumn } from "../../../src/sql/lineage/scope.ts";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** The tables that the queries read, with a few rows. */
export const schema = read("schema.sql");

/** The queries written by hand: one a line. */
export function corpus(): readonly string[] {
  return readdirSync(new URL(".", import.meta.url))
    .filter((name) => name.endsWith(".sql") && name !== "schema.sql")
    .flatMap((name) => read(name).split(";\n"))
    .map((query) => query.trim())
    .filter((query) => query !== "");
}

/** What the server says of its tables. */
export async function catalogOf(client: pg.Client): Promise<Catalog> {
  const { rows } = await client.query<CatalogColumn & { key: string }>(`
    SELECT n.nspname || '.' || c.relname AS key, a.attname AS name, a.attnotnull AS "notNull",
      (SELECT json_agg(f.attname ORDER BY f.attnum) FROM pg_type t JOIN pg_attribute f ON f.attrelid = t.typrelid
       WHERE t.oid = a.atttypid AND t.typtype = 'c') AS fields
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'h' AND a.attnum > 0 AND c.relkind = 'r' ORDER BY c.oid, a.attnum`);
  const tables = new Map<string, CatalogColumn[]>();
  for (const { key, ...column } of rows) tables.set(key, [...(tables.get(key) ?? []), column]);
  return (schema, name) => tables.get(`${schema}.${name}`);
}
