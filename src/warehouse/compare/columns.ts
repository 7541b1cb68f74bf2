/** Which columns two sides share, and how their values are compared: numbers by value, JSON by content, the rest by type. */
import type { Client } from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableName } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";
import { describe } from "../session/describe.ts";
import { identifier, qualified } from "../names.ts";
import { notComparable } from "./codes.ts";
import type { RowsOf } from "./types.ts";

export interface SideColumn {
  readonly name: string;
  readonly typeOid: number;
  /** `value`: it has an equality; `numeric` and `json`: that of their text needs care; `text`: it has none. */
  readonly by: "value" | "numeric" | "float" | "json" | "text";
}

/** What gives the rows, as a person would write it between parentheses. Their own comments may stand at its end. */
export const selectText = (rows: RowsOf): string =>
  rows.type === "table" ? `SELECT * FROM ${qualified(rows.table)}` : rows.query.text;

/** The columns of a side. @throws DiagnosticError for a table that is not built; what the server has against the SELECT */
export async function columnsOf(client: Client, rows: RowsOf): Promise<readonly SideColumn[]> {
  if (rows.type === "table") await refuseNotBuilt(client, rows.table);
  const described = await describe(client, selectText(rows));
  const oids = [...new Set(described.map(({ typeOid }) => typeOid))];
  const found = await rowsOf(client, WAYS, [`{${oids.join(",")}}`]);
  const ways = new Map(found.map((row) => [row["oid"] as number, row["way"] as SideColumn["by"]]));
  return described.map(({ name, typeOid }) => ({ name, typeOid, by: ways.get(typeOid) ?? "text" }));
}

async function refuseNotBuilt(client: Client, table: TableName): Promise<void> {
  const found = await rowsOf(client, "SELECT pg_catalog.to_regclass($1) IS NOT NULL AS there", [qualified(table)]);
  if (found[0]?.["there"] === true) return;
  const message = `there is no table ${tableText(table)} to compare with: it has not been built yet`;
  throw new DiagnosticError([
    notComparable({ message, hint: "Run its transform first, on the target it is to be on." }),
  ]);
}

/** A type is compared by value where it, or what it is an array of, can be ordered. */
const WAYS = `
  WITH RECURSIVE base AS (
    SELECT oid, oid AS type FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
    UNION ALL
    SELECT b.oid, t.typbasetype FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
  )
  SELECT b.oid::pg_catalog.int8 AS oid,
         CASE WHEN t.typname = 'numeric' AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN 'numeric'
              WHEN t.oid IN ('pg_catalog.float4'::pg_catalog.regtype, 'pg_catalog.float8'::pg_catalog.regtype) THEN 'float'
              WHEN t.oid IN ('pg_catalog.json'::pg_catalog.regtype, 'pg_catalog.jsonb'::pg_catalog.regtype) THEN 'json'
              WHEN e.typtype IN ('e', 'r', 'm') OR e.oid = 'pg_catalog.varchar'::pg_catalog.regtype
                   OR EXISTS (SELECT FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod
                               WHERE a.amname = 'btree' AND o.opcdefault AND o.opcintype = e.oid) THEN 'value'
              ELSE 'text' END AS way
    FROM base b
    JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
    JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END`;

/** Equal values have equal texts, on any server whose settings are those of `AS_TEXT`. */
export function canonical(expression: string, by: SideColumn["by"]): string {
  switch (by) {
    case "numeric":
      return `pg_catalog.trim_scale(${expression}::pg_catalog.numeric)::pg_catalog.text`;
    case "float":
      // There is a zero below zero, which equals the other.
      return `(${expression} + 0)::pg_catalog.text`;
    case "json":
      return `${expression}::pg_catalog.jsonb::pg_catalog.text`;
    default:
      return `${expression}::pg_catalog.text`;
  }
}

export interface SharedColumn {
  readonly name: string;
  readonly before: SideColumn;
  readonly now: SideColumn;
}

export interface Pairing {
  readonly shared: readonly SharedColumn[];
  readonly onlyBefore: readonly string[];
  readonly onlyNow: readonly string[];
}

export function pairColumns(before: readonly SideColumn[], now: readonly SideColumn[]): Pairing {
  const names = (columns: readonly SideColumn[]) => new Set(columns.map(({ name }) => name));
  const [then, today] = [names(before), names(now)];
  return {
    shared: before.flatMap((column) => {
      const other = now.find(({ name }) => name === column.name);
      return other ? [{ name: column.name, before: column, now: other }] : [];
    }),
    onlyBefore: [...then].filter((name) => !today.has(name)),
    onlyNow: [...today].filter((name) => !then.has(name)),
  };
}

/** Whether a column has another value; NULL is equal to NULL. Within one server. */
export function differs({ name, before, now }: SharedColumn): string {
  const [b, n] = [`b.${identifier(name)}`, `n.${identifier(name)}`];
  if (before.by === "json" && now.by === "json") {
    return `${b}::pg_catalog.jsonb IS DISTINCT FROM ${n}::pg_catalog.jsonb`;
  }
  if (before.typeOid === now.typeOid && before.by !== "text") return `${b} IS DISTINCT FROM ${n}`;
  return `${canonical(b, before.by)} IS DISTINCT FROM ${canonical(n, now.by)}`;
}
