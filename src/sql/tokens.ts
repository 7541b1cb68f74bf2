/** Brackets among tokens: the tree says where things begin, not where they end. */
import type { Token } from "./passage.ts";

/** The place of the token that closes the bracket at `open`; the last token if none does. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let n = open; n < tokens.length; n++) {
    depth += opens(tokens[n]!.text);
    if (depth === 0) return n;
  }
  return tokens.length - 1;
}

/** 1 for what opens, -1 for what closes. CASE … END encloses like brackets do. */
export function opens(text: string): number {
  if (text === "(" || text === "[" || /^case$/i.test(text)) return 1;
  return text === ")" || text === "]" || /^end$/i.test(text) ? -1 : 0;
}
