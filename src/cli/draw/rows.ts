/** How two states of a table differ, for people. */
import type { DifferingRow } from "../../warehouse/compare/types.ts";
import type { DataComparison } from "../work/compare_data.ts";
import { count } from "../terminal/numbers.ts";
import type { Style } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";

export function drawRows(compared: DataComparison, style: Style, width?: number): readonly string[] {
  const { difference, shown } = compared;
  const { onlyBefore, onlyNow, changed, same, columns, columnsOnlyBefore, columnsOnlyNow, rows } = difference;
  const { before, now } = compared;
  const lines: [string, number][] = [
    [`in ${before}`, rows.before],
    [`in ${now}`, rows.now],
    [`only in ${before}`, onlyBefore],
    [`only in ${now}`, onlyNow],
    ["changed", changed],
    ...columns.filter((column) => column.changed > 0).map((one): [string, number] => [`  ${one.name}`, one.changed]),
    ["the same", same],
  ];
  const [, ...drawn] = table(
    [{ title: "" }, { title: "", right: true }],
    lines.map(([text, n]) => [text, count(n)]),
    style,
    width,
  );
  return [
    `${style.bold(compared.table)}, its rows by ${compared.key.join(", ")}`,
    ...drawn,
    ...notCompared(columnsOnlyBefore, before, style),
    ...notCompared(columnsOnlyNow, now, style),
    ...(shown.length === 0 ? [] : ["", ...shown.flatMap((row) => drawRow(row, compared, style))]),
  ];
}

const notCompared = (columns: readonly string[], where: string, style: Style): readonly string[] =>
  columns.length === 0 ? [] : [style.dim(`Not compared, as only ${where} has them: ${columns.join(", ")}.`)];

function drawRow(
  { what, key, columns }: DifferingRow,
  { before, now }: DataComparison,
  style: Style,
): readonly string[] {
  const name = style.bold(key.map(valueText).join(", "));
  if (what !== "changed") return [`${name}  only in ${what === "only_before" ? before : now}`];
  return [name, ...columns.map((one) => `  ${one.name}: ${valueText(one.before)} → ${valueText(one.now)}`)];
}

const valueText = (value: string | null): string => (value === null ? "NULL" : visible(value));

/** Control characters can't be let loose on a terminal. */
const visible = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\x00-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
