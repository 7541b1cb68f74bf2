/** Rows of a built table merged into the existing one by key: same table, no lock that keeps readers out. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { TableName, TableOutput } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { buildSchema, leave } from "../build/build.ts";
import { countRows, failOn } from "../build/monitors.ts";
import { identifier, list, qualified } from "../names.ts";
import type { RowCounts } from "../outcome.ts";
import { succeeded } from "../records/transform_run.ts";
import { inPhase, runSteps, tableOrigin } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { foreignKeyProblems, keysToHold } from "./foreign_keys.ts";
import { changeRows, refuseLosses } from "./in_place.ts";
import { madeBefore, recordOutput } from "./record.ts";
import { newCheckProblems } from "./settle.ts";

export interface Merge {
  readonly keys: readonly string[];
  /** What an existing row takes over; absent: all that are not keys. */
  readonly updateColumns?: readonly string[];
  readonly deleteMissing: boolean;
  readonly rows: number;
  /** What else is true when it is done, recorded with it. */
  readonly also?: readonly Statement[];
}

/**
 * Types whose own equality says whether a value really differs (1.0 is 1.00). All others are compared as text: json has
 * no equality, boxes compare by area, and an interval of 24 hours equals one of a day.
 */
export const equalByValue: ReadonlySet<string> = new Set([
  "bool",
  "int2",
  "int4",
  "int8",
  "numeric",
  "float4",
  "float8",
  "text",
  "varchar",
  "bpchar",
  "name",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "uuid",
  "bytea",
  "inet",
  "cidr",
  "macaddr",
  "jsonb",
  "oid",
  "int4range",
  "int8range",
  "numrange",
  "daterange",
  "tsrange",
  "tstzrange",
  "_int2",
  "_int4",
  "_int8",
  "_numeric",
  "_text",
  "_varchar",
  "_date",
  "_uuid",
]);

/** In one transaction: missing rows deleted, changed rows updated, new rows inserted. Rows that are the same stay untouched. */
export async function mergeRows(work: Work, output: TableOutput, number: number, merge: Merge): Promise<RowCounts> {
  work.enter("publish");
  const { client, planned } = work;
  const source = { schema: buildSchema(number), name: output.name };
  const counts = await changeRows(work, output, async () => {
    const counts = await merged(work, output, source.schema, merge);
    await refuseLosses(work, output, () => missingRows(work, output, source, merge));
    await checkMerged(work, output, merge, counts);
    const sides = { added: source, whole: output };
    const problems = [
      ...(await newCheckProblems(work, output)),
      ...(await foreignKeyProblems(client, output, sides, keysToHold(planned), work.span)),
    ];
    if (problems.length > 0) throw new DiagnosticError(problems);
    await runSteps(work, [
      recordOutput(work, output, await madeBefore(work, output)),
      ...(merge.also ?? []),
      succeeded(work.record),
      { text: "COMMIT" },
    ]);
    return counts;
  });
  await leave(work, number, source);
  return counts;
}

async function missingRows(work: Work, output: TableName, source: TableName, { keys }: Merge): Promise<number> {
  const rows = await rowsOf(
    work.client,
    `SELECT pg_catalog.count(*) AS count FROM ${qualified(source)} s
     WHERE NOT EXISTS (SELECT FROM ${qualified(output)} t WHERE ${sameKey(keys)})`,
  );
  return rows[0]?.["count"] as number;
}

/** Monitors look at the table as it will be: with all rows missing deleted, those are the rows that came. */
async function checkMerged(work: Work, output: TableOutput, merge: Merge, counts: RowCounts): Promise<void> {
  if (work.planned.monitors.length === 0) return;
  const rows = merge.deleteMissing ? merge.rows : await countRows(work, output);
  await failOn(work, output, rows, rows - (counts.inserted ?? 0) + (counts.deleted ?? 0));
}

const doubledKey =
  "Rows are changed one after the other: a value that goes from one row to another is in both for a moment, unless the key is DEFERRABLE on the table. A swap does not mind.";

/** The statements of the merge, inside the caller's transaction. */
export async function merged(work: Work, output: TableOutput, schema: string, merge: Merge): Promise<RowCounts> {
  const source = { schema, name: output.name };
  const columns = await sharedColumns(work, output, source);
  const statements = mergeStatements(output, source, columns, merge);
  const origin = { ...tableOrigin(output, work.span), doubledKey };
  const results = await runSteps(work, inPhase("publish", statements, origin));
  const [deleted, updated, inserted] = merge.deleteMissing ? results : [undefined, ...results];
  const counts = { inserted: inserted?.count ?? 0, updated: updated?.count ?? 0 };
  return {
    ...counts,
    rows: merge.rows,
    // A key that the table holds twice is updated twice.
    unchanged: Math.max(0, merge.rows - counts.inserted - counts.updated),
    deleted: deleted?.count ?? 0,
  };
}

interface SharedColumn {
  readonly name: string;
  readonly comparable: boolean;
  /** Numbered by PostgreSQL: taken over for new rows, never changed. */
  readonly identity: boolean;
}

/** The columns that the SELECT gave, with how each is compared. A domain is compared like the type below it. */
async function sharedColumns(work: Work, output: TableOutput, source: TableName): Promise<readonly SharedColumn[]> {
  const rows = await rowsOf(
    work.client,
    `SELECT a.attname AS name, coalesce(b.typname, t.typname) AS type
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [qualified(source)],
  );
  const identities = new Set(output.columns.filter((column) => column.identity).map((column) => column.name));
  return rows.map((row) => ({
    name: row["name"] as string,
    comparable: equalByValue.has(row["type"] as string),
    identity: identities.has(row["name"] as string),
  }));
}

const sameKey = (keys: readonly string[]): string =>
  keys.map((key) => `t.${identifier(key)} = s.${identifier(key)}`).join(" AND ");

function mergeStatements(
  target: TableName,
  source: TableName,
  columns: readonly SharedColumn[],
  merge: Merge,
): readonly Statement[] {
  const into = qualified(target);
  const from = qualified(source);
  const same = sameKey(merge.keys);
  const changing = columns.filter(
    ({ name, identity }) =>
      !identity &&
      !merge.keys.includes(name) &&
      (merge.updateColumns === undefined || merge.updateColumns.includes(name)),
  );
  const differs = changing.map(({ name, comparable: plain }) => {
    const cast = plain ? "" : "::text";
    return `t.${identifier(name)}${cast} IS DISTINCT FROM s.${identifier(name)}${cast}`;
  });
  const set = changing.map(({ name }) => `${identifier(name)} = s.${identifier(name)}`).join(", ");
  const names = columns.map(({ name }) => name);
  const overriding = columns.some(({ identity }) => identity) ? " OVERRIDING SYSTEM VALUE" : "";
  const update = changing.length
    ? `UPDATE ${into} t SET ${set} FROM ${from} s WHERE ${same} AND (${differs.join(" OR ")})`
    : `UPDATE ${into} SET ${identifier(merge.keys[0] ?? "")} = NULL WHERE false`;
  return [
    ...(merge.deleteMissing
      ? [{ text: `DELETE FROM ${into} t WHERE NOT EXISTS (SELECT FROM ${from} s WHERE ${same})` }]
      : []),
    { text: update },
    {
      text: `INSERT INTO ${into} (${list(names)})${overriding} SELECT ${names.map((name) => `s.${identifier(name)}`).join(", ")}
             FROM ${from} s WHERE NOT EXISTS (SELECT FROM ${into} t WHERE ${same})`,
    },
  ];
}
