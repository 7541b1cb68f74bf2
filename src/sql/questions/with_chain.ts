import { parse } from "../parser.ts";
import { as, eachObject, isObject, type Node } from "../tree.ts";

/** Fewer characters hold no chain that is worth looking at. */
const SHORT = 2_000;

/**
 * How many WITH queries of a text stand in a row of which each is read once, by the next: PostgreSQL puts each into the next
 * before it plans, and the time for that grows with the third power of their number. The caller has awaited `loadParser()`.
 */
export function longestWithChain(text: string): number {
  if (text.length < SHORT) return 0;
  const parsed = parse(text);
  if (!parsed.ok) return 0;
  const queries: { readonly name: string; readonly reads: readonly string[]; readonly stays: boolean }[] = [];
  const readers = new Map<string, number>();
  eachObject(parsed.tree, (node) => {
    const name = tableOf(node);
    if (name !== undefined) readers.set(name, (readers.get(name) ?? 0) + 1);
    const clause = node["withClause"];
    if (!isObject(clause)) return;
    for (const item of (clause["ctes"] as readonly Node[] | undefined) ?? []) {
      const query = as("CommonTableExpr", item);
      if (!query?.ctename) continue;
      const reads: string[] = [];
      eachObject(query.ctequery, (inner) => {
        const read = tableOf(inner);
        if (read !== undefined) reads.push(read);
      });
      const stays = clause["recursive"] === true || query.ctematerialized === "CTEMaterializeAlways";
      queries.push({ name: query.ctename, reads, stays });
    }
  });
  const depths = new Map<string, number>();
  let longest = 0;
  for (const { name, reads, stays } of queries) {
    if (stays || readers.get(name) !== 1) continue;
    const depth = 1 + Math.max(0, ...reads.map((read) => depths.get(read) ?? 0));
    depths.set(name, depth);
    longest = Math.max(longest, depth);
  }
  return longest;
}

/** Only what has no schema can be a WITH query. */
function tableOf(node: Readonly<Record<string, unknown>>): string | undefined {
  const range = node["RangeVar"];
  return isObject(range) && range["schemaname"] === undefined ? (range["relname"] as string) : undefined;
}
