/** A table as its rows are made: what its facts mean for that, worked out once. */
import { tableText } from "../project/types.ts";
import { columnsIn } from "../sql/conditions/condition.ts";
import type { CheckFacts, ColumnFacts, ForeignKeyFacts, TableFacts } from "../warehouse/facts/types.ts";
import type { Facts } from "./types.ts";
import { earlierName } from "./values/plausible.ts";

export interface Shape {
  /** `schema.name` */
  readonly text: string;
  readonly facts: TableFacts;
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  /** Those that a row gets a value for unless it is given, in the order in which they are made. */
  readonly made: readonly ColumnFacts[];
  /** By the name of what ends, the name of what begins. */
  readonly earlier: ReadonlyMap<string, string>;
  /** The primary key first. */
  readonly keys: readonly (readonly string[])[];
  /** Foreign keys to tables that rows are made for as well. */
  readonly foreignKeys: readonly ForeignKeyFacts[];
  readonly checks: readonly (CheckFacts & { readonly columns: readonly string[] })[];
}

export function shapesOf(facts: Facts): ReadonlyMap<string, Shape> {
  const referred = new Map<string, Set<string>>();
  for (const { foreignKeys } of facts.values()) {
    for (const { references } of foreignKeys) {
      const text = tableText(references);
      referred.set(text, new Set([...(referred.get(text) ?? []), ...references.columns]));
    }
  }
  return new Map(
    [...facts].map(([text, table]) => [text, shapeOf(text, table, facts, referred.get(text) ?? new Set())]),
  );
}

function shapeOf(text: string, facts: TableFacts, all: Facts, referred: ReadonlySet<string>): Shape {
  const names = facts.columns.map(({ name }) => name);
  const isMade = ({ name, filledBy }: ColumnFacts): boolean => {
    if (filledBy === undefined) return true;
    if (filledBy === "generated") return false;
    // Others have to know the number.
    return referred.has(name) || (filledBy === "identity" && facts.primaryKey?.includes(name) === true);
  };
  // What ends is made after what begins.
  const earlier = new Map(
    names.flatMap((name) => {
      const found = earlierName(name, names);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
  const later = (name: string): number => {
    const before = earlier.get(name);
    return before === undefined ? 0 : 1 + later(before);
  };
  return {
    text,
    facts,
    columns: new Map(facts.columns.map((column) => [column.name, column])),
    made: facts.columns.filter(isMade).toSorted((a, b) => later(a.name) - later(b.name)),
    earlier,
    keys: [...(facts.primaryKey ? [facts.primaryKey] : []), ...facts.uniques],
    foreignKeys: facts.foreignKeys.filter(({ references }) => all.has(tableText(references))),
    checks: facts.checks.map((check) => ({ ...check, columns: columnsIn(check.condition) })),
  };
}

/** Tables before those that refer to them, as far as they don't refer to each other. */
export function parentsFirst(shapes: ReadonlyMap<string, Shape>): readonly Shape[] {
  const order = new Set<Shape>();
  const begun = new Set<Shape>();
  const visit = (shape: Shape): void => {
    if (begun.has(shape)) return;
    begun.add(shape);
    for (const { references } of shape.foreignKeys) visit(shapes.get(tableText(references))!);
    order.add(shape);
  };
  for (const shape of shapes.values()) visit(shape);
  return [...order];
}
