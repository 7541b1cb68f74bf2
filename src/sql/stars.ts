import { parse } from "./parser.ts";

/** Whether statements select `*` anywhere; `count(*)` is none. Text that does not parse has none. The caller has awaited `loadParser()`. */
export function selectsStar(text: string): boolean {
  const parsed = parse(text);
  return parsed.ok && JSON.stringify(parsed.tree).includes('{"A_Star":');
}
