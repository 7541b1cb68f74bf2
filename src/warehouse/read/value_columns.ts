/** Columns as those who read and write their values must know them. */
import type pg from "pg";
import { tableText, type Column, type TableName } from "../../project/types.ts";
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import { rowsOf } from "../session/batch.ts";
import { describeDeclared } from "../build/verify_columns.ts";
import { inputMissing } from "../codes.ts";
import { qualified } from "../names.ts";

export interface ValueColumn {
  readonly name: string;
  /** As PostgreSQL writes it, `numeric(12,2)`. */
  readonly type: string;
  /** pg_type.typtype of what is beneath domains and arrays. */
  readonly typtype: "b" | "c" | "d" | "e" | "p" | "r" | "m";
  /** The type beneath domains, also beneath those of an array's elements; else as `type`. */
  readonly base: string;
  readonly notNull: boolean;
}

interface Typed {
  readonly name: string;
  readonly typeOid: number;
  readonly typmod: number;
  readonly notNull: boolean;
}

/** The declared ones of a table's columns in their order, or all where none are declared. @throws DiagnosticError */
export async function tableColumns(
  client: pg.Client,
  table: TableName,
  declared: readonly Column[],
  span: Span,
): Promise<readonly ValueColumn[]> {
  const rows = await rowsOf(
    client,
    `SELECT a.attname AS name, a.atttypid::int8 AS "typeOid", a.atttypmod AS typmod, a.attnotnull AS "notNull"
       FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [qualified(table)],
  );
  const found = new Map(rows.map((row) => [row["name"] as string, row as unknown as Typed]));
  const missing = declared.filter(({ name }) => !found.has(name)).map(({ name }) => name);
  if (found.size === 0 || missing.length > 0) {
    const message =
      found.size === 0
        ? `the input ${tableText(table)} is not in the warehouse`
        : `the input ${tableText(table)} lacks ${missing.join(", ")}, which its definition declares`;
    throw new DiagnosticError([inputMissing({ message, span, hint: "Build it first, or correct its definition." })]);
  }
  const wanted = declared.length > 0 ? declared.map(({ name }) => found.get(name)!) : [...found.values()];
  return typedColumns(client, wanted);
}

/** Declared columns, as the server understands their types. */
export async function declaredColumns(client: pg.Client, columns: readonly Column[]): Promise<readonly ValueColumn[]> {
  if (columns.length === 0) return [];
  const described = await describeDeclared(client, columns);
  return typedColumns(
    client,
    described.map(({ typeOid, typmod }, n) => ({ ...columns[n]!, typeOid, typmod })),
  );
}

/** Columns whose types are known by their numbers. */
export async function typedColumns(client: pg.Client, columns: readonly Typed[]): Promise<readonly ValueColumn[]> {
  const rows = await rowsOf(client, BASES, [
    columns.map(({ typeOid }) => String(typeOid)),
    columns.map(({ typmod }) => String(typmod)),
  ]);
  return rows.map((row, n) => ({
    name: columns[n]!.name,
    type: row["type"] as string,
    typtype: row["typtype"] as ValueColumn["typtype"],
    base: row["base"] as string,
    notNull: columns[n]!.notNull,
  }));
}

/** Down from each type, through domains and into arrays, until neither is left. */
const BASES = `
WITH RECURSIVE given AS (
  SELECT * FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.int4[]))
    WITH ORDINALITY AS g (type, typmod, place)
), beneath AS (
  SELECT place, type, typmod, false AS many, 0 AS depth FROM given
  UNION ALL
  SELECT b.place, CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END,
    CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE b.typmod END, b.many OR t.typtype <> 'd', b.depth + 1
  FROM beneath b JOIN pg_catalog.pg_type t ON t.oid = b.type
  WHERE t.typtype = 'd' OR EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid)
)
SELECT DISTINCT ON (g.place) pg_catalog.format_type(g.type, g.typmod) AS type,
  pg_catalog.format_type(b.type, b.typmod) || CASE WHEN b.many THEN '[]' ELSE '' END AS base, t.typtype::text AS typtype
FROM given g JOIN beneath b USING (place) JOIN pg_catalog.pg_type t ON t.oid = b.type
ORDER BY g.place, b.depth DESC`;
