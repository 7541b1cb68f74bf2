/** upsert: rows by key, of which only those that really differ are touched. */
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/run/events.ts";
import { connect } from "../support/database.ts";
import { problems, warehouse, type Warehouse } from "../support/warehouse.ts";

const upsert = (columns: string, more = "", top = ""): string => `kind: upsert
${top}output:
  table: lab.t
  columns:
${columns
  .trim()
  .split("\n")
  .map((column) => `    - ${column.trim()}`)
  .join("\n")}
${more}`;

const KEYED = "  primary_key: [id]\n";
const counts = (result: RunResult) => result.transforms[0]?.counts;
const all = (w: Warehouse) => w.rows("SELECT * FROM lab.t ORDER BY 1, 2");
/** Which version of each row stands there: a row that was touched has another. */
const versions = (w: Warehouse) => w.rows("SELECT id, xmin::text AS made_by, ctid::text FROM lab.t ORDER BY 1");

describe.each([15, 18] as const)("on PostgreSQL %i", (major) => {
  test("inserts, updates, leaves alone and counts; only rows that differ are touched", async () => {
    const columns = `
      {name: id, type: int}
      {name: name, type: text}
      {name: amount, type: numeric}
      {name: doc, type: json}
      {name: docb, type: jsonb}
      {name: born, type: date}
      {name: tags, type: "text[]"}`;
    const w = await warehouse(
      major,
      { "t.yaml": upsert(columns, KEYED), "t.sql": "SELECT * FROM lab.source" },
      `CREATE SCHEMA lab;
       CREATE TABLE lab.source (id int, name text, amount numeric, doc json, docb jsonb, born date, tags text[]);
       INSERT INTO lab.source VALUES
         (1, 'same', 1.0, '{"a": 1}', '{"a": 1, "b": 2}', '1950-01-01', '{x}'),
         (2, NULL, NULL, NULL, NULL, NULL, NULL),
         (3, 'changes', 3, '{}', '{}', '1960-01-01', '{}'),
         (4, 'goes', 4, '{}', '{}', NULL, '{}')`,
    );
    expect(counts(await w.publish())).toEqual({ rows: 4, inserted: 4, updated: 0, unchanged: 0, deleted: 0 });
    const before = await versions(w);
    expect(counts(await w.publish())).toEqual({ rows: 4, inserted: 0, updated: 0, unchanged: 4, deleted: 0 });
    expect(await versions(w)).toEqual(before);

    // The scale of a numeric and the order of jsonb's keys make no difference.
    await w.client.query(`
      UPDATE lab.source SET amount = 1.00, docb = '{"b": 2.0, "a": 1}' WHERE id = 1;
      UPDATE lab.source SET name = NULL WHERE id = 3;
      DELETE FROM lab.source WHERE id = 4;
      INSERT INTO lab.source (id, name) VALUES (5, 'new')`);
    expect(counts(await w.publish())).toEqual({ rows: 4, inserted: 1, updated: 1, unchanged: 2, deleted: 0 });
    const after = await versions(w);
    expect(after.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect([after[0], after[1], after[3]]).toEqual([before[0], before[1], before[3]]);
    expect(after[2]).not.toEqual(before[2]);

    // json has no equality: its text is compared.
    await w.client.query(`UPDATE lab.source SET doc = '{"a":1}' WHERE id = 1`);
    expect(counts(await w.publish())).toMatchObject({ updated: 1, unchanged: 3 });
    expect(
      await w.rows("SELECT inserted, updated, unchanged, deleted FROM ctf.transform_run ORDER BY run DESC LIMIT 1"),
    ).toEqual([{ inserted: 0, updated: 1, unchanged: 3, deleted: 0 }]);
  });
});

test("delete_missing, update_columns and keys of several columns", async () => {
  const columns = `
    {name: plan, type: text}
    {name: year, type: int}
    {name: cost, type: int}
    {name: note, type: text}`;
  const top = "keys: [plan, year]\nupdate_columns: [cost]\ndelete_missing: true\n";
  const w = await warehouse(
    18,
    { "t.yaml": upsert(columns, "", top), "t.sql": "SELECT * FROM lab.source" },
    `CREATE SCHEMA lab; CREATE TABLE lab.source (plan text, year int, cost int, note text);
     INSERT INTO lab.source VALUES ('a', 2020, 1, 'first'), ('a', 2021, 2, 'first'), ('b', 2020, 3, 'first')`,
  );
  await w.publish();
  await w.client.query(`
    DELETE FROM lab.source WHERE plan = 'b';
    INSERT INTO lab.source VALUES ('c', 2020, 4, 'second');
    UPDATE lab.source SET note = 'second';
    UPDATE lab.source SET cost = 20 WHERE year = 2021`);
  expect(counts(await w.publish())).toEqual({ rows: 3, inserted: 1, updated: 1, unchanged: 1, deleted: 1 });
  expect(await all(w)).toEqual([
    { plan: "a", year: 2020, cost: 1, note: "first" },
    { plan: "a", year: 2021, cost: 20, note: "first" },
    { plan: "c", year: 2020, cost: 4, note: "second" },
  ]);
});

test("a table of keys alone has nothing to update", async () => {
  const w = await warehouse(
    18,
    { "t.yaml": upsert("{name: id, type: int}", KEYED), "t.sql": "SELECT generate_series(1, 3) AS id" },
    "CREATE SCHEMA lab",
  );
  await w.publish();
  w.write({ "t.sql": "SELECT generate_series(2, 5) AS id" });
  expect(counts(await w.publish())).toEqual({ rows: 4, inserted: 2, updated: 0, unchanged: 2, deleted: 0 });
});

test("a key that comes twice or is null is told by its columns, with nothing changed", async () => {
  const columns = `
    {name: plan, type: text}
    {name: year, type: int}
    {name: cost, type: int}`;
  const w = await warehouse(
    18,
    { "t.yaml": upsert(columns, "", "keys: [plan, year]\n"), "t.sql": "SELECT 'a' AS plan, 2020 AS year, 1 AS cost" },
    "CREATE SCHEMA lab",
  );
  const twice = "SELECT plan, 2020 AS year, cost FROM (VALUES ('a', 2), ('b', 3), ('b', 4)) v (plan, cost)";
  const isNull = "SELECT 'a' AS plan, CASE n WHEN 1 THEN 2020 END AS year, 2 AS cost FROM generate_series(1, 2) n";
  const unchanged = async (sql: string, problem: RegExp): Promise<void> => {
    w.write({ "t.sql": sql });
    const result = await w.run();
    expect(problems(result)).toEqual([expect.stringMatching(problem)]);
  };
  // As the first run, which would make the table, and as a later one.
  await unchanged(twice, /^p\.t CTF512 lab\.t: rows come twice for .*\(plan, year\)/);
  await unchanged(isNull, /^p\.t CTF511 lab\.t\.year has NULLs/);
  expect(await w.value("SELECT to_regclass('lab.t')")).toBeNull();
  w.write({ "t.sql": "SELECT 'a' AS plan, 2020 AS year, 1 AS cost" });
  await w.publish();
  await unchanged(twice, /^p\.t CTF512 lab\.t: rows come twice for .*\(plan, year\)/);
  await unchanged(isNull, /^p\.t CTF511 lab\.t\.year has NULLs/);
  expect(await all(w)).toEqual([{ plan: "a", year: 2020, cost: 1 }]);
});

test("reads its own earlier rows, from the first run on", async () => {
  const columns = `
    {name: id, type: int, not_null: true, description: Its number}
    {name: seen, type: int}`;
  const yaml = upsert(columns, `${KEYED}  indexes: [{columns: [seen]}]\n`, "inputs: [{transform: t}]\n");
  const sql = `SELECT n AS id, coalesce((SELECT t.seen FROM lab.t t WHERE t.id = n), 0) + 1 AS seen FROM generate_series(1, 2) n`;
  const w = await warehouse(18, { "t.yaml": yaml, "t.sql": sql }, "CREATE SCHEMA lab");
  expect(counts(await w.publish())).toEqual({ rows: 2, inserted: 2, updated: 0, unchanged: 0, deleted: 0 });
  expect(counts(await w.publish())).toEqual({ rows: 2, inserted: 0, updated: 2, unchanged: 0, deleted: 0 });
  expect(await all(w)).toEqual([
    { id: 1, seen: 2 },
    { id: 2, seen: 2 },
  ]);
  expect(await w.value("SELECT count(*)::int FROM pg_indexes WHERE schemaname = 'lab' AND tablename = 't'")).toBe(2);
  expect(await w.value("SELECT col_description('lab.t'::regclass, 1)")).toBe("Its number");
  expect(await w.value("SELECT explain IS NOT NULL FROM ctf.transform_run ORDER BY run LIMIT 1")).toBe(true);
});

test("a first run that reads itself and fails leaves no table", async () => {
  const yaml = upsert("{name: id, type: int}", KEYED, "inputs: [{transform: t}]\n");
  const w = await warehouse(18, { "t.yaml": yaml }, "CREATE SCHEMA lab");
  const fails = async (sql: string, problem: string): Promise<void> => {
    w.write({ "t.sql": sql });
    expect(problems(await w.run())).toEqual([expect.stringContaining(problem)]);
    expect(await w.value("SELECT to_regclass('lab.t')")).toBeNull();
    expect(await w.value("SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^ctf_'")).toBe(0);
  };
  await fails("SELECT id::text AS id FROM lab.t", "CTF510");
  await fails("SELECT n % 2 AS id FROM generate_series(1, 3) n WHERE n NOT IN (SELECT id FROM lab.t)", "CTF512");
  await fails(
    "SELECT 1 / (n - 1) AS id FROM generate_series(1, 3) n WHERE n NOT IN (SELECT id FROM lab.t)",
    "division by zero",
  );
});

test("columns that PostgreSQL fills in are set once, and never overwritten", async () => {
  const columns = `
    {name: number, type: bigint, identity: always}
    {name: id, type: int}
    {name: name, type: text}
    {name: first_seen, type: timestamptz, default: clock_timestamp()}`;
  const w = await warehouse(
    18,
    { "t.yaml": upsert(columns, KEYED), "t.sql": "SELECT * FROM lab.source" },
    "CREATE SCHEMA lab; CREATE TABLE lab.source AS SELECT n AS id, 'n' AS name FROM generate_series(1, 2) n",
  );
  await w.publish();
  const before = await w.rows("SELECT * FROM lab.t ORDER BY id");
  expect(counts(await w.publish())).toMatchObject({ unchanged: 2 });
  await w.client.query("UPDATE lab.source SET name = 'm' WHERE id = 1; INSERT INTO lab.source VALUES (3, 'n')");
  expect(counts(await w.publish())).toMatchObject({ inserted: 1, updated: 1, unchanged: 1 });
  const after = await w.rows("SELECT * FROM lab.t ORDER BY id");
  expect(after.slice(0, 2)).toEqual([{ ...before[0], name: "m" }, before[1]]);
  expect(after[2]).toMatchObject({ id: 3 });
  expect(new Set(after.map(({ number }) => number)).size).toBe(3);
  expect(after[2]?.["first_seen"]).not.toBeNull();
});

test("a live table without the declared columns: the ALTER to run, before anything is built", async () => {
  const columns = "{name: id, type: int}\n{name: cost, type: 'numeric(12,2)'}\n{name: note, type: text}";
  const w = await warehouse(
    18,
    { "t.yaml": upsert(columns, KEYED), "t.sql": "SELECT 1 AS id, 2::numeric(12,2) AS cost, 'x' AS note" },
    "CREATE SCHEMA lab; CREATE TABLE lab.t (id int PRIMARY KEY, cost int, more text)",
  );
  const result = await w.run();
  expect(problems(result)).toEqual([
    'p.t CTF531 lab.t in the warehouse is not as declared: cost is integer, declared numeric(12,2); it lacks note text → Alter it to match: ALTER TABLE "lab"."t" ALTER COLUMN "cost" TYPE numeric(12,2), ADD COLUMN "note" text; Or drop it, and the next run makes it anew.',
  ]);
  expect(result.transforms[0]?.phases).not.toHaveProperty("build");
  await w.client.query('ALTER TABLE "lab"."t" ALTER COLUMN "cost" TYPE numeric(12,2), ADD COLUMN "note" text');
  expect(counts(await w.publish())).toMatchObject({ inserted: 1 });
});

test("what others have put on the table stays, and so does the table", async () => {
  const w = await warehouse(
    18,
    {
      "t.yaml": upsert("{name: id, type: int}\n{name: name, type: text}", KEYED),
      "t.sql": "SELECT 1 AS id, 'a' AS name",
    },
    "CREATE SCHEMA lab",
  );
  await w.publish();
  await w.client.query(`
    CREATE MATERIALIZED VIEW lab.m AS SELECT * FROM lab.t;
    CREATE TABLE lab.log (what text);
    CREATE FUNCTION lab.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO lab.log VALUES (TG_OP); RETURN NULL; END';
    CREATE TRIGGER noting AFTER INSERT OR UPDATE ON lab.t FOR EACH ROW EXECUTE FUNCTION lab.note();
    CREATE INDEX by_hand ON lab.t (name)`);
  const oid = await w.value("SELECT 'lab.t'::regclass::oid");
  w.write({ "t.sql": "SELECT n AS id, 'b' AS name FROM generate_series(1, 2) n" });
  await w.publish();
  expect(await w.value("SELECT 'lab.t'::regclass::oid")).toBe(oid);
  expect(await w.rows("SELECT what FROM lab.log ORDER BY 1")).toEqual([{ what: "INSERT" }, { what: "UPDATE" }]);
  expect(await w.value("SELECT to_regclass('lab.by_hand') IS NOT NULL")).toBe(true);
});

test("a writer who comes in between is waited for, and what it wrote counts", async () => {
  const w = await warehouse(
    18,
    {
      "t.yaml": upsert("{name: id, type: int}\n{name: name, type: text}", KEYED),
      "t.sql": "SELECT 1 AS id, 'ours' AS name",
    },
    "CREATE SCHEMA lab; CREATE TABLE lab.t (id int PRIMARY KEY, name text)",
  );
  const writer = await connect(w.url);
  await writer.query("BEGIN; INSERT INTO lab.t VALUES (1, 'theirs')");
  const going = await w.start();
  await going.saw(({ type }) => type === "waiting");
  await writer.query("COMMIT");
  expect(counts(await going.result)).toMatchObject({ inserted: 0, updated: 1 });
  expect(await all(w)).toEqual([{ id: 1, name: "ours" }]);
});

test("rows that break what the table demands change nothing", async () => {
  const w = await warehouse(
    18,
    { "t.yaml": upsert("{name: id, type: int}\n{name: cost, type: int}", KEYED), "t.sql": "SELECT 1 AS id, 1 AS cost" },
    "CREATE SCHEMA lab",
  );
  await w.publish();
  await w.client.query("ALTER TABLE lab.t ADD CONSTRAINT positive CHECK (cost > 0)");
  w.write({ "t.sql": "SELECT n AS id, 2 - n AS cost FROM generate_series(1, 2) n" });
  const result = await w.run();
  expect(problems(result)).toEqual([expect.stringMatching(/^p\.t CTF513 lab\.t: rows break the constraint positive/)]);
  expect(await all(w)).toEqual([{ id: 1, cost: 1 }]);
  // The built rows are not kept for --resume: they would break it again.
  expect(await w.value("SELECT status FROM ctf.transform_run ORDER BY run DESC LIMIT 1")).toBe("failed");
  expect(await w.value("SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^ctf_'")).toBe(0);
});

test("a check that is new in the definition has to hold, or nothing changes", async () => {
  const check = `${KEYED}  constraints: [{name: positive, check: "cost > 0"}]\n`;
  const columns = "{name: id, type: int}\n{name: cost, type: int}";
  const w = await warehouse(
    18,
    { "t.yaml": upsert(columns, KEYED), "t.sql": "SELECT 1 AS id, 1 AS cost" },
    "CREATE SCHEMA lab",
  );
  await w.publish();
  w.write({ "t.yaml": upsert(columns, check), "t.sql": "SELECT n AS id, 2 - n AS cost FROM generate_series(1, 2) n" });
  expect(problems(await w.run())).toEqual(["p.t CTF513 lab.t: rows break the constraint positive: CHECK (cost > 0)"]);
  expect(await all(w)).toEqual([{ id: 1, cost: 1 }]);
  expect(await w.value("SELECT count(*)::int FROM pg_constraint WHERE conname = 'positive'")).toBe(0);
  w.write({ "t.sql": "SELECT n AS id, n AS cost FROM generate_series(1, 2) n" });
  await w.publish();
  expect(await w.value("SELECT convalidated FROM pg_constraint WHERE conname = 'positive'")).toBe(true);
});
