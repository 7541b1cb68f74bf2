/**
 * What is known of a transform's inputs, so that rows made by it come through the transform: columns that its SQL compares
 * share a few values, those that it compares with constants have these among their values, texts that it reads as numbers
 * or dates are such, and what decides on rows or their order has few values, so that some are alike.
 */
import { randomOf } from "../../../generate/random.ts";
import { makeRows } from "../../../generate/make_rows.ts";
import { NO_LIMITS } from "../../../generate/limits.ts";
import type { Facts } from "../../../generate/types.ts";
import { secondsOf } from "../../../generate/values/days.ts";
import { someValue } from "../../../generate/values/make.ts";
import { tableText } from "../../../project/types.ts";
import type { Compared, ReadAs } from "../../../sql/lineage/compared.ts";
import type { InputColumn } from "../../../sql/lineage/flow.ts";
import type { ColumnFacts, ForeignKeyFacts, TableFacts } from "../../../warehouse/facts/types.ts";
import { fits, likely, textAs } from "./likely.ts";

export interface Uses extends Compared {
  /** What filters, groups, orders or limits. */
  readonly decides: readonly InputColumn[];
}

interface Options {
  readonly seed: number;
  /** The last day of made dates. */
  readonly until: string;
  /** How many rows a table is to get. */
  readonly rows: number;
  readonly samples: Samples;
}

/** Values that columns get by themselves: the same for all transforms. */
export type Samples = Map<string, readonly string[]>;

/** A column of a table that rows are made for. */
interface Place {
  readonly table: TableFacts;
  readonly column: ColumnFacts;
}

/** Values that several columns have in common. */
const SHARED = 4;
/** Values of a column that decides on something. */
const FEW = 2;

export function joinable(facts: Facts, uses: Uses, options: Options): Facts {
  return new Joining(facts, uses, options).facts();
}

/** Gathers what each column is to be like. A class, for all that its steps share. */
class Joining {
  private readonly known: Facts;
  private readonly uses: Uses;
  private readonly options: Options;
  private readonly values = new Map<string, readonly string[]>();
  private readonly keys = new Map<string, ForeignKeyFacts[]>();

  constructor(known: Facts, uses: Uses, options: Options) {
    this.known = known;
    this.uses = uses;
    this.options = options;
  }

  facts(): Facts {
    const texts = this.textsByColumn();
    for (const group of this.groups()) this.settle(group, texts);
    for (const readAs of this.uses.readAs) this.asRead(readAs, texts);
    for (const [key, some] of texts) {
      const place = this.placeOf(key);
      if (place && !this.values.has(key)) this.give(place, [...some, ...this.sample(place, SHARED)]);
    }
    for (const column of this.uses.decides) {
      const place = this.place(column);
      if (place && !this.values.has(keyOf(place)) && !isLoneKey(place)) this.give(place, this.sample(place, FEW));
    }
    return new Map(
      [...this.known].map(([text, table]) => {
        const columns = table.columns.map((column) => {
          const examples = this.values.get(keyOf({ table, column }));
          return examples && examples.length > 0 ? { ...column, examples } : column;
        });
        return [text, { ...table, columns, foreignKeys: [...table.foreignKeys, ...(this.keys.get(text) ?? [])] }];
      }),
    );
  }

  /** Columns whose values are compared, together. */
  private groups(): readonly (readonly Place[])[] {
    const groups = new Map<string, Set<string>>();
    for (const [a, b] of this.uses.pairs) {
      const [left, right] = [this.place(a), this.place(b)];
      if (!left || !right) continue;
      const [l, r] = [keyOf(left), keyOf(right)];
      const all = new Set([...(groups.get(l) ?? [l]), ...(groups.get(r) ?? [r])]);
      for (const key of all) groups.set(key, all);
    }
    return [...new Set(groups.values())].map((keys) => [...keys].sort().map((key) => this.placeOf(key)!));
  }

  private settle(group: readonly Place[], texts: ReadonlyMap<string, readonly string[]>): void {
    const homes = group.filter(isLoneKey);
    const some = group.flatMap((place) => texts.get(keyOf(place)) ?? []);
    const [home] = homes;
    if (home && homes.length === 1 && group.every((place) => isLike(place, home))) {
      // Whoever refers to a key has one of those that there are.
      for (const place of group) if (place !== home) this.refer(place, home);
      if (some.length > 0) this.give(home, [...some, ...this.sample(home, this.options.rows)]);
      return;
    }
    const declared = group.find(({ column }) => column.examples);
    const narrowest = declared ?? group.find(({ column }) => !isText(column)) ?? home ?? group[0]!;
    const shared = declared
      ? (declared.column.examples ?? []).flatMap((text) => text ?? [])
      : this.sample(narrowest, homes.length > 0 ? this.options.rows : SHARED);
    for (const place of group) this.give(place, [...some, ...shared]);
  }

  /** The constants that each column is compared with, and what lies beside them. */
  private textsByColumn(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    const random = randomOf(this.options.seed, "constants");
    for (const { column, text, how } of this.uses.texts) {
      const place = this.place(column);
      if (!place || place.column.examples) continue;
      const key = keyOf(place);
      const own = found.get(key) ?? [];
      for (const one of likely(place.column.of, text, how, random)) if (!own.includes(one)) own.push(one);
      found.set(key, own);
    }
    return found;
  }

  private asRead({ column, type, format }: ReadAs, texts: ReadonlyMap<string, readonly string[]>): void {
    const place = this.place(column);
    if (!place || !isText(place.column) || this.values.has(keyOf(place))) return;
    const random = randomOf(this.options.seed, keyOf(place), type);
    const wanted = { name: place.column.name, limits: NO_LIMITS, until: secondsOf(this.options.until) ?? 0 };
    const made = Array.from({ length: SHARED }, () =>
      someValue({ is: "base", name: type, modifiers: [] }, wanted, random),
    ).flatMap((text) => (text === undefined ? [] : [format === undefined ? text : textAs(format, text)]));
    if (made.length > 0) this.give(place, [...(texts.get(keyOf(place)) ?? []), ...made]);
  }

  /** What the table would have there by itself. */
  private sample(place: Place, count: number): readonly string[] {
    const { table, column } = place;
    const { seed, until, rows, samples } = this.options;
    const isKey = isLoneKey(place);
    const key = `${keyOf(place)} ${isKey}`;
    let found = samples.get(key);
    if (!found) {
      const text = tableText(table.table);
      // Nothing else of the table matters, unless a check speaks of several columns.
      const { primaryKey: _, ...rest } = table;
      const columns = table.checks.length === 0 ? [column] : table.columns;
      const alone = { ...rest, columns, uniques: isKey ? [[column.name]] : [], foreignKeys: [] };
      // More than are wanted, as some are alike.
      const counts = new Map([[text, isKey ? rows : 2 * SHARED]]);
      const made = makeRows(new Map([[text, alone]]), new Map(), { seed, until, counts, fewer: true });
      const values = made.flatMap((some) => {
        const at = some.columns.indexOf(column.name);
        return at < 0 ? [] : some.rows.flatMap((row) => row[at] ?? []);
      });
      samples.set(key, (found = [...new Set(values)]));
    }
    return found.slice(0, count);
  }

  /** Unless the declaration itself says what the values are. */
  private give(place: Place, values: readonly string[]): void {
    const { table, column } = place;
    if (column.examples || column.filledBy) return;
    const parent = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === column.name);
    const home = parent && this.placeOf(`${tableText(parent.references)}\0${parent.references.columns[0]!}`);
    if (home && keyOf(home) !== keyOf(place)) return this.give(home, values);
    const key = keyOf(place);
    const fitting = values.filter((text) => fits(column.of, text));
    const all = [...new Set([...(this.values.get(key) ?? []), ...fitting])];
    // A key that has few values would have few rows.
    if (isLoneKey(place))
      for (const text of this.sample(place, this.options.rows)) if (!all.includes(text)) all.push(text);
    if (all.length > 0) this.values.set(key, all);
  }

  private refer({ table, column }: Place, home: Place): void {
    if (column.filledBy || column.examples || this.values.has(keyOf({ table, column }))) return;
    const text = tableText(table.table);
    const own = this.keys.get(text) ?? [];
    if ([...table.foreignKeys, ...own].some(({ columns }) => columns.includes(column.name))) return;
    const references = { ...home.table.table, columns: [home.column.name] };
    this.keys.set(text, [...own, { columns: [column.name], references }]);
  }

  private place({ schema, table, column }: InputColumn): Place | undefined {
    const found =
      schema === undefined
        ? [...this.known.values()].filter((one) => one.table.name === table)
        : [this.known.get(`${schema}.${table}`)].filter((one) => one !== undefined);
    const its = found.length === 1 ? found[0]!.columns.find(({ name }) => name === column) : undefined;
    return its && { table: found[0]!, column: its };
  }

  private placeOf(key: string): Place | undefined {
    const [text = "", column = ""] = key.split("\0");
    const table = this.known.get(text);
    const its = table?.columns.find(({ name }) => name === column);
    return table && its && { table, column: its };
  }
}

const keyOf = ({ table, column }: Place): string => `${tableText(table.table)}\0${column.name}`;

/** No two rows have the same value. */
const isLoneKey = ({ table, column }: Place): boolean =>
  [table.primaryKey ?? [], ...table.uniques].some((key) => key.length === 1 && key[0] === column.name);

const TEXTS: ReadonlySet<string> = new Set(["text", "varchar", "bpchar", "citext"]);
const INTEGERS: ReadonlySet<string> = new Set(["int2", "int4", "int8"]);
const isText = ({ of }: ColumnFacts): boolean => of.is === "base" && TEXTS.has(of.name);

/** What one of them holds, the other does. */
function isLike({ column: { of: a } }: Place, { column: { of: b } }: Place): boolean {
  if (a.is !== "base" || b.is !== "base") return JSON.stringify(a) === JSON.stringify(b);
  return (
    a.name === b.name || (TEXTS.has(a.name) && TEXTS.has(b.name)) || (INTEGERS.has(a.name) && INTEGERS.has(b.name))
  );
}
