/** Foreign keys are verified before either side is published; as constraints they come back NOT VALID, then are validated. */
import type pg from "pg";
import { defaultName } from "../../check/default_names.ts";
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.ts";
import type { PlannedTransform, ReferencingKey } from "../../plan/types.ts";
import { tableText, type ForeignKey, type TableName, type TableOutput } from "../../project/types.ts";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { foreignKeyFailed } from "../build/codes.ts";
import { identifier, list, literal, qualified } from "../names.ts";
import type { Relation } from "./relation.ts";
import { forCatalogs } from "./around/catalogs.ts";

export const foreignKeyName = (table: TableName, key: ForeignKey): string =>
  key.name ?? defaultName(table.name, key.columns, "fkey");

export const foreignKeyText = (key: ForeignKey): string =>
  `FOREIGN KEY (${list(key.columns)}) REFERENCES ${qualified(key.references)} (${list(key.references.columns)})`;

/** Where the rows of both sides stand: those that are new, and the table as it will be. */
export interface Rows {
  readonly added: TableName;
  readonly whole: TableName;
}

/** The new rows against the tables that they refer to, and other tables' rows against the table as it will be. */
export async function foreignKeyProblems(
  client: pg.Client,
  output: TableOutput,
  rows: Rows,
  referencedBy: readonly ReferencingKey[],
  span: Span,
): Promise<readonly Diagnostic[]> {
  const problems: Diagnostic[] = [];
  for (const key of output.foreignKeys) {
    const to = tableText(key.references) === tableText(output) ? rows.whole : key.references;
    if (!(await hasColumns(client, to, key.references.columns))) {
      const message = `${tableText(output)} refers to ${tableText(key.references)} (${key.references.columns.join(", ")}), which does not exist in the warehouse`;
      problems.push(foreignKeyFailed({ message, span, hint: "Build that table first: nothing was published." }));
      continue;
    }
    const count = await orphans(client, rows.added, key, to);
    if (count > 0) problems.push(failed(output, key, count, span));
  }
  for (const { table, key } of referencedBy) {
    if (tableText(table) === tableText(output) || !(await hasColumns(client, table, key.columns))) continue;
    const count = await orphans(client, table, key, rows.whole);
    if (count > 0) problems.push(failed(table, key, count, span));
  }
  return problems;
}

async function hasColumns(client: pg.Client, table: TableName, columns: readonly string[]): Promise<boolean> {
  const rows = await rowsOf(
    client,
    `SELECT pg_catalog.count(*) = pg_catalog.cardinality($2::pg_catalog.name[]) AS there FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = ANY ($2::pg_catalog.name[]) AND NOT a.attisdropped`,
    [qualified(table), columns],
  );
  return rows[0]?.["there"] === true;
}

async function orphans(client: pg.Client, from: TableName, key: ForeignKey, to: TableName): Promise<number> {
  const same = key.columns.map(
    (column, n) => `r.${identifier(key.references.columns[n] ?? "")} = f.${identifier(column)}`,
  );
  const given = key.columns.map((column) => `f.${identifier(column)} IS NOT NULL`);
  const rows = await rowsOf(
    client,
    `SELECT pg_catalog.count(*) AS count FROM ${qualified(from)} f WHERE ${given.join(" AND ")}
     AND NOT EXISTS (SELECT FROM ${qualified(to)} r WHERE ${same.join(" AND ")})`,
  );
  return rows[0]?.["count"] as number;
}

const failed = (from: TableName, key: ForeignKey, count: number, span: Span): Diagnostic =>
  foreignKeyFailed({
    message: `${count} row(s) of ${tableText(from)} (${key.columns.join(", ")}) refer to rows that ${tableText(key.references)} (${key.references.columns.join(", ")}) does not have`,
    span,
    hint: "Nothing was published.",
  });

/**
 * Which publishes of the tables on the other side the verification has seen. Where it is another at the time of the
 * publish, what was verified may no longer hold.
 */
export async function othersPublished(
  client: pg.Client,
  output: TableOutput,
  referencedBy: readonly ReferencingKey[],
): Promise<string> {
  const others = [
    ...output.foreignKeys.map((key) => tableText(key.references)),
    ...referencedBy.map(({ table }) => tableText(table)),
  ];
  if (others.length === 0) return "";
  const rows = await rowsOf(
    client,
    `SELECT coalesce(pg_catalog.string_agg(o.name || ' ' || o.xmin, ', ' ORDER BY o.name), '') AS published
     FROM ctf.output o WHERE o.name = ANY ($1)`,
    [others],
  );
  return rows[0]?.["published"] as string;
}

/** A foreign key as it stands on a table in the warehouse. */
export interface KeptKey {
  readonly table: TableName;
  readonly name: string;
  readonly definition: string;
  readonly comment?: string;
  readonly key: ForeignKey;
}

/** Foreign keys of other tables to this one that CTF made, as its records say, by oid: they follow the swap. */
export async function ourForeignKeys(client: pg.Client, table: Relation): Promise<ReadonlyMap<number, KeptKey>> {
  const candidates = table.dependents.filter(
    (dependent) =>
      dependent.catalog === "pg_constraint" && dependent.detail === "f" && dependent.relation !== table.oid,
  );
  if (candidates.length === 0) return new Map();
  const [, result] = await batch(client, [
    forCatalogs,
    {
      text: `SELECT k.oid::bigint, n.nspname AS schema, c.relname AS table_name, k.conname AS name,
       pg_catalog.pg_get_constraintdef(k.oid) AS definition, pg_catalog.obj_description(k.oid, 'pg_constraint') AS comment, rn.nspname AS to_schema, r.relname AS to_name,
       ${columnNames("k.conrelid", "k.conkey")} AS columns, ${columnNames("k.confrelid", "k.confkey")} AS to_columns
     FROM pg_catalog.pg_constraint k
     JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
     JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
     JOIN ctf.output o ON o.relation = c.oid AND k.conname = ANY (o.made)
     WHERE k.oid::bigint = ANY ($1::bigint[])`,
      values: [`{${candidates.map((candidate) => candidate.oid).join(",")}}`],
    },
  ]);
  return new Map(
    (result?.rows ?? []).map((row): [number, KeptKey] => {
      const text = (name: string) => row[name] as string;
      const references = {
        schema: text("to_schema"),
        name: text("to_name"),
        columns: row["to_columns"] as readonly string[],
      };
      return [
        row["oid"] as number,
        {
          table: { schema: text("schema"), name: text("table_name") },
          name: text("name"),
          definition: text("definition"),
          ...(row["comment"] === null ? {} : { comment: text("comment") }),
          key: { name: text("name"), columns: row["columns"] as readonly string[], references, enforce: true },
        },
      ];
    }),
  );
}

const columnNames = (table: string, numbers: string) =>
  `(SELECT pg_catalog.jsonb_agg(a.attname ORDER BY n.place)
    FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS n (number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = ${table} AND a.attnum = n.number)`;

/**
 * Other tables' keys that have to hold for the new rows: those that are declared, and those that are still in the
 * database although no definition declares them; but not those of tables that the same plan builds anew afterwards.
 */
export const keysToHold = (
  { referencedBy, rebuiltLater }: Pick<PlannedTransform, "referencedBy" | "rebuiltLater">,
  kept: Iterable<KeptKey> = [],
): readonly ReferencingKey[] => {
  const text = ({ table, key }: ReferencingKey) =>
    JSON.stringify([tableText(table), key.columns, key.references.columns]);
  const declared = new Set(referencedBy.map(text));
  const all = [...referencedBy, ...[...kept].filter((key) => !declared.has(text(key)))];
  return all.filter(({ table }) => !rebuiltLater.includes(tableText(table)));
};

/** A foreign key that a publish adds. */
export interface AddedKey {
  readonly table: TableName;
  readonly name: string;
  readonly definition: string;
  readonly comment?: string;
}

/** With what was said of the old table's keys of the same names. */
export async function withComments(
  client: pg.Client,
  old: Relation,
  keys: readonly AddedKey[],
): Promise<readonly AddedKey[]> {
  const rows = await rowsOf(
    client,
    `SELECT k.conname AS name, pg_catalog.obj_description(k.oid, 'pg_constraint') AS comment FROM pg_catalog.pg_constraint k
     WHERE k.conrelid = $1::bigint::oid AND k.contype = 'f' AND pg_catalog.obj_description(k.oid, 'pg_constraint') IS NOT NULL`,
    [old.oid],
  );
  const comments = new Map(rows.map(({ name, comment }) => [name as string, comment as string]));
  return keys.map((key) => {
    const comment = comments.get(key.name);
    return comment === undefined ? key : { ...key, comment };
  });
}

export const declaredKey = (table: TableName, key: ForeignKey): AddedKey => ({
  table,
  name: foreignKeyName(table, key),
  definition: foreignKeyText(key),
});

const unchecked = / NOT (VALID|ENFORCED)$/;

/** Adds a constraint without reading the rows, to be validated after the publish. */
export const addNotValid = ({ table, name, definition, comment }: AddedKey): readonly Statement[] => [
  {
    text: `ALTER TABLE ${qualified(table)} ADD CONSTRAINT ${identifier(name)} ${definition}${unchecked.test(definition) ? "" : " NOT VALID"}`,
  },
  ...(comment === undefined
    ? []
    : [{ text: `COMMENT ON CONSTRAINT ${identifier(name)} ON ${qualified(table)} IS ${literal(comment)}` }]),
];

/** What was never to hold for the rows that are there is not validated. */
export const validate = ({ table, name, definition }: AddedKey): readonly Statement[] =>
  unchecked.test(definition)
    ? []
    : [{ text: `ALTER TABLE ${qualified(table)} VALIDATE CONSTRAINT ${identifier(name)}` }];

export const dropConstraint = ({ table, name }: KeptKey): Statement => ({
  text: `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${identifier(name)}`,
});
