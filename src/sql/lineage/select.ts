/** One SELECT, VALUES or set operation: from its FROM to its output columns. */
import { as, strings, type Node, type SelectStmt } from "../tree.ts";
import { behind, expression, starColumns, windowFlow } from "./expressions.ts";
import { all, computed, merge, mergeAll, NOTHING, type Flow } from "./flow.ts";
import { fromClause } from "./from_clause.ts";
import { columnHere } from "./resolve.ts";
import type { Analysis, Column, Ctes, Relation, Scope } from "./scope.ts";
import { combined, steps } from "./set_operations.ts";
import { targetList } from "./target_list.ts";
import { nullRejecting, undoneJoins } from "./undone_joins.ts";
import { withQueries } from "./with_clause.ts";

/** What a query gives; `outer` is the query around it whose columns it may name. */
export function queryRelation(
  analysis: Analysis,
  select: SelectStmt,
  outer: Scope | undefined,
  outerCtes: Ctes | undefined,
): Relation {
  const ctes = select.withClause ? withQueries(analysis, select.withClause, outer, outerCtes) : outerCtes;
  if (select.larg) return setOperation(analysis, select, outer, ctes);
  if (select.valuesLists) return valuesLists(analysis, select, { items: [], outer, ctes });
  return plainSelect(analysis, select, outer, ctes);
}

function plainSelect(
  analysis: Analysis,
  select: SelectStmt,
  outer: Scope | undefined,
  ctes: Ctes | undefined,
): Relation {
  const from = select.fromClause ? fromClause(analysis, select.fromClause, outer, ctes) : { items: [], rows: NOTHING };
  const plain: Scope = { items: from.items, outer, ctes };
  const scope = select.windowClause ? { ...plain, windows: windows(analysis, select.windowClause, plain) } : plain;
  const targets = targetList(analysis, select.targetList ?? [], scope);
  const { columns } = targets;
  if (select.whereClause) undoneJoins(analysis, select.whereClause, scope);
  const proven = select.whereClause ? notNullAfter(analysis, select.whereClause, columns, scope) : columns;
  const rows = [
    from.rows,
    targets.rows,
    select.whereClause ? all(expression(analysis, select.whereClause, scope)) : NOTHING,
    groups(analysis, select.groupClause ?? [], columns, scope),
    select.havingClause ? all(expression(analysis, select.havingClause, scope)) : NOTHING,
    distinct(analysis, select, columns, scope),
    ...orderAndLimit(analysis, select, columns, scope),
  ];
  return { columns: proven, rows: mergeAll(rows) };
}

/** `WHERE a IS NOT NULL` or `a > 1`: what hands on column a is not NULL. */
function notNullAfter(analysis: Analysis, where: Node, columns: readonly Column[], scope: Scope): readonly Column[] {
  if (!columns.some(({ notNull }) => notNull === false)) return columns;
  const tested = new Set(nullRejecting(where).map((node) => expression(analysis, node, scope).value));
  return columns.map((column) => (tested.has(column.value) ? { ...column, notNull: true } : column));
}

/** Each window by its name; one can build on an earlier one. */
function windows(analysis: Analysis, nodes: readonly Node[], scope: Scope): ReadonlyMap<string, Flow> {
  const found = new Map<string, Flow>();
  for (const node of nodes) {
    const { name: own, ...window } = as("WindowDef", node) ?? {};
    if (own !== undefined) found.set(own, windowFlow(analysis, window, { ...scope, windows: found }));
  }
  return found;
}

/** GROUP BY: a number or a name can mean an output column, but an input column of that name comes first. */
function groups(analysis: Analysis, nodes: readonly Node[], columns: readonly Column[], scope: Scope): Flow {
  return mergeAll(
    nodes.map((node) => {
      const sets = as("GroupingSet", node);
      if (sets) return groups(analysis, sets.content ?? [], columns, scope);
      const row = as("RowExpr", node);
      if (row) return groups(analysis, row.args ?? [], columns, scope);
      const name = plainName(node);
      const here = name === undefined ? undefined : columnHere(analysis, name.text, scope, name.offset);
      return all(here ?? outputColumn(node, columns) ?? expression(analysis, node, scope));
    }),
  );
}

function distinct(analysis: Analysis, select: SelectStmt, columns: readonly Column[], scope: Scope): Flow {
  if (!select.distinctClause) return NOTHING;
  // A plain DISTINCT is a list of one empty node.
  const on = select.distinctClause.filter((node) => Object.keys(node).length > 0);
  if (on.length === 0) return all(computed(columns));
  return mergeAll(on.map((node) => all(outputColumn(node, columns) ?? expression(analysis, node, scope))));
}

/**
 * The order decides which rows are left by LIMIT or DISTINCT ON, and what a query around this one sees first. Of the
 * outermost query it decides nothing: a table has no order.
 */
function orderAndLimit(
  analysis: Analysis,
  select: SelectStmt,
  columns: readonly Column[],
  scope: Scope,
): readonly Flow[] {
  const limits = [select.limitCount, select.limitOffset].flatMap((node) => node ?? []);
  const limit = behind(analysis, limits, { ...scope, items: [] });
  const order = (select.sortClause ?? []).map((node) => {
    const sorted = as("SortBy", node)?.node;
    if (!sorted) return NOTHING;
    return all(outputColumn(sorted, columns) ?? expression(analysis, sorted, scope));
  });
  const isInside = scope.outer !== undefined || analysis.depth() > 1;
  const matters = isInside || limits.length > 0 || select.distinctClause !== undefined;
  return matters ? [limit, ...order] : [limit];
}

/** The output column that an item of ORDER BY means by its name or number. */
function outputColumn(node: Node, columns: readonly Column[]): Column | undefined {
  const number = as("A_Const", node)?.ival;
  if (number) return columns[(number.ival ?? 0) - 1];
  const name = plainName(node)?.text;
  return name === undefined ? undefined : columns.find((column) => column.name === name);
}

function plainName(node: Node): { readonly text: string; readonly offset: number } | undefined {
  const reference = as("ColumnRef", node);
  const [text] = strings(reference?.fields);
  return reference?.fields?.length === 1 && text !== undefined ? { text, offset: reference.location ?? 0 } : undefined;
}

function setOperation(
  analysis: Analysis,
  select: SelectStmt,
  outer: Scope | undefined,
  ctes: Ctes | undefined,
): Relation {
  let relation: Relation | undefined;
  for (const { select: part, operation } of steps(select)) {
    const next = analysis.query(part, outer, ctes);
    relation = relation && operation ? combined(relation, next, operation) : next;
  }
  const { columns, rows } = relation ?? { columns: [], rows: NOTHING };
  const ordered = orderAndLimit(analysis, select, columns, { items: [], outer, ctes });
  return { columns, rows: merge(rows, ...ordered) };
}

/** Rows of expressions; the columns are called column1, column2 … */
function valuesLists(analysis: Analysis, select: SelectStmt, scope: Scope): Relation {
  const lists = (select.valuesLists ?? []).map((node) =>
    (as("List", node)?.items ?? []).flatMap(
      (item) => starColumns(analysis, item, scope) ?? expression(analysis, item, scope),
    ),
  );
  const columns = (lists[0] ?? []).map((_, n): Column => {
    const values = lists.flatMap((list) => list[n] ?? []);
    const only = values.length === 1 ? values[0]?.copyOf : undefined;
    return { ...computed(values), name: `column${n + 1}`, ...(only ? { copyOf: only } : {}) };
  });
  return { columns, rows: merge(...orderAndLimit(analysis, select, columns, scope)) };
}
