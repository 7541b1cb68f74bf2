/** One statement of `--debug-sql`: SQL with a comment, so that it can be pasted. */
import type { Logged } from "../../workshop/session/session.ts";
import { counted } from "../terminal/numbers.ts";
import type { Style } from "../terminal/style.ts";

export function drawLogged(
  { session, statement, parameters, milliseconds, rows, failed }: Logged,
  style: Style,
): string {
  const facts = [
    failed ? "failed" : counted(rows, "row"),
    `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`,
    ...(parameters > 0 ? [counted(parameters, "parameter")] : []),
  ];
  const head = `-- ${session}: ${facts.join(", ")}`;
  return `${failed ? style.red(head) : style.dim(head)}\n${coloured(withoutRepeats(statement), style)};\n\n`;
}

/** `VALUES ($1, $2), ($3, $4), …` says no more than its first row. */
const withoutRepeats = (statement: string): string =>
  statement.replace(
    /(VALUES \([$\d, ]+\))((?:, \([$\d, ]+\))+)/,
    (_, first: string, others: string) =>
      `${first} /* and ${counted(others.split("(").length - 1, "more row", "more rows")} */`,
  );

const KEYWORDS =
  /\b(WITH|RECURSIVE|SELECT|FROM|CROSS|JOIN|LATERAL|ON|WHERE|ORDER BY|UNION ALL|INSERT INTO|VALUES|COPY|DECLARE|CURSOR FOR|FETCH|BEGIN|COMMIT|DROP TABLE|AS|IS NOT NULL)\b/g;

const coloured = (statement: string, style: Style): string =>
  statement.replaceAll(KEYWORDS, (word) => style.cyan(word));
