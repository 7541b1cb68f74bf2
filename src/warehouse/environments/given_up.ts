/** Views of environments on a table that is published elsewhere: they never hold that up. */
import type pg from "pg";
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableName } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { environmentView } from "./codes.ts";
import { qualified } from "../names.ts";

/** Those of the views that stand in an environment's schemas, where the table itself does not stand in the same. */
export async function viewsOfEnvironments<T extends TableName>(
  client: pg.Client,
  views: readonly T[],
  table: TableName,
): Promise<readonly T[]> {
  if (views.length === 0) return [];
  const rows = await rowsOf(
    client,
    `SELECT e.name FROM ctf.environment_schema e JOIN pg_catalog.pg_namespace n ON n.nspname = e.name AND n.oid = e.schema
     WHERE e.name = ANY ($1) AND NOT EXISTS (
       SELECT FROM ctf.environment_schema mine WHERE mine.name = $2 AND mine.project = e.project AND mine.prefix = e.prefix)`,
    [views.map(({ schema }) => schema), table.schema],
  );
  const schemas = new Set(rows.map(({ name }) => name as string));
  return views.filter(({ schema }) => schemas.has(schema));
}

/** With what reads them in turn. */
export const dropGivenUp = (views: readonly TableName[]): readonly Statement[] =>
  views.length === 0 ? [] : [{ text: `DROP VIEW IF EXISTS ${views.map(qualified).join(", ")} CASCADE` }];

export const givenUpWarnings = (views: readonly TableName[], output: TableName, span: Span): readonly Diagnostic[] =>
  views.map((view) =>
    environmentView({
      message: `view ${tableText(view)} of an environment could not follow ${tableText(output)} and was dropped`,
      span,
      hint: "Run its transform there again when it reads the new columns.",
    }),
  );
