/** Python code without what Python does not read: comments and blank lines. */

/**
 * Undefined where the text can't be followed with certainty; then every change of it counts. Indents, line breaks and strings
 * stay as they are, docstrings too: a program can read its own.
 */
export function withoutComments(text: string): string | undefined {
  const lines: string[] = [];
  let line = "";
  let at = 0;
  const endLine = () => {
    // After a backslash the next line belongs to this one, whatever is in it.
    if (line.trim() !== "" || lines.at(-1)?.endsWith("\\")) lines.push(line.trimEnd());
    line = "";
  };
  while (at < text.length) {
    const char = text[at]!;
    if (char === "#") {
      const end = text.indexOf("\n", at);
      // The first two lines may say how the file is encoded.
      if (lines.length < 2 && /coding[:=]/.test(text.slice(at, end < 0 ? undefined : end))) return undefined;
      at = end < 0 ? text.length : end;
    } else if (char === "\n") {
      endLine();
      at++;
    } else if (char === '"' || char === "'") {
      const prefix = /(?:^|[^\w])(\w{0,2})$/.exec(line)?.[1] ?? "";
      const end = stringEnd(text, at, /^[ft]r?$|^r[ft]$/i.test(prefix));
      if (end === undefined) return undefined;
      line += text.slice(at, end);
      at = end;
    } else {
      line += char;
      at++;
    }
  }
  endLine();
  return lines.join("\n");
}

/** Where the string that begins here ends. In an f-string, expressions stand between braces. */
function stringEnd(text: string, start: number, formatted: boolean): number | undefined {
  const quote = text[start]!;
  const mark = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  let depth = 0;
  for (let at = start + mark.length; at < text.length; at++) {
    const char = text[at]!;
    if (depth > 0) {
      // What newer Pythons allow inside of braces is better not guessed at.
      if (char === quote || char === "#" || char === "\n" || char === "\\") return undefined;
      if (char === '"' || char === "'") {
        const end = text.indexOf(char, at + 1);
        if (end < 0 || /["'\n\\#]/.test(text.slice(at + 1, end))) return undefined;
        at = end;
      } else if (char === "{") depth++;
      else if (char === "}") depth--;
    } else if (char === "\\") at++;
    else if (text.startsWith(mark, at)) return at + mark.length;
    else if (char === "\n" && mark.length === 1) return undefined;
    else if (formatted && char === "{") {
      if (text[at + 1] === "{") at++;
      else depth = 1;
    }
  }
  return undefined;
}
