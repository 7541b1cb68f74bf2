/** EXPLAIN's plan as it may be kept: the planner can compute a function that reads a table and show what it gave. */

/** Text in quotes, or a number that is no part of a name (`col2`, `$1`, `SubPlan 1`). */
const LITERAL = /'(?:[^']|'')*'|(?<![\w"$.]|Plan )\d+(?:\.\d+)?(?![\w"])/g;

/** Constants that the query itself does not say become `?`, in every expression of the plan. */
export function withoutValues(plan: unknown, query: string): unknown {
  const mask = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => mask(item, key));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mask(item, name)]));
    }
    if (typeof value !== "string" || !isExpression(key)) return value;
    return value.replace(LITERAL, (literal) => (query.includes(literal) ? literal : "?"));
  };
  return mask(plan, "");
}

/** All keys but those whose text names objects and kinds of nodes. */
const isExpression = (key: string): boolean =>
  !/(Name|Type|Alias|Schema|Strategy|Relationship|Direction|Mode)$/.test(key);
