/** What is made of what is given: keys, parents, checks. Tables are PostgreSQL's own, so each row is judged by it, too. */
import type pg from "pg";
import { expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostics/diagnostic.ts";
import { makeCheckedRows } from "../../src/generate/checked_rows.ts";
import { makeRows } from "../../src/generate/make_rows.ts";
import type { GivenRow } from "../../src/generate/types.ts";
import type { Column } from "../../src/project/types.ts";
import { batch } from "../../src/warehouse/session/batch.ts";
import { insertStatements } from "../../src/warehouse/facts/insert.ts";
import { readFacts } from "../../src/warehouse/facts/read.ts";
import { connect, freshDatabase } from "../support/database.ts";

type Given = Readonly<Record<string, readonly GivenRow[]>>;
interface Wanted {
  readonly given?: Given;
  readonly counts?: Readonly<Record<string, number>>;
  readonly seed?: number;
  readonly examples?: Readonly<Record<string, readonly (string | null)[]>>;
}

const column = (name: string, examples: readonly (string | null)[]): Column => ({
  name,
  type: "text",
  phi: false,
  notNull: false,
  examples,
});

/** Makes the tables, makes rows for them and inserts these. */
async function made(setup: string, { given = {}, counts = {}, seed = 1, examples = {} }: Wanted): Promise<pg.Client> {
  const client = await connect((await freshDatabase(18)).url);
  await client.query(setup);
  const tables = await client.query(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid DESC",
  );
  const columns = Object.entries(examples).map(([name, values]) => column(name, values));
  const facts = await readFacts(
    client,
    tables.rows.map(({ relname: name }) => ({ schema: "public", name, columns })),
  );
  const full = <T>(of: Readonly<Record<string, T>>) =>
    new Map(Object.entries(of).map(([name, value]) => [`public.${name}`, value]));
  const rows = await makeCheckedRows(client, facts, full(given), { seed, counts: full(counts) });
  await batch(client, insertStatements(rows));
  return client;
}

const rowsOf = async (client: pg.Client, sql: string) => (await client.query({ text: sql, rowMode: "array" })).rows;

async function refusal(setup: string, wanted: Wanted): Promise<string> {
  try {
    await made(setup, wanted);
  } catch (error) {
    if (error instanceof DiagnosticError)
      return error.diagnostics.map(({ code, message, hint }) => `${code} ${message} → ${hint}`).join("\n");
    throw error;
  }
  return "nothing";
}

const MEMBERS = "CREATE TABLE members (member_id int PRIMARY KEY, name text NOT NULL, plan_code text);";
const CLAIMS = `${MEMBERS}
  CREATE TABLE claims (claim_id text PRIMARY KEY, member_id int NOT NULL REFERENCES members, amount numeric(8,2) NOT NULL);`;

test("a primary key counts up from 1, past what is given", async () => {
  const client = await made(MEMBERS, { given: { members: [{}, { member_id: "3" }, {}, { member_id: "007" }, {}] } });
  expect(await rowsOf(client, "SELECT member_id FROM members ORDER BY 1")).toEqual([[1], [3], [4], [6], [7]]);
});

test("a foreign key makes the parent that its value needs, and one where nothing is said", async () => {
  const client = await made(CLAIMS, {
    given: { claims: [{ member_id: "7" }, { member_id: "7" }, { member_id: "12" }] },
  });
  expect(await rowsOf(client, "SELECT member_id FROM members ORDER BY 1")).toEqual([[7], [12]]);
  const other = await made(CLAIMS, { given: { claims: [{}, {}] } });
  expect(await rowsOf(other, "SELECT member_id FROM members")).toEqual([[1]]);
  expect(await rowsOf(other, "SELECT claim_id, member_id FROM claims ORDER BY 1")).toEqual([
    ["claim-1", 1],
    ["claim-2", 1],
  ]);
});

test("the first of the given parents is number 1, and is found", async () => {
  const client = await made(CLAIMS, { given: { members: [{ name: "Ada" }], claims: [{ member_id: "1" }] } });
  expect(await rowsOf(client, "SELECT member_id, name FROM members")).toEqual([[1, "Ada"]]);
});

test("lines count anew for each claim; one-to-one rows find a parent each; junctions never repeat", async () => {
  const client = await made(
    `${CLAIMS}
     CREATE TABLE lines (claim_id text REFERENCES claims, line_number int, PRIMARY KEY (claim_id, line_number));
     CREATE TABLE details (member_id int PRIMARY KEY REFERENCES members);
     CREATE TABLE seen (member_id int REFERENCES members, claim_id text REFERENCES claims, PRIMARY KEY (member_id, claim_id));
     CREATE TABLE months (member_id int REFERENCES members, month date CHECK (extract(day from month) = 1), PRIMARY KEY (member_id, month));`,
    {
      given: {
        lines: [{ claim_id: "c" }, { claim_id: "c" }, { claim_id: "d" }],
        details: [{}, {}, {}],
        seen: [{}, {}, {}, {}],
        months: [{ member_id: "1" }, { member_id: "1" }, { member_id: "2" }],
      },
    },
  );
  expect(await rowsOf(client, "SELECT * FROM lines ORDER BY 1, 2")).toEqual([
    ["c", 1],
    ["c", 2],
    ["d", 1],
  ]);
  expect(await rowsOf(client, "SELECT count(*)::int FROM seen")).toEqual([[4]]);
  expect(await rowsOf(client, "SELECT member_id, to_char(month, 'YYYY-MM-DD') FROM months ORDER BY 1, 2")).toEqual([
    [1, "2024-01-01"],
    [1, "2024-02-01"],
    [2, "2024-01-01"],
  ]);
});

test("tables that refer to themselves, to each other, and to parts of keys", async () => {
  const client = await made(
    `CREATE TABLE staff (id int PRIMARY KEY, boss int REFERENCES staff);
     CREATE TABLE roots (id int PRIMARY KEY, parent int NOT NULL REFERENCES roots);
     CREATE TABLE plans (tenant int, plan text, PRIMARY KEY (tenant, plan));
     CREATE TABLE people (id int PRIMARY KEY, tenant int NOT NULL, plan text NOT NULL, FOREIGN KEY (tenant, plan) REFERENCES plans);
     CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
     ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;`,
    {
      given: {
        staff: [{}, { boss: "9" }],
        roots: [{}],
        people: [{ tenant: "5" }, { tenant: "5", plan: "gold" }, {}],
        a: [{}],
      },
    },
  );
  expect(await rowsOf(client, "SELECT * FROM staff ORDER BY id")).toEqual([
    [1, null],
    [2, 9],
    [9, null],
  ]);
  expect(await rowsOf(client, "SELECT DISTINCT tenant FROM people WHERE id < 3")).toEqual([[5]]);
});

const CHECKS: readonly (readonly [columns: string, check: string])[] = [
  ["a text", "a IN ('x', 'y')"],
  ["a text", "a = ANY (ARRAY['x', 'y'])"],
  ["a varchar(9)", "a <> ALL (ARRAY['x', 'y'])"],
  ["a int", "a BETWEEN 5 AND 7"],
  ["a int", "a > 1000000"],
  ["a numeric(3,2)", "a > 0 AND a < 0.05"],
  ["a numeric", "a < -17.5"],
  ["a double precision", "a >= 0 AND a <= 1"],
  ["a smallint", "a % 7 = 3"],
  ["a text", "a ~ '^[A-Z]{2}[0-9]{6,8}$'"],
  ["a text", "a ~ '^(H|S)\\d{4}-[[:digit:]]{3}$'"],
  ["a text", "a ~* '^abc?[^x-z]+$' AND length(a) > 6"],
  ["a text", "a LIKE 'PA-____%'"],
  ["a text", "a = upper(a) AND char_length(a) <= 4"],
  ["a text", "trim(a) <> '' AND a !~ '[0-9]'"],
  ["a text", "length(a) = 11"],
  ["a date", "extract(day from a) = 1"],
  ["a date", "date_trunc('month', a) = a"],
  ["a date", "a > '1800-01-01' AND a < '1850-06-01'"],
  ["a date", "extract(isodow FROM a) NOT IN (6, 7)"],
  ["a timestamptz", "a >= '2030-01-01 00:00:00+00'"],
  ["a date, b date", "a <= b"],
  ["a date, b date", "b < a AND b >= '2020-01-01'"],
  ["a int, b int", "a > b"],
  ["a int, b int, c int", "a + b = c OR c IS NULL"],
  ["a int, b int, c bigint", "a + b = c"],
  ['a numeric(6,3), b numeric(6,3), "Sum" numeric(8,3)', '"Sum" = round((a + b) * 2, 3)'],
  ["a text, b text, c text", "c = (upper(a) || ' ' || coalesce(b, '-'))"],
  ["a text, b date", "(a = 'open') = (b IS NULL) AND a IN ('open', 'closed')"],
  ["a text, b date", "a <> 'paid' OR b IS NOT NULL"],
  ["a text, b text", "(a IS NULL) <> (b IS NULL)"],
  ["a text, b text", "a IS NULL AND b IS NOT NULL OR a IS NOT NULL AND b IS NULL"],
  ["a boolean, b int", "a AND b > 5 OR NOT a AND b < -5"],
  ["a daterange", "NOT isempty(a) AND lower(a) > '2001-01-01'"],
  ["a text[]", "cardinality(a) = 2"],
  ["a jsonb", "jsonb_typeof(a) = 'object'"],
  ["a int", "a IS NOT DISTINCT FROM 4 OR a > 100"],
  ["a numeric", "10 / a > 1 AND a > 0"],
  ["a int, g int GENERATED ALWAYS AS (a * 2) STORED", "g > 1"],
];

test.each(CHECKS)("%s CHECK (%s)", async (columns, check) => {
  const names = columns.split(", ").map((text) => text.split(" ")[0]!);
  const client = await made(`CREATE TABLE t (id int PRIMARY KEY, ${columns}, CONSTRAINT holds CHECK (${check}))`, {
    counts: { t: 60 },
  });
  const given = names.map((name) => `${name}::text`).join(", ");
  const [[count, filled]] = (await rowsOf(client, `SELECT count(*)::int, count(coalesce(${given}))::int FROM t`)) as [
    [number, number],
  ];
  expect(count).toBe(60);
  // NULL is the last resort.
  expect(filled).toBeGreaterThan(20);
});

test("a column's examples are its values, also for what no one could guess", async () => {
  const table = "CREATE TABLE t (a text NOT NULL CHECK (md5(a) LIKE '0cc%'), b text PRIMARY KEY)";
  expect(await refusal(table, { counts: { t: 2 } })).toMatchInlineSnapshot(
    `"CTF855 public.t: no values of a were found for which the check t_a_check holds → Write "examples:" with the column a where the table is declared, or give its value in the row."`,
  );
  const examples = { a: ["x", null], b: ["00123", "1E5"] };
  const other = await made("CREATE TABLE t (a text NOT NULL, b text PRIMARY KEY)", { counts: { t: 2 }, examples });
  expect(await rowsOf(other, "SELECT * FROM t ORDER BY b")).toEqual([
    ["x", "00123"],
    ["x", "1E5"],
  ]);
});

test("a key with too few possible values is told of", async () => {
  expect(await refusal("CREATE TABLE t (a boolean PRIMARY KEY)", { counts: { t: 3 } })).toMatchInlineSnapshot(
    `"CTF855 public.t: there are not enough different values for the key (a) → Write "examples:" with the column a where the table is declared, or give its value in the row."`,
  );
  // Another key counts on for ever, and does not help.
  const beside = "CREATE TABLE t (a int, b numeric(10,2), c boolean NOT NULL UNIQUE, PRIMARY KEY (a, b))";
  expect(await refusal(beside, { counts: { t: 3 } })).toMatchInlineSnapshot(
    `"CTF855 public.t: there are not enough different values for the key (c) → Write "examples:" with the column c where the table is declared, or give its value in the row."`,
  );
});

test("columns with a default are PostgreSQL's, generated ones, too; identity goes on after what is made", async () => {
  const client = await made(
    `CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text DEFAULT 'new', n int, twice int GENERATED ALWAYS AS (n * 2) STORED)`,
    { given: { t: [{ n: "4" }, { a: "old", n: "5" }] } },
  );
  await client.query("INSERT INTO t (n) VALUES (6)");
  expect(await rowsOf(client, "SELECT * FROM t ORDER BY id")).toEqual([
    [1, "new", 4, 8],
    [2, "old", 5, 10],
    [3, "new", 6, 12],
  ]);
});

test("lists and texts are taken as they are written", async () => {
  const client = await made("CREATE TABLE t (id text PRIMARY KEY, a text[], n numeric[], j jsonb, s text)", {
    given: { t: [{ id: "00123", a: '["a,b", null, 1E5, "q\\"uote"]', n: "[1.10, 2]", j: "[1.10]", s: "[not a list" }] },
  });
  expect(await rowsOf(client, "SELECT id, a::text, n::text, j::text, s FROM t")).toEqual([
    ["00123", '{"a,b",NULL,1E5,"q\\"uote"}', "{1.10,2}", "[1.10]", "[not a list"],
  ]);
});

test("the same seed gives the same rows, and one more row does not change the others", async () => {
  const client = await connect((await freshDatabase(18)).url);
  await client.query(`${CLAIMS} ALTER TABLE claims ADD note text, ADD paid_on date`);
  const facts = await readFacts(client, [{ schema: "public", name: "claims", columns: [] }]);
  const rows = (seed: number, count: number) => {
    const counts = new Map([
      ["public.claims", count],
      ["public.members", 20],
    ]);
    return makeRows(facts, new Map(), { seed, counts }).find(({ table }) => table.name === "claims")!.rows;
  };
  expect(rows(1, 50)).toEqual(rows(1, 50));
  expect(rows(1, 51).slice(0, 50)).toEqual(rows(1, 50));
  expect(rows(2, 50)).not.toEqual(rows(1, 50));
});
