/** The two questions to PostgreSQL's catalog about tables and about types. */
import type pg from "pg";
import type { TableName } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";

interface CatalogColumn {
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly oid: number;
  readonly typmod: number;
  readonly notNull: boolean;
  readonly filledBy: "generated" | "identity" | "default" | null;
}

export interface CatalogTable extends TableName {
  readonly columns: readonly CatalogColumn[];
  /** Those that a row is never twice in, by the numbers of their columns. */
  readonly keys: readonly { readonly primary: boolean; readonly columns: readonly number[] }[];
  readonly checks: readonly { readonly name: string; readonly sql: string }[];
  readonly foreignKeys: readonly {
    readonly columns: readonly number[];
    readonly references: TableName & { readonly columns: readonly string[] };
  }[];
}

/** Of an index with expressions or a condition: all columns that it is about. */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
              'number', a.attnum, 'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
              'oid', a.atttypid::pg_catalog.int8, 'typmod', a.atttypmod, 'notNull', a.attnotnull,
              'filledBy', CASE WHEN a.attgenerated <> '' THEN 'generated' WHEN a.attidentity <> '' THEN 'identity'
                               WHEN a.atthasdef THEN 'default' END) ORDER BY a.attnum)
       FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('primary', i.indisprimary, 'columns',
              CASE WHEN 0 = ANY (i.indkey::pg_catalog.int2[]) THEN
                (SELECT pg_catalog.array_agg(DISTINCT d.refobjsubid) FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
                    AND d.refobjid = c.oid AND d.refobjsubid > 0)
              ELSE (i.indkey::pg_catalog.int2[])[0 : i.indnkeyatts - 1]::pg_catalog.int4[] END) ORDER BY i.indexrelid)
       FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisunique) AS keys,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname,
              'sql', pg_catalog.pg_get_expr(k.conbin, k.conrelid)) ORDER BY k.conname)
       FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('columns', k.conkey, 'references',
              pg_catalog.json_build_object('schema', rn.nspname, 'name', r.relname, 'columns',
                (SELECT pg_catalog.array_agg(a.attname ORDER BY p.place)
                   FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS p (number, place)
                   JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = p.number))) ORDER BY k.conname)
       FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
       JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
      WHERE k.conrelid = c.oid AND k.contype = 'f') AS "foreignKeys"
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (n.nspname, c.relname) IN (
     SELECT s, t FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.name[]), pg_catalog.unnest($2::pg_catalog.name[]))
       AS wanted (s, t))`;

/** Those of the tables and views that there are. */
export async function catalogTables(client: pg.Client, names: readonly TableName[]): Promise<readonly CatalogTable[]> {
  const rows = await rowsOf(client, TABLES, [names.map(({ schema }) => schema), names.map(({ name }) => name)]);
  return rows.map((row) => ({
    schema: row["schema"] as string,
    name: row["name"] as string,
    columns: (row["columns"] ?? []) as CatalogTable["columns"],
    keys: (row["keys"] ?? []) as CatalogTable["keys"],
    checks: (row["checks"] ?? []) as CatalogTable["checks"],
    foreignKeys: (row["foreignKeys"] ?? []) as CatalogTable["foreignKeys"],
  }));
}

export interface CatalogType {
  readonly oid: number;
  readonly name: string;
  readonly is: "base" | "enum" | "domain" | "range" | "multirange" | "composite" | "array";
  /** An array's element, a domain's base, a range's subtype. */
  readonly of: number | null;
  readonly typmod: number;
  /** Of a domain: the type that it narrows, as PostgreSQL writes it. */
  readonly base: string | null;
  readonly notNull: boolean;
  readonly labels: readonly string[];
  readonly checks: CatalogTable["checks"];
  readonly attributes: readonly { readonly name: string; readonly oid: number; readonly typmod: number }[];
}

/** The types, and those that they are made of. */
const TYPES = `
  WITH RECURSIVE needed AS (
    SELECT pg_catalog.unnest($1::pg_catalog.oid[]) AS oid
    UNION
    SELECT part.oid FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.oid
     CROSS JOIN LATERAL (
       SELECT t.typbasetype WHERE t.typtype = 'd'
       UNION ALL SELECT e.oid FROM pg_catalog.pg_type e WHERE e.typarray = t.oid
       UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
       UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
                  WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS part (oid))
  SELECT t.oid::pg_catalog.int8 AS oid, t.typname AS name,
    CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'm' THEN 'multirange'
      WHEN 'c' THEN 'composite' ELSE CASE WHEN e.oid IS NULL THEN 'base' ELSE 'array' END END AS is,
    coalesce(nullif(t.typbasetype, 0), e.oid, r.rngsubtype)::pg_catalog.int8 AS of,
    t.typtypmod AS typmod, CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS base,
    t.typnotnull AS "notNull",
    (SELECT pg_catalog.json_agg(l.enumlabel ORDER BY l.enumsortorder) FROM pg_catalog.pg_enum l
      WHERE l.enumtypid = t.oid) AS labels,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname,
              'sql', pg_catalog.pg_get_expr(k.conbin, 0)) ORDER BY k.conname)
       FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS checks,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'oid', a.atttypid::pg_catalog.int8,
              'typmod', a.atttypmod) ORDER BY a.attnum)
       FROM pg_catalog.pg_attribute a
      WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes
    FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.oid
    LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid
    LEFT JOIN pg_catalog.pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid)`;

export async function catalogTypes(client: pg.Client, oids: Iterable<number>): Promise<readonly CatalogType[]> {
  const rows = await rowsOf(client, TYPES, [[...new Set(oids)].map(String)]);
  return rows.map((row) => ({
    oid: Number(row["oid"]),
    name: row["name"] as string,
    is: row["is"] as CatalogType["is"],
    of: row["of"] === null ? null : Number(row["of"]),
    typmod: row["typmod"] as number,
    base: row["base"] as string | null,
    notNull: row["notNull"] as boolean,
    labels: (row["labels"] ?? []) as readonly string[],
    checks: (row["checks"] ?? []) as CatalogType["checks"],
    attributes: (row["attributes"] ?? []) as CatalogType["attributes"],
  }));
}
