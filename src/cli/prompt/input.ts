/** What a person types at the prompt, cut into statements and backslash commands. */

export type Input =
  | { readonly type: "statement"; readonly text: string }
  | { readonly type: "command"; readonly name: string; readonly argument: string };

export interface Cut {
  readonly inputs: readonly Input[];
  /** What is not finished yet: its `;` or closing quote is still to come. */
  readonly rest: string;
}

/**
 * Cuts a text at each `;` that stands outside of quotes, comments and brackets (so the body of a BEGIN ATOMIC function
 * needs dollar quotes here). A line that begins with a backslash, with no statement before it, is a command.
 */
export function cut(text: string): Cut {
  const inputs: Input[] = [];
  let start = 0;
  let depth = 0;
  const tokens = new RegExp(TOKEN);
  for (;;) {
    const from = start + leadingSpace(text.slice(start));
    if (text[from] === "\\" && from >= tokens.lastIndex) {
      const end = text.indexOf("\n", from);
      const line = text.slice(from + 1, end < 0 ? undefined : end).trim();
      const [, name = "", argument = ""] = /^(\S*)\s*(.*)$/.exec(line.replace(/;$/, "")) ?? [];
      inputs.push({ type: "command", name, argument });
      start = end < 0 ? text.length : end + 1;
      tokens.lastIndex = start;
      continue;
    }
    const token = tokens.exec(text);
    if (!token) break;
    if (token.groups?.["open"]) return { inputs, rest: text.slice(from) }; // a quote or comment without its end
    if (token[0] === "(") depth++;
    else if (token[0] === ")") depth = Math.max(0, depth - 1);
    else if (token[0] === ";" && depth === 0) {
      const statement = text.slice(from, token.index + 1);
      if (!isEmpty(statement)) inputs.push({ type: "statement", text: statement });
      start = token.index + 1;
    }
  }
  const rest = text.slice(start).trimStart();
  return { inputs, rest: isEmpty(rest) ? "" : rest };
}

/** Only spaces, comments and semicolons. */
function isEmpty(text: string): boolean {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|[\s;]/g, "") === "";
}

const NOT_IN_A_WORD = String.raw`(?<![A-Za-z0-9_$\x80-\uffff])`;
const TAG = String.raw`(?:[A-Za-z_\x80-\uffff][A-Za-z0-9_\x80-\uffff]*)?`;

/** Quoted things and comments in one piece, or `open` where one does not end; brackets and semicolons. */
const TOKEN = new RegExp(
  [
    String.raw`--[^\n]*`,
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`${NOT_IN_A_WORD}[eE]'(?:[^'\\]|\\[\s\S]|'')*'`,
    String.raw`'[^']*'`, // a doubled quote is the end of one piece and the start of the next
    String.raw`"[^"]*"`,
    String.raw`${NOT_IN_A_WORD}\$(?<tag>${TAG})\$[\s\S]*?\$\k<tag>\$`,
    String.raw`(?<open>\/\*|${NOT_IN_A_WORD}[eE]'|'|"|${NOT_IN_A_WORD}\$${TAG}\$)`,
    String.raw`[();]`,
  ].join("|"),
  "g",
);

const leadingSpace = (text: string): number => text.length - text.trimStart().length;
