/** The one place where names and texts are quoted into SQL. */
import type { TableName } from "../project/types.ts";

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (text: string): string =>
  text.includes("\\") ? `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`;

export const qualified = (table: TableName): string => `${identifier(table.schema)}.${identifier(table.name)}`;

export const list = (names: readonly string[]): string => names.map(identifier).join(", ");
