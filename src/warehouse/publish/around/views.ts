/** The views on a table that is to be swapped: their definitions, and the statements that point them to the new one. */
import type pg from "pg";
import type { Diagnostic, Span } from "../../../diagnostics/diagnostic.ts";
import { tableText, type TableName } from "../../../project/types.ts";
import { loadParser } from "../../../sql/parser.ts";
import { moveTable } from "../../../sql/move/move_table.ts";
import { batch, type Statement } from "../../session/batch.ts";
import { cannotSwap, viewColumns, viewOwner } from "../codes.ts";
import { typeNames, type DescribedColumn } from "../../session/describe.ts";
import { identifier, qualified } from "../../names.ts";
import { forCatalogs } from "./catalogs.ts";
import { wayOut, type ViewRead } from "./dependents.ts";

export interface View extends TableName {
  readonly oid: number;
  readonly owner: string;
  /** Of another session: nobody else can replace it. */
  readonly temporary: boolean;
  /** CTF's role may replace it: it has the owner's rights, and may create in the schema. */
  readonly ours: boolean;
  /** Its SELECT, every name qualified. */
  readonly definition: string;
  /** security_barrier=true and the like; a plain CREATE OR REPLACE would drop them. */
  readonly options: readonly string[];
}

export async function readViews(client: pg.Client, oids: readonly number[]): Promise<readonly View[]> {
  if (oids.length === 0) return [];
  const [, result] = await batch(client, [
    forCatalogs,
    {
      text: `SELECT c.oid::bigint, n.nspname AS schema, c.relname AS name, pg_catalog.pg_get_userbyid(c.relowner) AS owner,
          pg_catalog.pg_has_role(c.relowner, 'USAGE') AND pg_catalog.has_schema_privilege(n.oid, 'CREATE') AS ours,
          c.relpersistence = 't' AS temporary, pg_catalog.pg_get_viewdef(c.oid) AS definition, pg_catalog.to_jsonb(coalesce(c.reloptions, '{}')) AS options
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid::bigint = ANY ($1::bigint[]) ORDER BY c.oid`,
      values: [`{${oids.join(",")}}`],
    },
  ]);
  return (result?.rows ?? []) as unknown as readonly View[];
}

/** Views that CTF's role may not replace. */
export const foreignViews = (views: readonly View[], output: TableName, span: Span): readonly Diagnostic[] => [
  ...views
    .filter((view) => view.temporary)
    .map((view) =>
      cannotSwap({
        message: `${tableText(output)} can't be swapped: the temporary view ${view.name} of another session (owner ${view.owner}) reads it`,
        span,
        hint: `It is gone when that session ends; or ${wayOut}`,
      }),
    ),
  ...views
    .filter((view) => !view.ours && !view.temporary)
    .map((view) =>
      viewOwner({
        message: `view ${tableText(view)} (owner ${view.owner}) reads ${tableText(output)}, and the role that CTF runs as may not replace it`,
        span,
        hint: `GRANT ${view.owner} to that role, and CREATE on schema ${view.schema}; or ${wayOut}`,
      }),
    ),
];

/** What in a new table, with these columns, a view could not be pointed to. */
export interface Break {
  readonly view: View;
  readonly reasons: readonly string[];
  /** The view's own text would fail too, so that making it again does not help. */
  readonly forGood: boolean;
}

export async function breaksOf(
  client: pg.Client,
  reads: readonly ViewRead[],
  views: readonly View[],
  coming: { readonly columns: readonly DescribedColumn[]; readonly hasKey: boolean },
): Promise<readonly Break[]> {
  const byName = new Map(coming.columns.map((column) => [column.name, column]));
  const breaks: Break[] = [];
  for (const read of reads) {
    const view = views.find(({ oid }) => oid === read.oid);
    if (!view) continue;
    const lost = read.columns.filter(({ name }) => !byName.has(name));
    const changed = read.columns.flatMap((was) => {
      const now = byName.get(was.name);
      return now && (now.typeOid !== was.typeOid || now.typmod !== was.typmod) ? [{ was, now }] : [];
    });
    const types = changed.length
      ? await typeNames(
          client,
          changed.map(({ now }) => now),
        )
      : [];
    const reasons = [
      ...lost.map(({ name }) => `column ${name}, which the output no longer has`),
      ...changed.map(({ was }, n) => `column ${was.name}, which changes from ${was.type} to ${types[n]}`),
      ...(read.needsKey && !coming.hasKey ? ["the primary key, which the output no longer has"] : []),
      ...(read.rowType ? ["whole rows, whose type is another with each swap"] : []),
    ];
    if (reasons.length > 0)
      breaks.push({ view, reasons, forGood: lost.length > 0 || (read.needsKey && !coming.hasKey) });
  }
  return breaks;
}

export const breakProblem = ({ view, reasons, forGood }: Break, output: TableName, span: Span): Diagnostic =>
  viewColumns({
    message: `view ${tableText(view)} (owner ${view.owner}) reads of ${tableText(output)} ${reasons.join("; ")}`,
    span,
    hint: forGood
      ? `Change the view first, or keep what it reads; or ${wayOut}`
      : "Change the view first; or run with --rebuild-views, which makes the views again from their text; or keep the type.",
  });

/** Points the views that read `table` to the table of that name in `schema`, keeping their options. */
export async function repointViews(
  views: readonly View[],
  table: TableName,
  schema: string,
): Promise<readonly Statement[]> {
  if (views.length === 0) return [];
  await loadParser();
  return views.map((view) => {
    const definition = moveTable(view.definition, { ...table, to: identifier(schema) });
    if (definition === null) throw new Error(`the definition of view ${view.schema}.${view.name} could not be parsed`);
    return createView({ ...view, definition });
  });
}

export function createView(view: View): Statement {
  const options = view.options.length ? ` WITH (${view.options.join(", ")})` : "";
  return { text: `CREATE OR REPLACE VIEW ${qualified(view)}${options} AS ${view.definition.trim().replace(/;$/, "")}` };
}
