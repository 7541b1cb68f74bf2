/** Whether two texts say the same, whatever their comments, line breaks and capitals. */
import { createHash } from "node:crypto";
import { parse } from "../parser.ts";
import { isObject } from "../tree.ts";

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

/** A tree as text, the same wherever it stands. It may be deeper than the stack. */
export function withoutPlaces(tree: unknown): string {
  const text: string[] = [];
  const open: unknown[] = [tree];
  for (;;) {
    if (open.length === 0) return text.join("");
    const next = open.pop();
    if (next instanceof Mark) text.push(next.text);
    else if (Array.isArray(next)) {
      open.push(new Mark("]"));
      for (let n = next.length - 1; n >= 0; n--) open.push(new Mark(","), next[n]);
      open.push(new Mark("["));
    } else if (isObject(next)) {
      open.push(new Mark("}"));
      for (const [key, value] of Object.entries(next).toReversed()) {
        if (!PLACES.has(key)) open.push(new Mark(","), value, new Mark(`${key}:`));
      }
      open.push(new Mark("{"));
    } else text.push(JSON.stringify(next) ?? "null");
  }
}

/** What is written as it is, among the values that are still to be written. */
class Mark {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Whether two texts hold the same statements. Texts that do not parse are the same only if they are equal. */
export function sayTheSame(one: string, other: string): boolean {
  if (one === other) return true;
  const mark = fingerprint(one);
  return mark !== undefined && mark === fingerprint(other);
}
