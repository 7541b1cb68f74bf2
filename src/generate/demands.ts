/** Which rows there have to be: those given, as many as are asked for, and the parents that foreign keys need. */
import { tableText } from "../project/types.ts";
import type { Condition } from "../sql/conditions/condition.ts";
import type { ForeignKeyFacts, TypeFacts } from "../warehouse/facts/types.ts";
import { judge, type KnownRow } from "./conditions.ts";
import { limitsOf } from "./limits.ts";
import { givenText, sameText } from "./given_text.ts";
import { randomOf } from "./random.ts";
import type { Shape } from "./shape.ts";
import type { GivenRow, Habits } from "./types.ts";
import { countedValue } from "./values/make.ts";

/** A row that has to be made; `values` are those that are settled before. */
export interface RowPlan {
  /** What its made values depend on: its number, or for a parent its key. */
  readonly id: string;
  readonly number: number;
  readonly values: Map<string, string | null>;
  /** Which of the given rows. */
  readonly given?: number;
}

export type Plans = ReadonlyMap<string, readonly RowPlan[]>;

export function planRows(
  shapes: readonly Shape[],
  given: ReadonlyMap<string, readonly GivenRow[]>,
  counts: ReadonlyMap<string, number>,
  habits: Habits,
): Plans {
  const plans = new Map(
    shapes.map((shape) => [shape.text, numbered(shape, given.get(shape.text) ?? [], counts, habits)]),
  );
  const children = shapes.toReversed();
  // Once for each generation of tables that refer to each other in a circle; else the second time finds nothing to add.
  for (let more = true, times = 0; more && times < shapes.length + 2; times++) {
    more = false;
    for (const child of children) {
      for (const key of child.foreignKeys) if (demand(child, key, shapes, plans, habits)) more = true;
    }
  }
  return plans;
}

function numbered(
  shape: Shape,
  given: readonly GivenRow[],
  counts: ReadonlyMap<string, number>,
  habits: Habits,
): RowPlan[] {
  const count = Math.max(given.length, counts.get(shape.text) ?? 0);
  const plans = Array.from({ length: count }, (_, i): RowPlan => {
    const values = Object.entries(given[i] ?? {}).map(
      ([name, text]) => [name, givenText(shape.columns.get(name)?.of, text)] as const,
    );
    return { id: `#${i + 1}`, number: i + 1, values: new Map(values), ...(i < given.length && { given: i }) };
  });
  numberKeys(shape, plans, habits);
  return plans;
}

/** A primary key of one column counts up from 1, past the keys that are given and those that a check refuses. */
function numberKeys(shape: Shape, plans: readonly RowPlan[], { until }: Habits): void {
  const name = counter(shape);
  const column = name === undefined ? undefined : shape.made.find((one) => one.name === name);
  if (!column || column.examples) return;
  const checks = shape.checks.filter(({ columns }) => columns.includes(column.name));
  const conditions = checks.map(({ condition }) => condition);
  const valued = (text?: string) => ({ value: () => text, type: () => column.of });
  const limits = limitsOf(column.name, conditions, valued(), randomOf("key"));
  const keyOf = (text: string) => sameText(column.of, text);
  const taken = new Set(
    plans.flatMap(({ values }) => (values.get(column.name) ? [keyOf(values.get(column.name)!)] : [])),
  );
  let k = 0;
  for (const { values } of plans) {
    k++;
    if (values.has(column.name)) continue;
    for (let refused = 0; refused < MOST_REFUSED; k++) {
      const text = countedValue(column.of, { name: column.name, limits, until }, k);
      // What depends on other columns, or only PostgreSQL can tell, is settled with the rest of the row.
      if (text === undefined || checks.some(({ columns }) => columns.length > 1)) return;
      const verdicts = judgeAll(column.of, conditions, valued(text), text);
      if (verdicts.includes(undefined)) return;
      if (verdicts.includes(false)) refused++;
      else if (!taken.has(keyOf(text))) {
        taken.add(keyOf(text));
        values.set(column.name, text);
        break;
      }
    }
  }
}

/** A check that lets so few numbers through is not one to count by. */
const MOST_REFUSED = 1000;

const judgeAll = (type: TypeFacts, conditions: readonly Condition[], row: KnownRow, text: string) => [
  ...conditions.map((condition) => judge(condition, row)),
  ...(type.is === "domain"
    ? type.checks.map(({ condition }) => judge(condition, { value: () => text, type: () => type.of }))
    : []),
];

function counter({ facts, foreignKeys }: Shape): string | undefined {
  const [name, more] = facts.primaryKey ?? [];
  if (name === undefined || more !== undefined) return undefined;
  return foreignKeys.some(({ columns }) => columns.includes(name)) ? undefined : name;
}

/** Adds the parents that this foreign key lacks. Gives whether there were any. */
function demand(
  child: Shape,
  { columns, references }: ForeignKeyFacts,
  shapes: readonly Shape[],
  plans: Map<string, RowPlan[]>,
  habits: Habits,
): boolean {
  const parent = shapes.find(({ text }) => text === tableText(references))!;
  const parents = plans.get(parent.text)!;
  const isSelf = parent === child;
  const before = parents.length;
  const keys = new Set(parents.map(({ values }) => keyText(parent, references.columns, values)));
  let free = 0;
  for (const { values } of plans.get(child.text)!.slice()) {
    const known = columns.map((column) => values.get(column));
    if (known.includes(null)) continue;
    if (known.every((text) => text === undefined)) {
      free++;
      continue;
    }
    const wanted = new Map<string, string | null>();
    known.forEach((text, i) => text !== undefined && wanted.set(references.columns[i]!, text));
    const key = keyText(parent, references.columns, wanted);
    if (key === undefined ? parents.some((plan) => agrees(parent, plan.values, wanted)) : keys.has(key)) continue;
    const id = `=${key ?? JSON.stringify([...wanted])}`;
    parents.push({ id, number: parents.length + 1, values: wanted });
    keys.add(key);
  }
  const needed = free === 0 || isSelf ? 0 : isOneToOne(child, columns) ? free : 1;
  while (parents.length < needed) {
    const number = parents.length + 1;
    parents.push({ id: `#${number}`, number, values: new Map() });
  }
  if (parents.length === before) return false;
  numberKeys(parent, parents, habits);
  return true;
}

/** Each child needs a parent of its own: a key of the child is made of nothing but references. */
const isOneToOne = (child: Shape, columns: readonly string[]): boolean =>
  child.keys.some(
    (key) =>
      key.every((name) => child.foreignKeys.some((foreign) => foreign.columns.includes(name))) &&
      key.some((name) => columns.includes(name)),
  );

/** undefined where a part of it is not settled. */
export function keyText(
  shape: Shape,
  columns: readonly string[],
  values: ReadonlyMap<string, string | null>,
): string | undefined {
  const texts: string[] = [];
  for (const column of columns) {
    const text = values.get(column);
    if (text === undefined || text === null) return undefined;
    texts.push(sameText(shape.columns.get(column)?.of, text));
  }
  return JSON.stringify(texts);
}

/** A row has, as far as it is settled, these values. */
const agrees = (
  shape: Shape,
  values: ReadonlyMap<string, string | null>,
  wanted: ReadonlyMap<string, string | null>,
): boolean =>
  [...wanted].every(([column, text]) => {
    const own = values.get(column);
    const type = shape.columns.get(column)?.of;
    return own !== undefined && own !== null && text !== null && sameText(type, own) === sameText(type, text);
  });
