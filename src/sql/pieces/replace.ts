/** One piece exchanged for rows. */
import { columnName } from "../lineage/column_name.ts";
import { tokenAt } from "../passage.ts";
import { quoted } from "../quoted.ts";
import { as, isObject, strings, type Node, type Tree } from "../tree.ts";
import { afterTarget, cteEnd, extentOf, isTableStatement } from "./extent.ts";
import { isQuery, type Item, type ItemOf, type Outline } from "./outline.ts";
import { rowsQuery, type RowsError, type Shape } from "./rows.ts";
import type { Replacement } from "./types.ts";

/** In bytes. */
interface ByteEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export type Exchange =
  | { readonly ok: true; readonly edits: readonly ByteEdit[] }
  | { readonly ok: false; readonly error: RowsError | { readonly error: "cannot_replace"; readonly message: string } };

/** The piece that really gives way: an INSERT keeps its target and gets another body. */
export function replaceable(outline: Outline, item: Item): Item {
  if (item.kind !== "insert_into" && item.kind !== "create_table_as") return item;
  return outline.items.find((one) => one.kind === "body" && one.parent === item) ?? item;
}

export function exchange(outline: Outline, item: Item, replacement: Replacement): Exchange {
  const extent = extentOf(outline, item);
  const why = fixed(item) ?? (extent ? undefined : "nobody can tell from where to where it goes");
  if (why !== undefined || !extent) return cannot(why ?? "");
  const query = rowsQuery(replacement, shapeOf(item));
  if (!query.ok) return { ok: false, error: query.error };
  const tokens = outline.passage.tokens();
  const [from, to] = [tokens[extent.first]!.start, tokens[extent.last]!.end];
  const edit = (text: string, end = to): Exchange => ({ ok: true, edits: [{ from, to: end, text }] });
  switch (item.kind) {
    case "table":
      return {
        ok: true,
        edits: [{ from, to, text: asTable(outline, item, extent.first, query.sql) }, ...unqualify(outline, item)],
      };
    case "cte": {
      const end = tokens[cteEnd(outline, item)]!;
      return end.start > to && end.text !== ")" ? edit(`${query.sql})`, end.end) : edit(query.sql);
    }
    case "body": {
      // Rows by column go to these columns, in whichever order the table has them.
      const names = item.of.cols === undefined && item.of.into === undefined ? replacement.columns : undefined;
      if (!names || names.length === 0) return edit(query.sql);
      const at = tokens[afterTarget(outline, item.of) - 1]!.end;
      const list = { from: at, to: at, text: ` (${names.map(({ name }) => quoted(name)).join(", ")})` };
      return { ok: true, edits: [list, { from, to, text: query.sql }] };
    }
    default:
      return edit(query.sql);
  }
}

const cannot = (message: string): Exchange => ({ ok: false, error: { error: "cannot_replace", message } });

function fixed(item: Item): string | undefined {
  switch (item.kind) {
    case "statement":
      return isQuery(item.node) ? undefined : "this statement is no query; choose its body(), or a piece of it";
    case "table":
      return item.fixed;
    case "body": {
      const isQuery = item.of.into === undefined || isObject((item.of.query as Tree).SelectStmt);
      return isQuery ? undefined : "what fills this table is no query";
    }
    case "insert_into":
    case "create_table_as":
      return "it has no body";
    default:
      return undefined;
  }
}

function shapeOf(item: Item): Shape {
  switch (item.kind) {
    case "cte":
      return { ...listOf(item.body.aliascolnames), isNamed: true };
    case "table":
      return { ...listOf((item.range.alias as Tree | undefined)?.colnames), isNamed: true };
    case "subquery": {
      if (item.inFrom) return { ...listOf((item.body.alias as Tree | undefined)?.colnames), isNamed: true };
      const target = as("SelectStmt", item.body.subselect as Node)?.targetList?.[0];
      const single = as("ResTarget", target)?.name ?? columnName(as("ResTarget", target)?.val);
      return { isNamed: false, ...(item.body.subLinkType === "EXPR_SUBLINK" && target ? { single } : {}) };
    }
    case "body": {
      if (item.of.into !== undefined) return { ...listOf((item.of.into as Tree).colNames), isNamed: true };
      const columns = (item.of.cols as readonly Node[] | undefined)?.flatMap(
        (node) => as("ResTarget", node)?.name ?? [],
      );
      return { ...(columns ? { list: columns } : {}), isWhole: true, isNamed: false };
    }
    default:
      return { isNamed: true };
  }
}

const listOf = (names: unknown): { readonly list?: readonly string[] } =>
  Array.isArray(names) ? { list: strings(names as Node[]) } : {};

/** In brackets, under the alias that stands there already or the table's own name. */
function asTable(outline: Outline, { range, name }: ItemOf<"table">, first: number, sql: string): string {
  const item = `(${sql})${range.alias === undefined ? ` AS ${quoted(name)}` : ""}`;
  const isStatement = isTableStatement(outline, first + 1);
  return isStatement ? `SELECT * FROM ${item}` : item;
}

/** Rows have no schema: of `schema.table.column` the schema goes. */
function unqualify(outline: Outline, { qualified }: ItemOf<"table">): readonly ByteEdit[] {
  const tokens = outline.passage.tokens();
  return qualified.map((at) => ({ from: at, to: tokens[tokenAt(tokens, at) + 2]?.start ?? at, text: "" }));
}
