/** Results and errors of the prompt, in the way psql shows them. */
import pg from "pg";
import { pad, type Style, widthOf } from "../terminal/style.ts";

export interface Answer {
  /** What the statement did, in PostgreSQL's words: `CREATE TABLE`, `INSERT 0 1`. */
  readonly tag: string;
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  /** Values as PostgreSQL writes them. */
  readonly rows: readonly (readonly (string | null)[])[];
}

const { INT2, INT4, INT8, OID, FLOAT4, FLOAT8, MONEY, NUMERIC } = pg.types.builtins;
const numbers: ReadonlySet<number> = new Set([INT2, INT4, INT8, OID, FLOAT4, FLOAT8, MONEY, NUMERIC]);

/** A table with its row count, or what the statement did. */
export function answerText(answer: Answer, expanded: boolean, style: Style): string {
  if (answer.fields.length === 0) return answer.tag;
  const lines = expanded ? records(answer, style) : aligned(answer, style);
  const count = answer.rows.length;
  return [...lines, `(${count} ${count === 1 ? "row" : "rows"})`].join("\n");
}

function aligned({ fields, rows }: Answer, style: Style): string[] {
  const cells = rows.map((row) => row.map((value) => cellText(value, style)));
  const widths = fields.map((field, i) =>
    cells.reduce((width, row) => Math.max(width, widthOf(row[i]!)), widthOf(field.name)),
  );
  const line = (row: readonly string[], rightOf: (i: number) => boolean): string =>
    row
      .map((cell, i) => (rightOf(i) ? " ".repeat(widths[i]! - widthOf(cell)) + cell : pad(cell, widths[i]!)))
      .map((cell) => ` ${cell} `)
      .join("|")
      .trimEnd();
  const titles = fields.map((field, i) => style.bold(field.name) + " ".repeat(widths[i]! - widthOf(field.name)));
  return [
    ` ${titles.join(" | ")}`.trimEnd(),
    widths.map((width) => "-".repeat(width + 2)).join("+"),
    ...cells.map((row) => line(row, (i) => numbers.has(fields[i]!.dataTypeID))),
  ];
}

/** One line a column, for wide rows. */
function records({ fields, rows }: Answer, style: Style): string[] {
  const width = Math.max(...fields.map((field) => widthOf(field.name)));
  return rows.flatMap((row, i) => [
    style.dim(`-[ row ${i + 1} ]${"-".repeat(Math.max(0, width - 8))}`),
    ...row.map((value, j) => `${pad(fields[j]!.name, width)} | ${cellText(value, style)}`),
  ]);
}

/** One line, and nothing in it that a terminal would obey. */
function cellText(value: string | null, style: Style): string {
  if (value === null) return style.dim("NULL");
  return value
    .replace(/\n/g, "↵")
    .replace(/\t/g, "  ")
    .replace(/\p{Cc}/gu, "�");
}

/** PostgreSQL's error with the line it stands in and a caret below the place. */
export function errorText(error: pg.DatabaseError, statement: string): string {
  const lines = [`${error.severity ?? "ERROR"}:  ${error.message}`];
  const position = Number(error.position);
  if (position > 0) {
    const before = [...statement].slice(0, position - 1).join("");
    const number = before.split("\n").length;
    const head = `LINE ${number}: `;
    const column = before.slice(before.lastIndexOf("\n") + 1);
    lines.push(head + (statement.split("\n")[number - 1] ?? ""));
    lines.push(" ".repeat(head.length + widthOf(column)) + "^");
  }
  if (error.detail) lines.push(`DETAIL:  ${error.detail}`);
  if (error.hint) lines.push(`HINT:  ${error.hint}`);
  return lines.join("\n");
}
