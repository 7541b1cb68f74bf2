/**
 * What a compilation's result depends on, as one text for each unit: its own SQL and definition, and everything that its
 * text could read. Two projects in which a unit has the same key give the same result for it.
 */
import { hash } from "node:crypto";
import type { Relation, Unit, Units } from "./units.ts";

const digest = (text: string): string => hash("sha256", text, "base64").slice(0, 22);

export interface UnitKey {
  /** Of the SQL and the definition. */
  readonly own: string;
  /** Of each relation that it could read, by `schema.name`. */
  readonly reads: ReadonlyMap<string, string>;
  /** Of all that, and of the statements of others that it could use. */
  readonly key: string;
}

/** The keys of all units. `context`: what else the results depend on, the same for all. */
export function keysOf(units: Units, context: string): ReadonlyMap<Unit, UnitKey> {
  const own = new Map<Unit, string>();
  const ownOf = (unit: Unit): string => kept(own, unit, () => digest(JSON.stringify([unit.transform, unit.text])));
  const shapes = new Map<Relation, string>();
  const shapeOf = (relation: Relation): string => kept(shapes, relation, () => digest(JSON.stringify(shape(relation))));

  /** Statements can do with all that they read whatever they like, so whoever uses them depends on it as well. */
  const closures = new Map<Unit, string>();
  const closureOf = (unit: Unit): string =>
    kept(closures, unit, () => {
      const { makers, relations } = reachOf(units, [unit]);
      return digest(JSON.stringify([[...makers].map(ownOf).sort(), [...relations].map(shapeOf).sort()]));
    });
  const behind = ({ maker }: Relation): string => (maker?.byStatements ? closureOf(maker) : "");

  return new Map(
    [...units.byId.values()].map((unit) => {
      const read = units.read(unit);
      const reads = new Map(
        read.filter((relation) => relation.maker !== unit).map((relation) => [relation.text, shapeOf(relation)]),
      );
      const parts = [ownOf(unit), [...reads], read.map(behind), units.used(unit).map(closureOf)];
      return [unit, { own: ownOf(unit), reads, key: digest(context + JSON.stringify(parts)) }] as const;
    }),
  );
}

export interface Reach {
  /** Units of statements that have to run. */
  readonly makers: ReadonlySet<Unit>;
  /** Relations that have to exist. */
  readonly relations: ReadonlySet<Relation>;
}

/** Everything that has to be in a database for these units to be compiled there, their own relations included. */
export function reachOf(units: Units, wanted: Iterable<Unit>): Reach {
  const makers = new Set<Unit>();
  const relations = new Set<Relation>();
  const queue = new Set(wanted);
  // A Set's iteration also visits what is added on the way.
  for (const unit of queue) {
    if (unit.byStatements) makers.add(unit);
    for (const relation of [...unit.relations, ...units.read(unit)]) {
      relations.add(relation);
      if (relation.maker?.byStatements) queue.add(relation.maker);
    }
    for (const maker of units.used(unit)) queue.add(maker);
  }
  return { makers, relations };
}

/** What readers of a relation can tell from it: columns and keys (a primary key decides what GROUP BY may leave out). */
function shape({ text, declared }: Relation): unknown {
  const columns = declared.columns.map(({ name, type, notNull, identity, default: value }) => [
    name,
    type,
    notNull,
    identity,
    value,
  ]);
  return declared.type === "table" && "primaryKey" in declared
    ? [text, columns, declared.primaryKey, declared.unique]
    : [text, columns, "unique" in declared ? declared.unique : declared.type];
}

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
