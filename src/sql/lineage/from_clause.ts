/** The items of FROM: tables, subqueries, functions and joins of them. */
import { as, strings, type BodyOf, type Node } from "../tree.ts";
import { behind, expression } from "./expressions.ts";
import { all, merge, mergeAll, NOTHING, type Flow } from "./flow.ts";
import { joinColumns } from "./join_columns.ts";
import { use } from "./resolve.ts";
import type { Analysis, Column, Ctes, Item, Relation, Scope } from "./scope.ts";
import { functionRelation, jsonTable, xmlTable } from "./table_functions.ts";
import { renamed, tableOf } from "./tables.ts";

/** One item of FROM: the names that it brings, what it gives as a whole, and what decides on its rows. */
interface FromItem {
  readonly items: readonly Item[];
  readonly relation: Relation;
}

export interface From {
  readonly items: readonly Item[];
  readonly rows: Flow;
}

/** All items of a FROM; each sees those before it if it is LATERAL. */
export function fromClause(
  analysis: Analysis,
  nodes: readonly Node[],
  outer: Scope | undefined,
  ctes: Ctes | undefined,
): From {
  const items: Item[] = [];
  const rows: Flow[] = [];
  for (const node of nodes) {
    const item = fromItem(analysis, node, { items, outer, ctes });
    for (const each of item.items) items.push(each);
    rows.push(item.relation.rows);
  }
  return { items, rows: mergeAll(rows) };
}

/** `scope` holds what stands before the item: LATERAL sees it, other subqueries do not. */
function fromItem(analysis: Analysis, node: Node, scope: Scope): FromItem {
  const table = as("RangeVar", node);
  if (table) return ofTable(analysis, table, scope);
  const join = as("JoinExpr", node);
  if (join) return ofJoin(analysis, join, scope);
  const subquery = as("RangeSubselect", node);
  if (subquery) {
    const select = as("SelectStmt", subquery.subquery);
    const seen = subquery.lateral ? scope : scope.outer;
    const relation = select ? analysis.query(select, seen, scope.ctes) : { columns: [], rows: NOTHING };
    return named(relation, subquery.alias);
  }
  const call = as("RangeFunction", node);
  if (call) return named(functionRelation(analysis, call, scope), call.alias);
  const json = as("JsonTable", node);
  if (json) return named(jsonTable(analysis, json, scope), json.alias);
  const xml = as("RangeTableFunc", node);
  if (xml) return named(xmlTable(analysis, xml, scope), xml.alias);
  const sample = as("RangeTableSample", node);
  if (sample?.relation) {
    const item = fromItem(analysis, sample.relation, scope);
    const decides = merge(behind(analysis, sample.args, scope), all(expression(analysis, sample.repeatable, scope)));
    return { ...item, relation: { ...item.relation, rows: merge(item.relation.rows, decides) } };
  }
  return { items: [], relation: { columns: [], rows: NOTHING } };
}

function named(relation: Relation, alias: BodyOf<"Alias"> | undefined): FromItem {
  const given = renamed(relation, strings(alias?.colnames));
  const name = alias?.aliasname;
  const item = { relation: given, alone: true, optional: false, ...(name === undefined ? {} : { alias: name }) };
  return { items: [item], relation: given };
}

function ofTable(analysis: Analysis, range: BodyOf<"RangeVar">, scope: Scope): FromItem {
  const name = range.relname ?? "";
  const cte = range.schemaname === undefined ? findCte(scope.ctes, name) : undefined;
  if (cte) return named(cte, range.alias ?? { aliasname: name });
  const table = tableOf(analysis, range.schemaname, name);
  const relation = range.alias ? renamed(table.relation, strings(range.alias.colnames)) : table.relation;
  const item: Item = {
    relation,
    alias: range.alias?.aliasname ?? name,
    alone: true,
    table,
    optional: false,
    ...(range.alias || table.schema === undefined ? {} : { schema: table.schema }),
  };
  return { items: [item], relation };
}

function findCte(ctes: Ctes | undefined, name: string): Relation | undefined {
  for (let at = ctes; at; at = at.outer) {
    const found = at.get(name);
    if (found) return found;
  }
  return undefined;
}

function ofJoin(analysis: Analysis, join: BodyOf<"JoinExpr">, scope: Scope): FromItem {
  const left = join.larg ? fromItem(analysis, join.larg, scope) : undefined;
  const besides = { ...scope, items: [...scope.items, ...(left?.items ?? [])] };
  const right = join.rarg ? fromItem(analysis, join.rarg, besides) : undefined;
  if (!left || !right) return left ?? right ?? { items: [], relation: { columns: [], rows: NOTHING } };

  const sides = [
    ...optional(left.items, fillsLeft(join.jointype)),
    ...optional(right.items, fillsRight(join.jointype)),
  ];
  const { columns, merged } = joinColumns(join, left.relation, right.relation);
  for (const { left, right } of merged) {
    for (const column of [left, right]) use(analysis, column);
    analysis.listener?.pair(left, right);
  }
  const on = all(expression(analysis, join.quals, { ...scope, items: sides }));
  const rows = merge(
    left.relation.rows,
    right.relation.rows,
    on,
    ...merged.flatMap(({ left, right }) => [all(left), all(right)]),
  );
  const open = left.relation.open ?? right.relation.open;
  const relation = renamed({ columns, rows, ...(open ? { open } : {}) }, strings(join.alias?.colnames));
  // The join itself has all columns now; of its sides only the names with a qualifier are left, and none under an alias.
  const whole: Item = { relation, alone: true, optional: false };
  if (join.alias) return { items: [{ ...whole, alias: join.alias.aliasname ?? "" }], relation };
  const using = join.join_using_alias
    ? [usingItem(join.join_using_alias.aliasname ?? "", columns.slice(0, merged.length))]
    : [];
  const named = sides.filter(({ alias }) => alias !== undefined).map((item) => ({ ...item, alone: false }));
  return { items: [whole, ...named, ...using], relation };
}

/** `JOIN … USING (a) AS j`: j has only the merged columns. */
const usingItem = (alias: string, columns: readonly Column[]): Item => ({
  relation: { columns, rows: NOTHING },
  alias,
  alone: false,
  optional: false,
});

const fillsRight = (type: string | undefined): boolean => type === "JOIN_LEFT" || type === "JOIN_FULL";
const fillsLeft = (type: string | undefined): boolean => type === "JOIN_RIGHT" || type === "JOIN_FULL";

/** What an outer join can fill with NULLs. */
function optional(items: readonly Item[], isOptional: boolean): readonly Item[] {
  if (!isOptional) return items;
  return items.map((item) => ({
    ...item,
    optional: true,
    relation: { ...item.relation, columns: item.relation.columns.map((column) => ({ ...column, notNull: false })) },
  }));
}
