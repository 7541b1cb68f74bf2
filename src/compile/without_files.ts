/** Which stand-ins can be tables without files, because nothing but the planner looks at them. */
import type { Column, TableOutput } from "../project/types.ts";
import type { Reach } from "./keys.ts";
import type { Relation, Unit, Units } from "./units.ts";

/**
 * Statements may do anything with what they read, and whether a FULL JOIN can be done is only said of tables that could
 * have rows: whatever these read are tables like any other.
 */
export function onlyPlanned(
  units: Units,
  { makers, relations }: Reach,
  stale: ReadonlySet<Unit>,
): ReadonlySet<Relation> {
  const found = new Set(relations);
  for (const unit of [...makers, ...stale]) {
    if (!unit.byStatements && unit.words && !unit.words.has("full")) continue;
    for (const relation of units.read(unit)) found.delete(relation);
  }
  // A foreign key makes a key of whatever columns of a source it refers to.
  const referred = new Set<string>();
  for (const { declared } of relations) {
    for (const { references } of "foreignKeys" in declared ? declared.foreignKeys : []) {
      referred.add(JSON.stringify([references.schema, references.name]));
    }
  }
  for (const relation of found) {
    const { schema, name } = relation.declared;
    if (!relation.maker && referred.has(JSON.stringify([schema, name]))) found.delete(relation);
  }
  return found;
}

/** Types that PostgreSQL can sort by itself. */
const SORTED =
  /^(bigint|integer|int|smallint|int[248]|numeric|decimal|boolean|text|varchar|char|character|date|time|timestamp|timestamptz|uuid)\b[^[]*$/i;

/** The column to say that a table is partitioned by: one that stands in all its keys. Undefined where there is none. */
export function partitionColumn({ declared, columns }: Relation): string | undefined {
  // Before PostgreSQL 17 a partitioned table can't number its rows.
  if (columns.some(({ identity }) => identity !== undefined)) return undefined;
  const keys = "indexes" in declared ? keysOf(declared) : [];
  const isInAll = ({ name }: Column) => keys.every((key) => key.includes(name));
  return columns.find((column) => SORTED.test(column.type) && isInAll(column))?.name;
}

const keysOf = ({ primaryKey, unique, indexes }: TableOutput): readonly (readonly string[])[] => [
  ...(primaryKey ? [primaryKey.columns] : []),
  ...unique.map(({ columns }) => columns),
  // No key of a partitioned table may be an expression.
  ...indexes.flatMap(({ unique, keys }) =>
    unique ? [keys.every(({ column }) => column !== undefined) ? keys.map(({ column }) => column!) : []] : [],
  ),
];
