import type { TableName } from "../types.ts";

const PLAIN = /^[a-z_][a-z0-9_$]*$/;

/** A name, in quotes where it must be. */
export const namePart = (name: string): string => (PLAIN.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** `raw.claims`, and `raw."Claims 2018"` where a part is not plain: as `readTableName` reads it. */
export const writeTableName = (table: TableName): string => `${namePart(table.schema)}.${namePart(table.name)}`;
