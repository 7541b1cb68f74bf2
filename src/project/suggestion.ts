import { nearest } from "../diagnostics/nearest.ts";
import type { Problem } from "./problem.ts";

/**
 * `Did you mean …?` for a name that is not known, with the change that mends it. Where none is near: `otherwise`, or else what
 * there is, if that is not too much to read.
 */
export function suggestion(
  word: string,
  known: Iterable<string>,
  otherwise?: string,
): Pick<Problem, "hint" | "replaceWith"> {
  const all = [...new Set(known)];
  const near = nearest(word, all);
  if (near !== undefined) return { hint: `Did you mean ${near}?`, replaceWith: near };
  if (otherwise !== undefined) return { hint: otherwise };
  return all.length > 0 && all.length <= 12 ? { hint: `Possible here: ${all.join(", ")}.` } : {};
}
