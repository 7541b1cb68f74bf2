import { parse } from "../parser.ts";
import { eachObject, isObject, strings, type Node } from "../tree.ts";

export interface CalledFunction {
  /** Absent where the search path decides. */
  readonly schema?: string;
  readonly name: string;
}

/** The functions that an expression calls; none for what does not parse. The caller has awaited `loadParser()`. */
export function functionsCalled(expression: string): readonly CalledFunction[] {
  const parsed = parse(`SELECT (${expression}\n)`);
  if (!parsed.ok) return [];
  const found: CalledFunction[] = [];
  eachObject(parsed.tree, (node) => {
    const call = node["FuncCall"];
    if (!isObject(call)) return;
    const [name = "", schema] = strings(call["funcname"] as Node[]).toReversed();
    found.push(schema === undefined ? { name } : { schema, name });
  });
  return found;
}
