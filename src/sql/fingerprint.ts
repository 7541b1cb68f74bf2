/** Whether two texts say the same, whatever their comments, line breaks and capitals. */
import { createHash } from "node:crypto";
import { parse } from "./parser.ts";

/** Where something stands, or how long it is, says nothing about what it does. */
const PLACES = new Set([
  "location",
  "name_location",
  "stmt_location",
  "stmt_len",
  "rexpr_list_start",
  "rexpr_list_end",
  "list_start",
  "list_end",
]);

/**
 * A hash of what the statements say: of the syntax tree without its places. Undefined for text that does not parse. The
 * caller has awaited `loadParser()`.
 */
export function fingerprint(text: string): string | undefined {
  const parsed = parse(text);
  if (!parsed.ok) return undefined;
  const statements = (parsed.tree.stmts ?? []).map(({ stmt }) => stmt);
  return createHash("sha256").update(withoutPlaces(statements)).digest("hex").slice(0, 32);
}

/** A tree as text, the same wherever it stands. */
export const withoutPlaces = (tree: unknown): string =>
  JSON.stringify(tree, (key, value: unknown) => (PLACES.has(key) ? undefined : value));

/** Whether two texts hold the same statements. Texts that do not parse are the same only if they are equal. */
export function sayTheSame(one: string, other: string): boolean {
  if (one === other) return true;
  const mark = fingerprint(one);
  return mark !== undefined && mark === fingerprint(other);
}
