/** One call of a function as it may stand in FROM: `claims.pmpm('A', '2018-01-01', current_date)`. */
import { parse } from "../parser.ts";
import { as, strings, type Node } from "../tree.ts";
import type { CalledFunction } from "./function_calls.ts";

interface FunctionCall extends CalledFunction {
  /** How many arguments it is given. */
  readonly arguments: number;
}

/** The call, or what keeps the text from being one. Offsets are code points of the text. */
export type ReadCall =
  | { readonly ok: true; readonly call: FunctionCall }
  | { readonly ok: false; readonly message: string; readonly offset: number };

const CALL_PREFIX = "SELECT * FROM ";

/** The caller has awaited `loadParser()`. */
export function readCall(text: string): ReadCall {
  const parsed = parse(CALL_PREFIX + text);
  if (!parsed.ok) {
    const { message, offset } = parsed.problem;
    return { ok: false, message, offset: Math.max(0, Math.min(offset - CALL_PREFIX.length, [...text].length)) };
  }
  const call = onlyCall(parsed.tree.stmts?.map(({ stmt }) => stmt) ?? []);
  const isEnded = /;\s*$/.test(text);
  if (!call || isEnded) return { ok: false, message: "this is not one call of a function and nothing else", offset: 0 };
  const [name = "", schema] = strings(call.funcname).toReversed();
  return { ok: true, call: { ...(schema !== undefined && { schema }), name, arguments: call.args?.length ?? 0 } };
}

function onlyCall(statements: readonly (Node | undefined)[]) {
  const select = statements.length === 1 ? as("SelectStmt", statements[0]) : undefined;
  if (!select || !hasOnly(select, ["targetList", "fromClause", "limitOption", "op"])) return undefined;
  const [from, ...others] = select.fromClause ?? [];
  const range = others.length === 0 ? as("RangeFunction", from) : undefined;
  if (!range || !hasOnly(range, ["functions"])) return undefined;
  const [first] = range.functions ?? [];
  return as("FuncCall", as("List", first)?.items?.[0]);
}

const hasOnly = (node: object, keys: readonly string[]): boolean =>
  Object.entries(node).every(([key, value]) => keys.includes(key) || value === undefined || value === false);
