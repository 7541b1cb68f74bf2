/** PostgreSQL is the measure: what it records of a view, and what really changes when an input column does. */
import { beforeAll, describe, expect, test } from "vitest";
import type pg from "pg";
import { lineage, type Lineage } from "../../src/sql/lineage/lineage.ts";
import type { InputColumn } from "../../src/sql/lineage/flow.ts";
import type { Catalog } from "../../src/sql/lineage/scope.ts";
import { loadParser } from "../../src/sql/parser.ts";
import { sharedClient } from "../support/database.ts";
import { generated } from "./corpus/generate.ts";
import { catalogOf, corpus, schema } from "./corpus/read.ts";

const client = sharedClient(18, schema);
let catalog: Catalog;

beforeAll(async () => {
  await loadParser();
  catalog = await catalogOf(client());
});

const known = new Map<string, Lineage>();

function analysed(text: string): Lineage {
  const result = known.get(text) ?? lineage({ text, line: 1, column: 1 }, catalog);
  if (!result) throw new Error(`no lineage of ${text}`);
  known.set(text, result);
  return result;
}

const nameOf = ({ schema, table, column }: InputColumn): string => `${schema}.${table}.${column}`;

test("there are enough queries", () => {
  expect(corpus().length).toBeGreaterThan(150);
  expect(new Set([...corpus(), ...generated(300)]).size).toBeGreaterThan(450);
});

describe.each([
  ["queries written by hand", corpus()],
  ["generated queries", generated(300)],
])("%s", (_, queries) => {
  test("names and number of the output columns are PostgreSQL's", async () => {
    const wrong: string[] = [];
    for (const query of queries) {
      const { fields } = await run(`SELECT * FROM (${query}) q LIMIT 0`);
      const ours = analysed(query);
      const names = [fields.map(({ name }) => name).join(), ours.columns.map(({ name }) => name).join()];
      if (names[0] !== names[1] || ours.notes.length > 0) wrong.push([query, ...names, ...ours.notes].join("\n"));
    }
    expect(wrong).toEqual([]);
  });

  test("the columns read are those that pg_depend lists for a view of it", async () => {
    const wrong: string[] = [];
    for (const query of queries) {
      const ours = analysed(query).reads.map(nameOf);
      const theirs = await dependencies(query, analysed(query).columns.length);
      if (ours.sort().join() !== theirs.join()) wrong.push(`${query}\n  pg ${theirs.join()}\n  we ${ours.join()}`);
    }
    expect(wrong).toEqual([]);
  });

  test("a change of an input column changes only output columns whose lineage lists it", async () => {
    const before = new Map<string, readonly string[]>();
    for (const query of queries) before.set(query, await contents(query));
    const wrong: string[] = [];
    let count = 0;
    for (const { column, change } of await changes()) {
      const touched = queries.filter((query) => analysed(query).reads.some((read) => nameOf(read) === column));
      await undone(async () => {
        await run(change);
        for (const query of touched) {
          const { columns, rows } = analysed(query);
          if (rows.some((input) => nameOf(input) === column)) continue;
          const after = await contents(query);
          for (const [n, { name, value, decides }] of columns.entries()) {
            if ([...value, ...decides].some((input) => nameOf(input) === column)) continue;
            count += 1;
            if (after[n] !== before.get(query)?.[n]) wrong.push(`${column} changes ${name} in ${query}`);
          }
        }
      });
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(200);
  });

  test("a column that is handed on unchanged holds nothing but its source's values", async () => {
    const wrong: string[] = [];
    let count = 0;
    for (const query of queries) {
      for (const [n, { copyOf, value, name }] of analysed(query).columns.entries()) {
        if (!copyOf || copyOf.column === "ctid") continue;
        count += 1;
        expect(value).toContain(copyOf);
        const source = await run(`SELECT "${copyOf.column}" FROM h."${copyOf.table}"`);
        const values = new Set([null, ...source.rows.map(([text]) => text)]);
        const { rows } = await run(query);
        if (rows.some((row) => !values.has(row[n] ?? null))) wrong.push(`${name} in ${query}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(30);
  });
});

/** Everything as the server's own text. */
async function run(text: string): Promise<pg.QueryArrayResult<(string | null)[]>> {
  const types = { getTypeParser: () => (value: string) => value };
  return client()
    .query<(string | null)[]>({ text, rowMode: "array", types })
    .catch((error: Error) => {
      throw new Error(`${error.message}: ${text}`);
    });
}

async function undone<T>(work: () => Promise<T>): Promise<T> {
  await client().query("BEGIN");
  try {
    return await work();
  } finally {
    await client().query("ROLLBACK");
  }
}

/** Each output column's values, sorted: the order of rows is not part of a table. */
async function contents(query: string): Promise<readonly string[]> {
  const { rows, fields } = await run(query);
  return fields.map((_, n) =>
    rows
      .map((row) => row[n] ?? "NULL")
      .sort()
      .join("|"),
  );
}

/** Ways to change every row of a column, by its type; the keys stay unique. */
const NEW_VALUES: Readonly<Record<string, readonly string[]>> = {
  int4: ["100 - $"],
  numeric: ["100 - $", "7"],
  text: ["reverse($) || 'z'", "'paid'"],
  date: ["date '2019-01-01' + (date '2020-01-01' - $)"],
  bool: ["NOT $"],
  _text: ["ARRAY['q', 'en', 'q']"],
  jsonb: [`'{"pcp": 3, "drg": 8, "tags": ["q"], "lines": [4, 4, 5]}'`],
  address: ["ROW ('p', 'q', 'r')::h.address"],
};

async function changes(): Promise<readonly { readonly column: string; readonly change: string }[]> {
  const { rows } = await run(`
    SELECT c.relname, a.attname, t.typname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_type t ON t.oid = a.atttypid WHERE c.relnamespace = 'h'::regnamespace AND c.relkind = 'r' AND a.attnum > 0`);
  return rows.flatMap(([table, column, type]) =>
    NEW_VALUES[type ?? ""]!.map((to) => ({
      column: `h.${table}.${column}`,
      change: `UPDATE h."${table}" SET "${column}" = ${to.replace("$", `"${column}"`)}`,
    })),
  );
}

/** Columns of composite types are no columns of a table, and system columns have negative numbers: both stay out. */
async function dependencies(query: string, columns: number): Promise<string[]> {
  const names = Array.from({ length: columns }, (_, n) => `c${n}`).join();
  const { rows } = await undone(async () => {
    await run(`CREATE VIEW h.v (${names}) AS ${query}`);
    return run(`
    SELECT DISTINCT n.nspname || '.' || c.relname || '.' || a.attname
    FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    JOIN pg_class c ON c.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass AND c.relkind = 'r'
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    WHERE r.ev_class = 'h.v'::regclass AND d.refobjsubid > 0`);
  });
  return rows.map(([name]) => name ?? "").sort();
}
