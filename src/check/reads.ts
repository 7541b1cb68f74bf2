/** What a transform reads of the tables that the project knows, and where it is best shown. */
import type { Span } from "../diagnostics/diagnostic.ts";
import type { Path } from "../project/problem.ts";
import type { Transform } from "../project/types.ts";
import { namePart, writeTableName } from "../project/write/table_name.ts";
import { isOwn, type Relation } from "./relations.ts";
import type { Facts } from "./rules/rule.ts";
import type { Mention } from "./uses/types.ts";

export interface Read {
  readonly relation: Relation;
  /** In the definition, where the SQL does not name it. */
  readonly path: Path;
  /** In the SQL: the first place. */
  readonly span?: Span;
}

/**
 * Each table once. Where the SQL can be looked into it alone counts; of other code, what is declared does, and of an input
 * with several outputs nobody knows which are meant.
 */
export function readsOf(transform: Transform, facts: Facts): readonly Read[] {
  const { uses, relations } = facts;
  const own = uses.get(transform.id);
  const reads = new Map<string, Read>();
  for (const mention of own?.reads ?? []) {
    const relation = mention.schema === undefined ? undefined : relations.find(mention.schema, mention.name);
    if (!relation || reads.has(relation.text) || isOwn(relation, transform)) continue;
    reads.set(relation.text, { relation, path: [], span: spanOf(transform, mention) });
  }
  if (own && own.opaque.length === 0) return [...reads.values()];
  transform.inputs.forEach((input, i) => {
    const [relation, ...others] = relations.of(input);
    if (!relation || others.length > 0 || reads.has(relation.text) || isOwn(relation, transform)) return;
    reads.set(relation.text, { relation, path: ["inputs", i] });
  });
  return [...reads.values()];
}

/** Its end is that of the name as people mostly write it: the cache keeps only where it begins. */
export function spanOf(transform: Transform, { schema, name, start }: Mention): Span {
  const written = schema === undefined ? namePart(name) : writeTableName({ schema, name });
  const end = { line: start.line, column: start.column + [...written].length };
  return { file: transform.codeFile!, start, end };
}
