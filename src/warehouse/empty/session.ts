/** What a session of an empty warehouse is told around people's statements. */
import type { Statement } from "../session/batch.ts";
import { literal } from "../names.ts";

/** Without values, for those are prepared, and people's statements may say DEALLOCATE ALL. */
export const setLocally = (settings: Readonly<Record<string, string>>): readonly Statement[] =>
  Object.entries(settings).map(([name, value]) => ({
    text: `SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, true)`,
  }));

/** Nothing that statements set or made for their session reaches the next ones. */
export const resetSession: readonly Statement[] = [
  { text: "ROLLBACK" },
  { text: "RESET SESSION AUTHORIZATION" },
  { text: "RESET ALL" },
  { text: "DISCARD TEMP" },
];

/** Whether there is anything of that name ($1 schema, $2 name). */
export const relationExists = `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2) AS there`;
