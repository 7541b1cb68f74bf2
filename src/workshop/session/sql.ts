/** Statements of the workshop. Their text never holds a value, so it may be logged. */

declare const known: unique symbol;

/** Only the functions of this file make one. */
export interface Sql {
  readonly text: string;
  readonly [known]: true;
}

const made = (text: string): Sql => ({ text }) as Sql;

/** What stands in the program's own text, and other statements made of such; a value goes beside it, as a parameter. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Sql[]): Sql {
  let text = strings[0]!;
  parts.forEach((part, n) => {
    const indent = /^ */.exec(text.slice(text.lastIndexOf("\n") + 1))![0];
    text += part.text.replaceAll("\n", `\n${indent}`) + strings[n + 1]!;
  });
  return made(withoutIndent(text));
}

/** A number that the program counts with, never one of the data: `FETCH 500`. */
export const count = (n: number): Sql => made(String(Math.trunc(n)));

/** `($1, $2), ($3, $4)` */
export function placeholders(rows: number, columns: number): Sql {
  const row = (n: number) => `(${Array.from({ length: columns }, (_, c) => `$${n * columns + c + 1}`).join(", ")})`;
  return made(Array.from({ length: rows }, (_, n) => row(n)).join(", "));
}

function withoutIndent(text: string): string {
  const lines = text.split("\n");
  const inner = lines.slice(1).filter((line) => line.trim() !== "");
  const indent = Math.min(...inner.map((line) => line.length - line.trimStart().length));
  return [lines[0]!, ...lines.slice(1).map((line) => line.slice(indent))].join("\n").trim();
}
