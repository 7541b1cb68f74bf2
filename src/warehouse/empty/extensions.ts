/** Extensions that would make a refused statement run. */
import type pg from "pg";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { identifier } from "../names.ts";
import { sqlstate } from "../errors.ts";
import { guarded } from "./attempts.ts";

/** Something is missing that an extension could bring: a function, an operator, a type, an operator class. */
export const mayMissExtension = (error: unknown): boolean => ["42883", "42704"].includes(sqlstate(error) ?? "");

/** More kinds of failure than this are no matter of extensions. */
const MOST = 20;

/**
 * For each statement the extension that lets it run, where one of those does that PostgreSQL trusts everybody with. Nothing
 * is left behind.
 */
export async function extensionsFor(
  client: pg.Client,
  statements: readonly Statement[],
): Promise<ReadonlyMap<Statement, string>> {
  const found = new Map<Statement, string>();
  if (statements.length === 0) return found;
  const rows = await rowsOf(
    client,
    `SELECT DISTINCT v.name::text AS name FROM pg_catalog.pg_available_extension_versions v
     WHERE v.trusted AND v.name NOT LIKE 'pl%' AND v.name NOT IN (SELECT e.extname FROM pg_catalog.pg_extension e) ORDER BY 1`,
  );
  for (const { name } of rows) {
    const open = statements.slice(0, MOST).filter((statement) => !found.has(statement));
    if (open.length === 0) break;
    await batch(client, [{ text: "BEGIN" }]);
    if ((await guarded(client, createExtension(name as string))) === undefined) {
      for (const statement of open) {
        if ((await guarded(client, statement)) === undefined) found.set(statement, name as string);
      }
    }
    await batch(client, [{ text: "ROLLBACK" }]);
  }
  return found;
}

export const createExtension = (name: string): Statement => ({
  text: `CREATE EXTENSION IF NOT EXISTS ${identifier(name)} WITH SCHEMA public CASCADE`,
});
