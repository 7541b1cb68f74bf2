/** Finds conditions in WHERE that are never true of the NULLs that an outer join fills in. */
import { as, strings, type Node } from "../tree.ts";
import { columnsNamed, findItem } from "./resolve.ts";
import type { Analysis, Item, Scope } from "./scope.ts";

/** Operators of these kinds give NULL for NULL. */
const STRICT = new Set(["AEXPR_OP", "AEXPR_IN", "AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_BETWEEN", "AEXPR_OP_ANY"]);

export function undoneJoins(analysis: Analysis, where: Node, scope: Scope): void {
  if (!scope.items.some(({ optional }) => optional)) return;
  for (const node of nullRejecting(where)) {
    const reference = as("ColumnRef", node);
    const names = strings(reference?.fields);
    const column = names.at(-1);
    const item = column === undefined ? undefined : itemOf(scope, names);
    if (!reference || column === undefined || !item?.optional) continue;
    analysis.undoneJoins.push({ offset: reference.location ?? 0, column, alias: item.alias ?? "" });
  }
}

/** The columns of which a condition lets no NULL pass. */
export function nullRejecting(where: Node): readonly Node[] {
  return conjuncts(where).flatMap((condition) => {
    const test = as("A_Expr", condition);
    const notNull = as("NullTest", condition);
    const sides =
      test && STRICT.has(test.kind ?? "")
        ? [test.lexpr, test.rexpr]
        : notNull?.nulltesttype === "IS_NOT_NULL"
          ? [notNull.arg]
          : [];
    return sides.flatMap((side) => (side && as("ColumnRef", side) ? side : []));
  });
}

function conjuncts(node: Node): readonly Node[] {
  const both = as("BoolExpr", node);
  return both?.boolop === "AND_EXPR" ? (both.args ?? []).flatMap(conjuncts) : [node];
}

/** The item that a column belongs to, if it is one of this query. */
function itemOf(scope: Scope, names: readonly string[]): Item | undefined {
  const here = { ...scope, outer: undefined };
  if (names.length > 1) return findItem(here, names.slice(0, -1));
  const having = scope.items.filter(
    (item) => item.alias !== undefined && columnsNamed(item.relation.columns, names[0] ?? "").length > 0,
  );
  return having.length === 1 ? having[0] : undefined;
}
