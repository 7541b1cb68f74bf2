/** Which names a query gives to what it reads, and which of its columns come from a query around it. */
import { as, isNodeName, isObject, strings, type Node, type Tree } from "../tree.ts";

const ITEMS = ["fromClause", "usingClause", "relation", "sourceRelation"];

/** What columns of a query can be qualified with: aliases, and names of tables without one. */
export function namesBound(query: Tree): readonly string[] {
  const names = ITEMS.flatMap((field) => [query[field]].flat().flatMap((item) => bound(item)));
  return query.onConflictClause === undefined ? names : [...names, "excluded"];
}

/** An item of FROM: a name of its own, and those inside of a join. */
function bound(item: unknown): readonly string[] {
  if (!isObject(item)) return [];
  const [kind, body] = Object.entries(item)[0] ?? [];
  if (typeof item.relname === "string") return [aliasOf(item) ?? item.relname];
  if (kind === undefined || !isNodeName(kind) || !isObject(body)) return [];
  const alias = aliasOf(body);
  switch (kind) {
    case "RangeVar":
      return [alias ?? String(body.relname)];
    case "JoinExpr": {
      const using = isObject(body.join_using_alias) ? [String(body.join_using_alias.aliasname)] : [];
      return [...(alias === undefined ? [] : [alias]), ...using, ...bound(body.larg), ...bound(body.rarg)];
    }
    case "RangeTableSample":
      return bound(body.relation);
    case "RangeFunction":
      return [alias ?? functionName(body)].flatMap((name) => name ?? []);
    default:
      return alias === undefined ? [] : [alias];
  }
}

const aliasOf = ({ alias }: Tree): string | undefined => (isObject(alias) ? String(alias.aliasname ?? "") : undefined);

function functionName(body: Tree): string | undefined {
  const call = as("List", (body.functions as readonly Node[] | undefined)?.[0])?.items?.[0];
  return strings(as("FuncCall", call)?.funcname).at(-1);
}

/** The first `name.column` in a query where only a query around it gives that name, in bytes. */
export function outerReference(
  query: unknown,
  outer: ReadonlySet<string>,
): { readonly name: string; readonly at: number } | undefined {
  if (outer.size === 0) return undefined;
  return inTree(query, outer, new Set());
}

function inTree(
  node: unknown,
  outer: ReadonlySet<string>,
  inner: ReadonlySet<string>,
): { readonly name: string; readonly at: number } | undefined {
  if (Array.isArray(node)) {
    for (const item of node) {
      const found = inTree(item, outer, inner);
      if (found) return found;
    }
    return undefined;
  }
  if (!isObject(node)) return undefined;
  if (isObject(node.ColumnRef)) {
    const fields = (node.ColumnRef.fields ?? []) as readonly Node[];
    const name = strings(fields).at(fields.length === 3 ? 1 : 0);
    if (fields.length < 2 || name === undefined || inner.has(name) || !outer.has(name)) return undefined;
    return { name, at: Number(node.ColumnRef.location ?? 0) };
  }
  const names = namesBound(node);
  const here = names.length === 0 ? inner : new Set([...inner, ...names]);
  for (const value of Object.values(node)) {
    const found = isObject(value) ? inTree(value, outer, here) : undefined;
    if (found) return found;
  }
  return undefined;
}
