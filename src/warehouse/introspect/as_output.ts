/** A live table as a definition would declare it. */
import type {
  Column,
  Index,
  IndexKey,
  KeyConstraint,
  Statistics,
  TableOutput,
  ViewOutput,
} from "../../project/types.ts";
import type { LiveColumn, LiveConstraint, LiveIndex, LiveIndexKey, LiveStatistics, LiveTable } from "./types.ts";

/** What a definition leaves to PostgreSQL is left out of it: names that it would choose itself, and defaults. */
export function asTable(live: LiveTable): TableOutput {
  const { relation, constraints } = live;
  const [primaryKey] = constraints.flatMap((c) => (c.type === "primary_key" ? [key(c, `${relation.name}_pkey`)] : []));
  return {
    type: "table",
    schema: relation.schema,
    name: relation.name,
    columns: live.columns.map(column),
    ...(primaryKey ? { primaryKey } : {}),
    unique: constraints.flatMap((c) =>
      c.type === "unique" ? [key(c, `${relation.name}_${c.columns.join("_")}_key`)] : [],
    ),
    indexes: live.indexes.map((each) => index(each, relation.name)),
    constraints: constraints.flatMap((c) => (c.type === "check" ? [{ name: c.name, check: c.expression }] : [])),
    foreignKeys: constraints.flatMap((c) => {
      if (c.type !== "foreign_key") return [];
      const name = named(c.name, `${relation.name}_${c.columns.join("_")}_fkey`);
      return [{ ...name, columns: c.columns, references: c.references, enforce: true }];
    }),
    statistics: live.statistics.filter(sayable).map(statistics),
    grants: grants(live),
  };
}

export function asView(live: LiveTable): ViewOutput {
  const { schema, name } = live.relation;
  return { type: "view", schema, name, columns: live.columns.map(column), grants: grants(live) };
}

const named = (name: string, usual: string): { readonly name?: string } => (name === usual ? {} : { name });

/** Such as a serial column's: its sequence belongs to this very table, and goes when another takes its place. */
const fromSequence = (value: string): boolean => /^nextval\('.*'::regclass\)$/s.test(value);

function column({ name, type, comment, notNull, identity, default: value }: LiveColumn): Column {
  return {
    name,
    type,
    ...(comment === undefined ? {} : { description: comment }),
    phi: false,
    notNull,
    ...(identity === undefined ? {} : { identity }),
    ...(value === undefined || fromSequence(value) ? {} : { default: value }),
  };
}

function key(constraint: Extract<LiveConstraint, { nullsNotDistinct: boolean }>, usual: string): KeyConstraint {
  const { name, columns, nullsNotDistinct } = constraint;
  return { ...named(name, usual), columns, ...(nullsNotDistinct ? { nullsNotDistinct } : {}) };
}

function index(live: LiveIndex, table: string): Index {
  const keys = live.keys.map((each) => indexKey(each, live.ordered));
  const columns = [...live.keys.map((each) => each.column), ...live.include];
  const usual = columns.every((name) => name !== undefined) ? `${table}_${columns.join("_")}_idx` : "";
  return {
    ...named(live.name, usual),
    keys,
    unique: live.unique,
    ...(live.method === "btree" ? {} : { method: live.method }),
    ...(live.where === undefined ? {} : { where: live.where }),
    ...(live.include.length > 0 ? { include: live.include } : {}),
  };
}

function indexKey({ column: name, expression, order, nulls, opclass }: LiveIndexKey, ordered: boolean): IndexKey {
  const usualNulls = order === "desc" ? "first" : "last";
  return {
    ...(name === undefined ? {} : { column: name }),
    ...(expression === undefined ? {} : { expression }),
    ...(ordered && order === "desc" ? { order } : {}),
    ...(ordered && nulls !== usualNulls ? { nulls } : {}),
    ...(opclass === undefined ? {} : { opclass }),
  };
}

const sayable = (live: LiveStatistics): boolean => live.expressions.length === 0;

const ALL_STATISTICS = 3;
const statistics = ({ name, columns, kinds }: LiveStatistics): Statistics => ({
  name,
  columns,
  ...(kinds.length === ALL_STATISTICS ? {} : { kinds }),
});

const grants = (live: LiveTable): TableOutput["grants"] =>
  live.grants
    .filter((grant) => grant.column === undefined)
    .map(({ role, privileges }) => ({
      role: role === "PUBLIC" ? "public" : role,
      privileges: privileges.map((privilege) => privilege.toLowerCase()),
    }));

/** What the format has no words for, one sentence each: somebody has to look after it by hand. */
export function unsayable({
  relation,
  columns,
  constraints,
  indexes,
  statistics,
  grants,
}: LiveTable): readonly string[] {
  const when = (condition: boolean, text: string) => (condition ? [text] : []);
  const options = relation.kind === "table" ? relation.options : [];
  return [
    ...columns.flatMap((c) => [
      ...when(
        c.generated !== undefined,
        `column ${c.name} is generated as ${c.generated}; for CTF to build the table it has to be a plain one that the SELECT computes (ALTER COLUMN ${c.name} DROP EXPRESSION)`,
      ),
      ...when(
        c.default !== undefined && fromSequence(c.default),
        `column ${c.name} is numbered by a sequence, ${c.default}; in a table that CTF builds, identity: by_default does that`,
      ),
      ...when(c.collation !== undefined, `column ${c.name} has the collation ${c.collation}`),
    ]),
    ...constraints.flatMap((c) => [
      ...when(c.type === "exclusion", `exclusion constraint ${c.name}: ${c.definition}`),
      ...when(c.type === "foreign_key" && c.special, `foreign key ${c.name} does more than verify: ${c.definition}`),
      ...when("include" in c && c.include.length > 0, `constraint ${c.name} includes columns: ${c.definition}`),
      ...when(c.deferrable, `constraint ${c.name} is deferrable`),
      ...when(!c.validated, `constraint ${c.name} was never validated: rows may break it`),
    ]),
    ...indexes.flatMap((i) => [
      ...when(i.options.length > 0, `index ${i.name} has options: ${i.options.join(", ")}`),
      ...when(i.nullsNotDistinct, `unique index ${i.name} counts nulls as alike: declare it under unique: instead`),
      ...when(
        i.keys.some((k) => k.collation !== undefined),
        `index ${i.name} has a collation of its own: ${i.definition}`,
      ),
      ...when(!i.valid, `index ${i.name} is invalid on the live table`),
    ]),
    ...statistics.flatMap((s) => when(!sayable(s), `statistics on expressions: ${s.definition}`)),
    ...grants.flatMap((g) => [
      ...when(g.column !== undefined, `${g.role} has ${g.privileges.join(", ")} on column ${g.column} alone`),
      ...when(g.grantable, `${g.role} may pass on ${g.privileges.join(", ")}`),
    ]),
    ...when(options.length > 0, `storage options: ${options.join(", ")}`),
  ];
}
