/**
 * The smallest rows that show what a check has found: first as few rows as possible (delta debugging: Zeller and Hildebrandt,
 * "Simplifying and Isolating Failure-Inducing Input"), then as few columns as a written test would have to name.
 */
import type { GivenRow, MadeRows } from "../../../generate/types.ts";
import { tableText } from "../../../project/types.ts";
import type { TableFacts } from "../../../warehouse/facts/types.ts";
import type { GivenTable } from "../../types.ts";
import type { Tries, Witness } from "../checks/check.ts";
import { ORDERS } from "../../../warehouse/testbed/made_rows.ts";
import { allReordered, insertsOfRows } from "../inputs/made_inputs.ts";
import { type Item, oneByOne } from "./one_by_one.ts";
import { RowsRefused } from "../trying/outcome.ts";
import type { Stage } from "../trying/stage.ts";

/** By table, in the order in which they were made; only what has to be said of each row. */
export type Smallest = ReadonlyMap<string, readonly GivenRow[]>;

/** How many tries, and for how long: most take a few milliseconds. For others rows that are not quite the smallest will do. */
const QUICK = { tries: 400, ms: 20_000 };
const SLOW = { tries: 60, ms: 8_000 };
/** What only extremes show is but a note. */
const SLOW_NOTE = { tries: 60, ms: 4_000 };
/** A test with more than these is nothing to read, so none is made of rows for which the time did not do. */
const MOST_ROWS = 6;

/** `isTest`: they show it also as a written test gives them, which makes up what it leaves out. */
interface Shrunk {
  readonly rows: Smallest;
  readonly isTest: boolean;
}

/** Undefined if the rows do not show it once more. */
export async function shrink(stage: Stage, witness: Witness): Promise<Shrunk | undefined> {
  const { isBrief = false } = witness;
  const most = !stage.isSlow ? QUICK : isBrief ? SLOW_NOTE : SLOW;
  let left = most.tries;
  const end = performance.now() + most.ms;
  const isOver = () => left <= 0 || performance.now() > end;
  const shows = async (tries: Tries): Promise<boolean> => {
    left--;
    try {
      return await witness.shows(tries);
    } catch (error) {
      if (error instanceof RowsRefused) return false;
      throw error;
    }
  };
  const all = itemsOf(witness.rows);
  const { facts } = stage.subject;
  const showsRows = (items: readonly Item[]) =>
    refersToItself(items, facts)
      ? shows(triesOfRows(stage, madeOf(items, witness.rows), isBrief))
      : Promise.resolve(false);
  if (!(await showsRows(all))) return undefined;
  const showsInTime = async (items: readonly Item[]) => !isOver() && showsRows(items);
  const alone = stage.isSlow ? await firstThat(oneByOne(all, stage.subject), showsInTime) : undefined;
  const few = await fewest(alone ?? all, showsInTime);

  const rows = byTable(few);
  if (isOver() && few.length > MOST_ROWS) return { rows, isTest: false };
  const showsGiven = (some: Smallest) => shows(triesOfGiven(stage, some, isBrief));
  if (!(await showsGiven(rows))) return { rows, isTest: false };
  const named = await withoutAny(columnsOf(rows), async (kept) => !isOver() && showsGiven(onlyColumns(rows, kept)));
  return { rows: onlyColumns(rows, named), isTest: true };
}

interface NamedColumn {
  readonly table: string;
  readonly column: string;
}

const columnsOf = (rows: Smallest): readonly NamedColumn[] =>
  [...rows].flatMap(([table, some]) =>
    [...new Set(some.flatMap((row) => Object.keys(row)))].map((column) => ({ table, column })),
  );

/** What the rows say of these columns. */
function onlyColumns(rows: Smallest, kept: readonly NamedColumn[]): Smallest {
  const isKept = (table: string, column: string) => kept.some((one) => one.table === table && one.column === column);
  return new Map(
    [...rows].map(([table, some]) => [
      table,
      some.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => isKept(table, column)))),
    ]),
  );
}

/** What the smallest rows give: for what a test of them expects. */
export const triesOfGiven = (stage: Stage, rows: Smallest, isBrief = false): Tries => ({
  once: () => stage.runGiven(givenTables(stage, rows), { isBrief }),
  twice: () => stage.runGiven(givenTables(stage, rows), { twice: true }),
  async *otherOrders() {
    for (const order of ORDERS) yield await stage.runGiven(givenTables(stage, rows), { order });
  },
});

const triesOfRows = (stage: Stage, made: readonly MadeRows[], isBrief: boolean): Tries => ({
  once: () => stage.run(insertsOfRows(made), { isBrief }),
  twice: () => stage.run(insertsOfRows(made), { twice: true }),
  async *otherOrders() {
    for (const order of ORDERS) {
      yield await stage.run([...insertsOfRows(made), ...allReordered(stage.subject.facts, order)]);
    }
  },
});

const itemsOf = (made: readonly MadeRows[]): readonly Item[] =>
  made.flatMap(({ table, columns, rows }) =>
    rows.map((row) => ({
      table: tableText(table),
      row: Object.fromEntries(columns.map((column, n) => [column, row[n]!])),
    })),
  );

function madeOf(items: readonly Item[], like: readonly MadeRows[]): readonly MadeRows[] {
  const tables = new Map(like.map((made) => [tableText(made.table), made.table]));
  return items.map(({ table, row }) => ({
    table: tables.get(table)!,
    columns: Object.keys(row),
    rows: [Object.values(row)],
    given: [undefined],
    counted: new Map(),
  }));
}

function byTable(items: readonly Item[]): Smallest {
  const tables = new Map<string, GivenRow[]>();
  for (const { table, row } of items) tables.set(table, [...(tables.get(table) ?? []), row]);
  return tables;
}

/** Rows to which others refer by a declared key must stay as long as these do: without them it would be another problem. */
function refersToItself(items: readonly Item[], facts: ReadonlyMap<string, TableFacts>): boolean {
  const rows = byTable(items);
  return items.every(({ table, row }) =>
    (facts.get(table)?.foreignKeys ?? []).every(({ columns, references }) => {
      const text = tableText(references);
      if (!facts.has(text) || columns.some((column) => (row[column] ?? null) === null)) return true;
      return (rows.get(text) ?? []).some((parent) =>
        columns.every((column, n) => parent[references.columns[n]!] === row[column]),
      );
    }),
  );
}

async function firstThat<T>(some: readonly T[], shows: (one: T) => Promise<boolean>): Promise<T | undefined> {
  for (const one of some) if (await shows(one)) return one;
  return undefined;
}

async function fewest(
  all: readonly Item[],
  shows: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let items = all;
  for (const table of new Set(all.map((item) => item.table))) {
    const others = items.filter((item) => item.table !== table);
    if (others.length < items.length && (await shows(others))) items = others;
  }
  return withoutAny(items, shows);
}

/** So few that without any one of them it does not show. */
export async function withoutAny<T>(
  all: readonly T[],
  shows: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let items = all;
  for (let parts = 2; items.length > 0;) {
    const size = Math.ceil(items.length / parts);
    let found: readonly T[] | undefined;
    for (let from = 0; from < items.length && !found; from += size) {
      const others = items.filter((_, n) => n < from || n >= from + size);
      if (await shows(others)) found = others;
    }
    if (found) {
      items = found;
      parts = Math.max(2, parts - 1);
    } else if (size <= 1) break;
    else parts = Math.min(items.length, parts * 2);
  }
  return items;
}

/** As a written test gives them. Tables to which others refer are named even where they have no rows, so that none is made up. */
function givenTables({ subject }: Stage, rows: Smallest): readonly GivenTable[] {
  const place = { file: subject.planned.file };
  return namedTables(rows, subject.facts).flatMap((text): readonly GivenTable[] => {
    const relation = subject.inputs.find((input) => input.text === text)?.declared;
    if (!relation) return [];
    const given = (rows.get(text) ?? []).map((values) => ({ values, times: 1, path: [] }));
    return [{ relation, rows: given, path: [], place, at: () => place }];
  });
}

export function namedTables(rows: Smallest, facts: ReadonlyMap<string, TableFacts>): readonly string[] {
  const named = new Set([...rows].filter(([, some]) => some.length > 0).map(([text]) => text));
  for (const text of named) {
    for (const { references } of facts.get(text)?.foreignKeys ?? []) {
      if (facts.has(tableText(references))) named.add(tableText(references));
    }
  }
  return [...facts.keys()].filter((text) => named.has(text));
}
