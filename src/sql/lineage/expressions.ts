/** What an expression takes its value from, and what only decides on it. */
import { as, isNodeName, isObject, nameOf, strings, type BodyOf, type Node, type NodeName } from "../tree.ts";
import { all, computed, CONSTANT, decidedBy, merge, NOTHING, type Flow, type Value } from "./flow.ts";
import { isAggregate } from "./functions.ts";
import { columnsNamed, findItem, resolveIn, resolveName, use, wholeRow } from "./resolve.ts";
import type { Analysis, Column, Relation, Scope } from "./scope.ts";

type Handlers = {
  readonly [Name in NodeName]?: (analysis: Analysis, body: BodyOf<Name>, scope: Scope) => Value;
};
type AnyHandler = (analysis: Analysis, body: unknown, scope: Scope) => Value;

export function expression(analysis: Analysis, node: Node | undefined, scope: Scope): Value {
  const name = node && nameOf(node);
  if (name === undefined) return CONSTANT;
  analysis.listener?.node(node!, (inner) => expression({ ...analysis, listener: undefined }, inner, scope));
  const body = (node as Readonly<Record<string, unknown>>)[name];
  const handler = handlers[name] as AnyHandler | undefined;
  return handler ? handler(analysis, body, scope) : parts(analysis, body, scope);
}

function expressions(analysis: Analysis, nodes: readonly Node[] | undefined, scope: Scope): Value {
  return nodes ? computed(nodes.map((node) => expression(analysis, node, scope))) : CONSTANT;
}

/** Everything behind some nodes, where all of it only decides. */
export const behind = (analysis: Analysis, nodes: readonly Node[] | undefined, scope: Scope): Flow =>
  nodes ? all(expressions(analysis, nodes, scope)) : NOTHING;

const one = (analysis: Analysis, node: Node | undefined, scope: Scope): Flow =>
  node ? all(expression(analysis, node, scope)) : NOTHING;

/** A node with no rule of its own is computed from all that stands in it. */
function parts(analysis: Analysis, body: unknown, scope: Scope): Value {
  if (Array.isArray(body)) return computed(body.map((item) => parts(analysis, item, scope)));
  if (!isObject(body)) return CONSTANT;
  const values: Value[] = [];
  for (const key in body) {
    const inner = body[key];
    if (!isObject(inner)) continue;
    values.push(isNodeName(key) ? expression(analysis, body as unknown as Node, scope) : parts(analysis, inner, scope));
  }
  return computed(values);
}

const aggregated = (analysis: Analysis, body: unknown, scope: Scope): Value => ({
  ...parts(analysis, body, scope),
  aggregate: true,
});

const handlers: Handlers = {
  A_Const: () => CONSTANT,
  TypeName: () => CONSTANT,
  ColumnRef: (analysis, { fields = [], location = 0 }, scope) => column(analysis, fields, scope, location),
  A_Expr: binary,
  TypeCast(analysis, { arg }, scope) {
    return computed([expression(analysis, arg, scope)]);
  },
  A_Indirection: indirection,
  CaseExpr(analysis, { arg, args = [], defresult }, scope) {
    const whens = args.map((when) => as("CaseWhen", when));
    const results = [...whens.map((when) => when?.result), defresult].map((node) => expression(analysis, node, scope));
    const conditions = whens.map((when) => one(analysis, when?.expr, scope));
    return decidedBy(computed(results), one(analysis, arg, scope), ...conditions);
  },
  BoolExpr(analysis, { boolop, args = [] }, scope) {
    const negated = boolop === "NOT_EXPR" ? as("SubLink", args[0]) : undefined;
    if (negated) return sublink(analysis, negated, scope, negated.subLinkType === "ANY_SUBLINK" && !negated.operName);
    return expressions(analysis, args, scope);
  },
  FuncCall: call,
  JsonArrayAgg: aggregated,
  JsonObjectAgg: aggregated,
  JsonArrayQueryConstructor(analysis, { query }, scope) {
    const select = as("SelectStmt", query);
    if (!select) return CONSTANT;
    const { columns, rows } = analysis.query(select, scope, scope.ctes);
    return { ...decidedBy(computed(columns), rows), aggregate: true };
  },
  SubLink(analysis, body, scope) {
    return sublink(analysis, body, scope, body.subLinkType === "ALL_SUBLINK" && strings(body.operName)[0] === "<>");
  },
  // How rows are grouped is the statement's business, not the value of a column.
  GroupingFunc(analysis, { args }, scope) {
    return decidedBy(CONSTANT, behind(analysis, args, scope));
  },
  RowExpr(analysis, { args = [] }, scope) {
    return computed(args.flatMap((arg) => starColumns(analysis, arg, scope) ?? expression(analysis, arg, scope)));
  },
};

function column(analysis: Analysis, fields: readonly Node[], scope: Scope, offset: number): Value {
  const names = strings(fields);
  const last = names.length - 1;
  const isStar = names.length < fields.length;
  if (names.length === 1 && !isStar) return resolveName(analysis, names[0]!, scope, offset);
  const item = findItem(scope, isStar ? names : names.slice(0, last));
  if (item) return isStar ? wholeRow(analysis, item) : resolveIn(analysis, item, names[last]!, offset);
  const qualifier = (isStar ? names : names.slice(0, last)).join(".");
  analysis.notes.push({ message: `nothing in FROM is called "${qualifier}"`, offset });
  return CONSTANT;
}

/** The columns of `t.*` where a list of expressions stands; undefined if the node is no such star. */
export function starColumns(analysis: Analysis, node: Node, scope: Scope): readonly Column[] | undefined {
  const fields = as("ColumnRef", node)?.fields;
  if (!fields || !as("A_Star", fields.at(-1))) return undefined;
  const item = findItem(scope, strings(fields));
  return item?.relation.columns.map((each) => use(analysis, each));
}

/** Long chains of operators lean to the left, so that side is walked without going deeper. */
function binary(analysis: Analysis, body: BodyOf<"A_Expr">, scope: Scope): Value {
  const values: Value[] = [];
  const decides: Flow[] = [];
  let at: BodyOf<"A_Expr"> | undefined = body;
  while (at) {
    const right = expression(analysis, at.rexpr, scope);
    // NULLIF (a, b) gives a, or nothing: b only decides.
    if (at.kind === "AEXPR_NULLIF") decides.push(all(right));
    else values.push(right);
    const left: BodyOf<"A_Expr"> | undefined = as("A_Expr", at.lexpr);
    if (!left) values.push(expression(analysis, at.lexpr, scope));
    at = left;
  }
  return decidedBy(computed(values), ...decides);
}

/** `(t).column`, `(composite).field`, `array[i]`. */
function indirection(analysis: Analysis, { arg, indirection = [] }: BodyOf<"A_Indirection">, scope: Scope): Value {
  const first = strings(indirection.slice(0, 1))[0];
  const reference = as("ColumnRef", arg);
  if (first !== undefined && reference) {
    const names = strings(reference.fields);
    const isColumn =
      names.length === 1 && scope.items.some(({ relation }) => columnsNamed(relation.columns, names[0]!).length > 0);
    const item = isColumn ? undefined : findItem(scope, names);
    if (item && columnsNamed(item.relation.columns, first).length > 0) {
      const field = resolveIn(analysis, item, first, reference.location ?? 0);
      return indirection.length === 1 ? field : computed([field]);
    }
  }
  const subscripts = indirection.map((each) => behindIndices(analysis, each, scope));
  const whole = expression(analysis, arg, scope);
  const field = first === undefined ? undefined : whole.field?.(first);
  return decidedBy(computed([field ?? whole]), ...subscripts);
}

function behindIndices(analysis: Analysis, node: Node, scope: Scope): Flow {
  const indices = as("A_Indices", node);
  return indices ? merge(one(analysis, indices.lidx, scope), one(analysis, indices.uidx, scope)) : NOTHING;
}

function call(analysis: Analysis, body: BodyOf<"FuncCall">, scope: Scope): Value {
  const { args, agg_order, agg_filter, agg_within_group, agg_distinct, over } = body;
  const order = expressions(analysis, agg_order, scope);
  const values = computed([expressions(analysis, args, scope), ...(agg_within_group ? [order] : [])]);
  const decides = [agg_within_group ? NOTHING : all(order), one(analysis, agg_filter, scope)];
  if (over) return decidedBy(values, ...decides, windowFlow(analysis, over, scope));
  const isOne = agg_within_group ?? agg_distinct ?? (agg_order !== undefined || agg_filter !== undefined);
  const aggregate = values.aggregate || isOne || body.agg_star === true || isAggregate(strings(body.funcname));
  return { ...decidedBy(values, ...decides), aggregate };
}

/** What a window goes by: the rows of its partition, their order, its frame. */
export function windowFlow(analysis: Analysis, window: BodyOf<"WindowDef">, scope: Scope): Flow {
  const base = window.name ?? window.refname;
  return merge(
    (base === undefined ? undefined : scope.windows?.get(base)) ?? NOTHING,
    behind(analysis, window.partitionClause, scope),
    behind(analysis, window.orderClause, scope),
    one(analysis, window.startOffset, scope),
    one(analysis, window.endOffset, scope),
  );
}

function sublink(analysis: Analysis, body: BodyOf<"SubLink">, scope: Scope, isNotIn: boolean): Value {
  const test = expression(analysis, body.testexpr, scope);
  const select = as("SelectStmt", body.subselect);
  if (!select) return test;
  const relation: Relation = analysis.query(select, scope, scope.ctes);
  if (isNotIn) analysis.notIns.push({ offset: body.location ?? 0, columns: relation.columns });
  const values = computed(relation.columns);
  if (body.subLinkType === "EXISTS_SUBLINK") return decidedBy(CONSTANT, relation.rows);
  const value = decidedBy(computed([test, values]), relation.rows);
  const only = relation.columns[0];
  if (only && body.subLinkType === "ANY_SUBLINK") analysis.listener?.pair(test, only);
  if (body.subLinkType !== "EXPR_SUBLINK" || !only) return value;
  // A scalar subquery hands its one column on as it is.
  const { copyOf, field } = only;
  const inside = (name: string) => {
    const found = field?.(name);
    return found && decidedBy(found, relation.rows);
  };
  return { ...value, ...(copyOf && { copyOf }), ...(field && { field: inside }) };
}
