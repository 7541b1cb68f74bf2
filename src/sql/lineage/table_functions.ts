/** Functions as items of FROM: every column that they give is computed from their arguments. */
import { as, isObject, nameOf, strings, type BodyOf, type Node } from "../tree.ts";
import { columnName } from "./column_name.ts";
import { expression } from "./expressions.ts";
import { all, computed, merge, type Value } from "./flow.ts";
import { columnsOf, mayGiveMore } from "./functions.ts";
import type { Analysis, Column, Relation, Scope } from "./scope.ts";

export function functionRelation(analysis: Analysis, body: BodyOf<"RangeFunction">, scope: Scope): Relation {
  const each = (body.functions ?? []).map((node) => {
    const [call, definitions] = as("List", node)?.items ?? [];
    const value = call ? expression(analysis, call, scope) : computed([]);
    const defined = as("List", definitions)?.items ?? body.coldeflist;
    if (defined) return { value, names: definedNames(defined), isOpen: false };
    const name = strings(as("FuncCall", call)?.funcname);
    const names = call && !mayGiveMore(name) ? namesOf(call, body) : [];
    // Any function can give a composite, whose columns nobody knows here.
    return { value, names, isOpen: names.length < 2 };
  });
  const whole = computed(each.map(({ value }) => value));
  const columns = each.flatMap(({ value, names }) => names.map((name) => derived(value, name)));
  if (body.ordinality) columns.push(derived(computed([]), "ordinality"));
  const open = each.some(({ isOpen }) => isOpen) ? { open: (name: string) => derived(whole, name) } : {};
  return { columns, rows: all(whole), ...open };
}

const definedNames = (nodes: readonly Node[]): readonly string[] =>
  nodes.map((node) => as("ColumnDef", node)?.colname ?? "");

/** The alias of a function with one column is the column's name too. */
function namesOf(call: Node | undefined, { alias, functions = [] }: BodyOf<"RangeFunction">): readonly string[] {
  const args = as("FuncCall", call)?.args ?? [];
  const name = strings(as("FuncCall", call)?.funcname);
  const own = columnsOf(name);
  if (name.at(-1) === "unnest" && args.length > 1) return args.map(() => "unnest");
  if (own && (own.length > 1 || !alias || functions.length > 1)) return own;
  return [functions.length === 1 && alias?.aliasname ? alias.aliasname : columnName(call)];
}

function derived(value: Value, name: string): Column {
  const { copyOf: _, copiesOf: __, notNull: ___, fields: ____, ...rest } = value;
  return { ...rest, name };
}

export function jsonTable(analysis: Analysis, body: BodyOf<"JsonTable">, scope: Scope): Relation {
  const input = [body.context_item?.raw_expr, ...(body.passing ?? [])];
  return tableOf(analysis, input, jsonColumns(body.columns), scope);
}

/** A nested path has columns of its own. */
function jsonColumns(nodes: readonly Node[] = []): readonly NamedColumn[] {
  return nodes.flatMap((node) => {
    const column = as("JsonTableColumn", node);
    if (column?.coltype === "JTC_NESTED") return jsonColumns(column.columns);
    return [{ name: column?.name ?? "", inside: [] }];
  });
}

export function xmlTable(analysis: Analysis, body: BodyOf<"RangeTableFunc">, scope: Scope): Relation {
  const columns = (body.columns ?? []).map((node): NamedColumn => {
    const column = as("RangeTableFuncCol", node);
    return { name: column?.colname ?? "", inside: [column?.colexpr, column?.coldefexpr] };
  });
  return tableOf(analysis, [body.docexpr, body.rowexpr, ...(body.namespaces ?? [])], columns, scope);
}

interface NamedColumn {
  readonly name: string;
  /** Expressions of this column alone. */
  readonly inside: readonly (Node | undefined)[];
}

function tableOf(
  analysis: Analysis,
  input: readonly (Node | undefined)[],
  named: readonly NamedColumn[],
  scope: Scope,
): Relation {
  const value = computed(input.map((node) => valueOf(analysis, node, scope)));
  const columns = named.map(({ name, inside }) =>
    derived(computed([value, ...inside.map((node) => expression(analysis, node, scope))]), name),
  );
  return { columns, rows: merge(all(value)) };
}

/** `PASSING x AS name` is wrapped in a node that is no expression. */
function valueOf(analysis: Analysis, node: Node | undefined, scope: Scope): Value {
  const name = node && nameOf(node);
  if (name !== "JsonArgument" || !isObject(node)) return expression(analysis, node, scope);
  return expression(analysis, as("JsonArgument", node)?.val?.raw_expr, scope);
}
