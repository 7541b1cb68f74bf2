/** PostgreSQL's judgement on rows that are nowhere yet: all of them in one question. */
import type pg from "pg";
import { batch, type Statement } from "../session/batch.ts";
import type { Equality } from "../../sql/conditions/equality.ts";
import { databaseError } from "../errors.ts";
import { identifier } from "../names.ts";
import type { TableFacts, TypeFacts } from "./types.ts";

type Values = ReadonlyMap<string, string | null>;

/**
 * For each row, the names of the checks that do not hold for it; those of its columns' domains are among them. `afterError`:
 * in an open transaction, what takes it back to where it can go on.
 */
export async function brokenChecks(
  client: pg.Client,
  facts: TableFacts,
  rows: readonly Values[],
  afterError?: Statement,
): Promise<readonly (readonly string[])[]> {
  if (rows.length === 0) return [];
  try {
    return await asked(client, facts, rows);
  } catch (error) {
    if (!databaseError(error)) throw error;
    if (afterError) await batch(client, [afterError]);
    // A check that fails with an error does not hold; which row it was, only asking one by one can tell.
    if (rows.length === 1) return [namesOf(facts)];
    const half = rows.length >> 1;
    return [
      ...(await brokenChecks(client, facts, rows.slice(0, half), afterError)),
      ...(await brokenChecks(client, facts, rows.slice(half), afterError)),
    ];
  }
}

const domainChecks = (facts: TableFacts) =>
  facts.columns.flatMap(({ name, of }) =>
    of.is === "domain" ? of.checks.map((check) => ({ column: name, check })) : [],
  );

const namesOf = (facts: TableFacts): readonly string[] => [
  ...facts.checks.map(({ name }) => name),
  ...domainChecks(facts).map(({ check }) => check.name),
];

/**
 * For each row and each expression over its table's columns, the value as PostgreSQL has it in that column; undefined where
 * it fails, or the column can't hold it.
 */
export async function valuesOf(
  client: pg.Client,
  facts: TableFacts,
  rows: readonly Values[],
  equalities: readonly Equality[],
  afterError?: Statement,
): Promise<readonly (readonly (string | null | undefined)[])[]> {
  if (rows.length === 0) return [];
  const typeOf = (name: string) => facts.columns.find((column) => column.name === name)!.type;
  const values = equalities.map(({ column, sql }) => `((${sql})::${typeOf(column)})::pg_catalog.text`);
  try {
    const [result] = await batch(client, [question(facts, rows, values)]);
    return result!.rows.map((row) => values.map((_, n) => row[`answer_${n}`] as string | null));
  } catch (error) {
    if (!databaseError(error)) throw error;
    if (afterError) await batch(client, [afterError]);
    if (rows.length === 1) return [equalities.map(() => undefined)];
    const half = rows.length >> 1;
    return [
      ...(await valuesOf(client, facts, rows.slice(0, half), equalities, afterError)),
      ...(await valuesOf(client, facts, rows.slice(half), equalities, afterError)),
    ];
  }
}

async function asked(client: pg.Client, facts: TableFacts, rows: readonly Values[]): Promise<readonly string[][]> {
  const names = namesOf(facts);
  const [result] = await batch(client, [question(facts, rows, checksOf(facts))]);
  return rows.map((_, i) => {
    const row = result!.rows[i]!;
    return names.filter((_, n) => row[`answer_${n}`] === false);
  });
}

function checksOf(facts: TableFacts): readonly string[] {
  const table = identifier(facts.table.name);
  return [
    ...facts.checks.map(({ sql }) => `(${sql})`),
    ...domainChecks(facts).map(
      ({ column, check }) => `(SELECT (${check.sql}) FROM (SELECT ${table}.${identifier(column)} AS value) AS v)`,
    ),
  ];
}

/** Values come as arrays of texts, one for each column; an expression sees them as its table's columns. */
function question(facts: TableFacts, rows: readonly Values[], expressions: readonly string[]): Statement {
  const columns = facts.columns.filter(({ filledBy }) => filledBy !== "generated");
  const table = identifier(facts.table.name);
  const casts = [
    ...columns.map(({ name, type, of }, i) => `t.c${i}::${baseOf(of) ?? type} AS ${identifier(name)}`),
    // What PostgreSQL makes of the rest is not known yet, and no reason to refuse it.
    ...facts.columns
      .filter((column) => !columns.includes(column))
      .map(({ name, type }) => `NULL::${type} AS ${identifier(name)}`),
  ];
  const texts = columns.map((_, i) => `$${i + 1}::pg_catalog.text[]`);
  return {
    text: `SELECT ${expressions.map((one, n) => `${one} AS answer_${n}`).join(", ")}
             FROM (SELECT ${casts.join(", ")}
                     FROM ROWS FROM (${texts.map((text) => `pg_catalog.unnest(${text})`).join(", ")}) WITH ORDINALITY
                       AS t (${columns.map((_, i) => `c${i}`).join(", ")}, place)
                    ORDER BY t.place) AS ${table}`,
    values: columns.map(({ name }) => arrayOf(rows.map((values) => values.get(name) ?? null))),
  };
}

const baseOf = (type: TypeFacts): string | undefined =>
  type.is === "domain" ? (baseOf(type.of) ?? type.base) : undefined;

const arrayOf = (texts: readonly (string | null)[]): string =>
  `{${texts.map((text) => (text === null ? "NULL" : `"${text.replaceAll(/["\\]/g, "\\$&")}"`)).join(",")}}`;
