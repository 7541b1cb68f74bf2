/** One row: settled values, references, made values, then keys and checks. */
import { tableText } from "../project/types.ts";
import { judge, type KnownRow } from "./conditions.ts";
import type { RowPlan } from "./demands.ts";
import { sameText } from "./given_text.ts";
import type { Keys } from "./keys.ts";
import { type About, makeColumn } from "./make_column.ts";
import { randomOf, steadyChoice } from "./random.ts";
import type { Shape } from "./shape.ts";
import type { Habits } from "./types.ts";

/** Column → text; a column that PostgreSQL fills in is not there. */
export type RowValues = ReadonlyMap<string, string | null>;

export interface MadeRow {
  readonly plan: RowPlan;
  readonly values: RowValues;
  /** Checks of which only PostgreSQL can say whether they hold. */
  readonly unsure: readonly string[];
}

/** By table: the rows of those that were made before. */
export type Finished = ReadonlyMap<string, readonly MadeRow[]>;

/** What a row could not be made for. */
export interface Failure {
  readonly check?: string;
  readonly key?: readonly string[];
  readonly columns: readonly string[];
}

/** Ways of making a row that are tried, where keys or checks refuse it. */
export const TRIES = 60;
/** Of these, the first refer to others by chance, the rest in turn. */
const BY_CHANCE = 8;

/** Makes one row, in as many ways as it is asked. A class, for all that its steps share. */
export class RowMaker {
  private readonly shape: Shape;
  private readonly plan: RowPlan;
  private readonly finished: Finished;
  private readonly habits: Habits;
  private readonly keys: Keys;

  constructor(shape: Shape, plan: RowPlan, finished: Finished, habits: Habits, keys: Keys) {
    this.shape = shape;
    this.plan = plan;
    this.finished = finished;
    this.habits = habits;
    this.keys = keys;
  }

  make(from: number, tries: number, late = false, skip = 0): MadeRow | { readonly failed: Failure } {
    let failed: Failure = { columns: [] };
    for (let attempt = from; attempt < from + tries; attempt++) {
      const made = this.attempt(attempt, attempt - from + skip, late || attempt - from > tries / 2);
      if (!("failed" in made)) return made;
      failed = made.failed;
    }
    return { failed };
  }

  private attempt(attempt: number, again: number, late: boolean): MadeRow | { readonly failed: Failure } {
    const { shape, plan } = this;
    const values = new Map(plan.values);
    const turn = { at: plan.number - 1 + Math.max(0, again - BY_CHANCE), byChance: again < BY_CHANCE };
    for (const key of shape.foreignKeys) {
      const failed = this.refer(key, values, attempt, turn);
      if (failed) return { failed };
    }
    const counter = this.counterOf(values);
    const row: KnownRow = { value: (column) => values.get(column), type: (column) => shape.columns.get(column)?.of };
    const about = { ...this.habits, table: shape.text, id: plan.id, attempt, late };
    for (const column of shape.made) {
      if (values.has(column.name) || column === counter) continue;
      const text = makeColumn(column, shape, row, about);
      if (text === undefined) return { failed: { columns: [column.name] } };
      values.set(column.name, text);
    }
    if (counter) {
      const text = this.count(counter.name, values, row, about, again);
      if (typeof text !== "string") return { failed: text };
      values.set(counter.name, text);
    }
    const twice = this.keys.taking(values, plan.values);
    if (twice) return { failed: { key: twice, columns: this.madeOf(twice) } };
    const unsure: string[] = [];
    for (const { name, condition, columns } of shape.checks) {
      const verdict = judge(condition, row);
      const made = this.madeOf(columns);
      // What was written so is the writer's: PostgreSQL says what it has against it.
      if (verdict === false && made.length > 0) return { failed: { check: name, columns: made } };
      if (verdict === undefined) unsure.push(name);
    }
    return { plan, values, unsure: [...unsure, ...unsureDomains(shape, values)] };
  }

  private readonly madeOf = (columns: readonly string[]): readonly string[] =>
    columns.filter((column) => !this.plan.values.has(column));

  private keyWith(column: string): readonly string[] {
    return this.shape.keys.find((key) => key.includes(column)) ?? [column];
  }

  /** The column that tells the rows of a key apart: the last of it that nobody gave and that refers to nothing. */
  private counterOf(values: RowValues) {
    const { shape } = this;
    for (const key of shape.keys) {
      const free = key.filter((name) => !values.has(name));
      const column = shape.made.findLast(({ name }) => free.includes(name));
      if (column) return column;
    }
    return undefined;
  }

  private count(
    name: string,
    values: Map<string, string | null>,
    row: KnownRow,
    about: About,
    again: number,
  ): string | Failure {
    const { shape, plan } = this;
    const column = shape.columns.get(name)!;
    // A key of this column alone counts with the rows, others begin anew for each of their other values.
    const first = this.keyWith(name).length === 1 ? plan.number : 1;
    const none: Failure = { key: this.keyWith(name), columns: [name] };
    let missing = 0;
    for (let k = first + again; missing < TRIES; k++) {
      const counted = makeColumn(column, shape, row, about, k) ?? undefined;
      if (counted === undefined) missing++;
      // Values that are not counted may still be found by chance.
      const text = counted ?? makeColumn(column, shape, row, { ...about, attempt: about.attempt * 1000 + k });
      if (text === undefined || text === null) return none;
      const twice = this.keys.taking(new Map([...values, [name, text]]), plan.values);
      if (!twice) return text;
      // What other columns have in common with another row, no count of this one changes.
      if (!twice.includes(name)) return { key: twice, columns: this.madeOf(twice) };
      if (first > 1 && k - first > 100_000) return none;
    }
    return none;
  }

  /** Settles the columns of a foreign key by a row of the other table. */
  private refer(
    { columns, references }: Shape["foreignKeys"][number],
    values: Map<string, string | null>,
    attempt: number,
    turn: { at: number; readonly byChance: boolean },
  ): Failure | undefined {
    const { shape, plan } = this;
    const free = columns.filter((column) => !values.has(column));
    if (free.length === 0 || free.some((column) => shape.columns.get(column)?.filledBy === "generated"))
      return undefined;
    if (columns.some((column) => values.get(column) === null)) return undefined;
    const text = tableText(references);
    const all = complete(this.finished.get(text) ?? [], references.columns);
    const isKnown = columns.map((column) => values.has(column));
    const parents = isKnown.includes(true)
      ? all.filter((row) =>
          columns.every((column, i) => {
            const type = shape.columns.get(column)?.of;
            const its = row.values.get(references.columns[i]!)!;
            return !isKnown[i] || sameText(type, its) === sameText(type, values.get(column)!);
          }),
        )
      : all;
    const isOwn = text === shape.text;
    if (parents.length === 0) {
      // The first of a table that refers to itself, or one of a circle: to nobody, or to itself.
      for (const [i, column] of columns.entries()) {
        if (!free.includes(column)) continue;
        if (shape.columns.get(column)?.notNull !== true) values.set(column, null);
        else {
          const own = isOwn ? plan.values.get(references.columns[i]!) : undefined;
          if (own === undefined || own === null) return { columns: [column], key: columns };
          values.set(column, own);
        }
      }
      return undefined;
    }
    // By chance, then in turn: where keys leave few possibilities, one of them is found.
    const random = randomOf(this.habits.seed, shape.text, plan.id, columns.join(), attempt);
    const isKey = shape.keys.some((key) => key.every((column) => columns.includes(column)));
    const parent = parents[turn.byChance && !isKey ? steadyChoice(random, parents.length) : turn.at % parents.length]!;
    turn.at = Math.floor(turn.at / parents.length);
    columns.forEach((column, i) => values.set(column, parent.values.get(references.columns[i]!)!));
    return undefined;
  }
}

const completeRows = new WeakMap<readonly MadeRow[], Map<string, readonly MadeRow[]>>();

/** Those that have a value in all of these columns; worked out once, however many refer to them. */
function complete(rows: readonly MadeRow[], columns: readonly string[]): readonly MadeRow[] {
  const known = completeRows.get(rows) ?? new Map<string, readonly MadeRow[]>();
  completeRows.set(rows, known);
  const key = JSON.stringify(columns);
  const found =
    known.get(key) ?? rows.filter(({ values }) => columns.every((column) => typeof values.get(column) === "string"));
  known.set(key, found);
  return found;
}

/** Columns whose domain has a check that only PostgreSQL can judge. */
const unsureDomains = ({ made }: Shape, values: RowValues): readonly string[] =>
  made.flatMap(({ name, of }) => {
    const value = values.get(name);
    if (of.is !== "domain" || value === undefined) return [];
    const row = { value: () => value, type: () => (of.is === "domain" ? of.of : of) };
    return of.checks.filter(({ condition }) => judge(condition, row) === undefined).map((check) => check.name);
  });
