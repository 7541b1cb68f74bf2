/** All tables' rows, as steps that ask what only PostgreSQL can judge. */
import type { TableFacts } from "../warehouse/facts/types.ts";
import { planRows } from "./demands.ts";
import type { MadeRow } from "./make_row.ts";
import { type Answer, makeTable, type Question } from "./make_table.ts";
import { parentsFirst, type Shape, shapesOf } from "./shape.ts";
import type { Facts, GivenRow, Habits, MadeRows, MakeOptions } from "./types.ts";
import { secondsOf } from "./values/days.ts";

export function* rowsInSteps(
  facts: Facts,
  given: ReadonlyMap<string, readonly GivenRow[]>,
  { seed, counts = new Map(), until = "2024-12-31", nulls = false, profile = "plausible", fewer = false }: MakeOptions,
): Generator<Question, readonly MadeRows[], Answer> {
  const order = parentsFirst(shapesOf(facts));
  const habits: Habits = { seed, until: secondsOf(until) ?? 0, nulls, profile, fewer };
  const plans = planRows(order, given, counts, habits);
  const finished = new Map<string, readonly MadeRow[]>();
  for (const shape of order) {
    finished.set(shape.text, yield* makeTable(shape, plans.get(shape.text)!, finished, habits));
  }
  return order.flatMap((shape) => grouped(shape, finished.get(shape.text)!));
}

/** Rows with the same columns together, in the table's order of columns. */
function grouped({ facts }: Shape, rows: readonly MadeRow[]): readonly MadeRows[] {
  const groups = new Map<string, { readonly columns: readonly string[]; readonly rows: MadeRow[] }>();
  const names = facts.columns.map(({ name }) => name);
  for (const row of rows) {
    const columns = names.filter((name) => row.values.has(name));
    const key = columns.join("\0");
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { columns, rows: [row] });
  }
  const all = rows;
  return [...groups.values()].map(({ columns, rows }) => ({
    table: facts.table,
    columns,
    rows: rows.map(({ values }) => columns.map((column) => values.get(column) ?? null)),
    given: rows.map(({ plan }) => plan.given),
    counted: countedIn(facts, all),
  }));
}

function countedIn({ columns }: TableFacts, rows: readonly MadeRow[]): ReadonlyMap<string, bigint> {
  const highest = new Map<string, bigint>();
  for (const { name } of columns.filter(({ filledBy }) => filledBy === "identity")) {
    for (const { values } of rows) {
      const text = values.get(name) ?? "";
      if (!/^\d+$/.test(text)) continue;
      const number = BigInt(text);
      if (number > (highest.get(name) ?? 0n)) highest.set(name, number);
    }
  }
  return highest;
}
