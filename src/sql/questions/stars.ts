import { parse } from "../parser.ts";
import { eachObject } from "../tree.ts";

/** Whether statements select `*` anywhere; `count(*)` is none. Text that does not parse has none. The caller has awaited `loadParser()`. */
export function selectsStar(text: string): boolean {
  const parsed = parse(text);
  let found = false;
  if (parsed.ok) eachObject(parsed.tree, (node) => (found ||= "A_Star" in node));
  return found;
}
