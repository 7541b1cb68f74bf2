/** The output columns of a SELECT: names, stars, and functions that make rows. */
import { as, strings, type Node } from "../tree.ts";
import { columnName } from "./column_name.ts";
import { expression } from "./expressions.ts";
import { all, computed, mergeAll, type Flow } from "./flow.ts";
import { givesRows } from "./functions.ts";
import { findItem, use } from "./resolve.ts";
import type { Analysis, Column, Item, Scope } from "./scope.ts";

/** PostgreSQL refuses a query with more. Stars over stars over stars would soon be more than there is memory for. */
const MOST_COLUMNS = 1664;

interface Targets {
  readonly columns: readonly Column[];
  /** From functions that give several rows. */
  readonly rows: Flow;
}

export function targetList(analysis: Analysis, nodes: readonly Node[], scope: Scope): Targets {
  const rows: Flow[] = [];
  const columns: Column[] = [];
  for (const node of nodes) {
    const target = as("ResTarget", node);
    if (!target?.val) continue;
    if (columns.length > MOST_COLUMNS) {
      analysis.notes.push({ message: "more columns than PostgreSQL takes", offset: target.location ?? 0 });
      break;
    }
    const star = starItems(analysis, target.val, scope);
    if (star) {
      for (const item of star.items) {
        if (columns.length > MOST_COLUMNS) break;
        for (const column of itemColumns(analysis, item, star.offset)) columns.push(column);
      }
      continue;
    }
    const fields = compositeFields(analysis, target.val, scope);
    if (fields) {
      columns.push(...fields.map((field) => ({ ...field, offset: target.location ?? 0 })));
      continue;
    }
    const value = expression(analysis, target.val, scope);
    if (makesRows(target.val)) rows.push(all(value));
    columns.push({ ...output(value, target.name ?? columnName(target.val)), offset: target.location ?? 0 });
  }
  return { columns, rows: mergeAll(rows) };
}

/** An output column hands on the value; the table's column it is no more. */
function output(value: Column | ReturnType<typeof expression>, name: string): Column {
  return {
    name,
    value: value.value,
    decides: value.decides,
    aggregate: value.aggregate,
    ...(value.copyOf ? { copyOf: value.copyOf } : {}),
    ...(value.copiesOf ? { copiesOf: value.copiesOf } : {}),
    ...(value.notNull === undefined ? {} : { notNull: value.notNull }),
    ...(value.fields ? { fields: value.fields } : {}),
    ...(value.field ? { field: value.field } : {}),
  };
}

interface Star {
  readonly items: readonly Item[];
  readonly offset: number;
}

/** The items that `*` or `t.*` or `(t).*` stands for; undefined if it is none of them. */
function starItems(analysis: Analysis, node: Node, scope: Scope): Star | undefined {
  const inside = as("A_Indirection", node);
  const isWhole = inside?.indirection?.length === 1 && as("A_Star", inside.indirection[0]) !== undefined;
  const reference = as("ColumnRef", isWhole ? inside.arg : node);
  const fields = reference?.fields ?? [];
  if (!reference || !(isWhole || as("A_Star", fields.at(-1)))) return undefined;
  const offset = reference.location ?? 0;
  const names = strings(fields);
  if (names.length === 0) return { items: scope.items.filter(({ alone }) => alone), offset };
  const item = findItem(scope, names);
  if (item) return { items: [item], offset };
  if (isWhole) return undefined;
  analysis.notes.push({ message: `nothing in FROM is called "${names.join(".")}"`, offset });
  return { items: [], offset };
}

function itemColumns(analysis: Analysis, item: Item, offset: number): readonly Column[] {
  const { relation, table } = item;
  const columns = relation.columns.map((column): Column => {
    const byStar = column.table ? offset : column.byStar;
    return { ...output(use(analysis, column), column.name), offset, ...(byStar === undefined ? {} : { byStar }) };
  });
  if (!relation.open || columns.length > 0) return columns;
  const of = table ? `"${[table.schema, table.name].filter(Boolean).join(".")}"` : "what * stands for here";
  analysis.notes.push({ message: `the columns of ${of} are not known`, offset });
  return [{ ...output(relation.open("*"), "*"), offset }];
}

/** `(composite).*`: a column for each field. */
function compositeFields(analysis: Analysis, node: Node, scope: Scope): readonly Column[] | undefined {
  const { arg, indirection = [] } = as("A_Indirection", node) ?? {};
  if (!as("A_Star", indirection.at(-1))) return undefined;
  const whole = expression(analysis, arg, scope);
  const value = computed([whole]);
  if (whole.fields && indirection.length === 1) return whole.fields.map((name) => output(value, name));
  analysis.notes.push({ message: "the fields of this composite are not known", offset: 0 });
  return [output(value, "*")];
}

/** Looks through casts and operators too: `unnest(a) + 1` gives a row for each element. */
function makesRows(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(makesRows);
  if (typeof node !== "object" || node === null) return false;
  for (const [key, inner] of Object.entries(node)) {
    if (key === "SubLink" || key === "ColumnRef" || key === "A_Const") continue;
    if (key === "FuncCall" && givesRows(strings((inner as { funcname?: Node[] }).funcname))) return true;
    if (makesRows(inner)) return true;
  }
  return false;
}
