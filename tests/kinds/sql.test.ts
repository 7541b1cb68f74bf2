/** sql: a person's statements as they are, and the outputs that they are to make. */
import { expect, test } from "vitest";
import { lines } from "../support/files.ts";
import { problems, warehouse, type Warehouse } from "../support/warehouse.ts";

const TABLE = "kind: sql\noutput:\n  table: lab.t\n  columns: [{name: id, type: int}]\n";
const setup = "CREATE SCHEMA lab";
const told = async (w: Warehouse): Promise<readonly string[]> => {
  const result = await w.run();
  return lines(result.transforms.flatMap(({ diagnostics }) => diagnostics));
};
const exists = (w: Warehouse, name: string) => w.value("SELECT to_regclass($1) IS NOT NULL", [name]);

test("outputs are verified: what is missing or different undoes all of it", async () => {
  const yaml = `kind: sql
outputs:
  - table: lab.t
    columns: [{name: id, type: int}, {name: name, type: text}]
  - view: lab.v
  - function: lab.f
    arguments: [int]
`;
  const w = await warehouse(
    18,
    { "t.yaml": yaml, "t.sql": "CREATE TABLE lab.t (id bigint);\nCREATE TABLE lab.v ();" },
    setup,
  );
  expect(await told(w)).toEqual([
    expect.stringMatching(
      /t\.yaml:1:1 CTF510 the table in the warehouse does not give the columns of lab\.t: name is missing \(declared text\); id is bigint, declared integer/,
    ),
    "pipelines/p/t.yaml:1:1 CTF529 view lab.v is a table in the warehouse",
    "pipelines/p/t.yaml:1:1 CTF529 function lab.f(int) does not exist in the warehouse",
  ]);
  expect(await exists(w, "lab.t")).toBe(false);

  w.write({
    "t.sql": `CREATE TABLE lab.t (id int, name text);
      CREATE VIEW lab.v AS SELECT id FROM lab.t;
      CREATE FUNCTION lab.f(n int) RETURNS int LANGUAGE sql RETURN n + 1;`,
  });
  await w.publish();
  expect(await w.rows("SELECT name, transform FROM ctf.output ORDER BY 1")).toEqual([
    { name: "lab.t", transform: "p.t" },
    { name: "lab.v", transform: "p.t" },
  ]);
});

test("a view and a table get their words and grants", async () => {
  const yaml = `kind: sql
outputs:
  - {table: lab.t, description: A table, columns: [{name: id, type: int, description: Its number}], grants: {public: [select]}}
  - {view: lab.v, description: A view, columns: [{name: id, type: int, description: The same}], grants: {public: [select]}}
  - {view: lab.m, description: A materialized one}
`;
  const sql = `DROP TABLE IF EXISTS lab.t CASCADE;
CREATE TABLE lab.t (id int);
CREATE VIEW lab.v AS SELECT id FROM lab.t;
CREATE MATERIALIZED VIEW lab.m AS SELECT id FROM lab.t;`;
  const w = await warehouse(18, { "t.yaml": yaml, "t.sql": sql }, setup);
  await w.publish();
  await w.publish();
  const words = `SELECT relname, obj_description(oid, 'pg_class') AS about, col_description(oid, 1) AS column,
    has_table_privilege('pg_monitor', oid, 'SELECT') AS granted FROM pg_class
    WHERE relnamespace = 'lab'::regnamespace AND relkind IN ('r', 'v', 'm') ORDER BY 1`;
  expect(await w.rows(words)).toEqual([
    { relname: "m", about: "A materialized one", column: null, granted: false },
    { relname: "t", about: "A table", column: "Its number", granted: true },
    { relname: "v", about: "A view", column: "The same", granted: true },
  ]);
});

test("each statement's error stands at its own line and column", async () => {
  const start = "CREATE TABLE lab.t (id int);\n-- für 🙂\n\n";
  const at = async (sql: string): Promise<readonly string[]> => {
    const w = await warehouse(18, { "t.yaml": TABLE, "t.sql": start + sql }, setup);
    const found = await told(w);
    expect(await exists(w, "lab.t")).toBe(false);
    return found.map((line) => line.replace("pipelines/p/t.sql:", ""));
  };
  // Found in the text: PostgreSQL's message can name only what stands there.
  expect(await at("INSERT INTO lab.t\nSELECT '🙂é', idd FROM lab.t;")).toEqual([
    expect.stringMatching(/^5:14 CTF515 column "idd" does not exist \(SQLSTATE 42703\) → Perhaps you meant/),
  ]);
  expect(await at("SELECT 1;  SELECT * FROM lab.nowhere;")).toEqual([
    '4:26 CTF515 relation "lab.nowhere" does not exist (SQLSTATE 42P01)',
  ]);
  // Found while running: where the statement begins, and never the value.
  expect(await at("  INSERT INTO lab.t VALUES (1);\n  INSERT INTO lab.t SELECT 1 / (id - 1) FROM lab.t;")).toEqual([
    "5:3 CTF515 division by zero (SQLSTATE 22012)",
  ]);
  expect(await at("DO $$ BEGIN\n  RAISE 'Smith, 123-45-6789';\nEND $$;")).toEqual([
    "4:1 CTF515 the SQL raised an error of its own (SQLSTATE P0001)",
  ]);
  // In the body of a function that is just being made.
  expect(await at("CREATE FUNCTION lab.f() RETURNS int LANGUAGE sql AS $$ SELECT nope FROM lab.t $$;")).toEqual([
    expect.stringMatching(/^4:63 CTF515 column "nope" does not exist/),
  ]);
  expect(await at("CREATE FUNCTION lab.f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURM 1;\nEND $$;")).toEqual([
    expect.stringMatching(/^6:3 CTF515 syntax error at or near "RETURM"/),
  ]);
});

test("without a transaction: what can't run in one, statement by statement", async () => {
  const yaml = TABLE.replace("kind: sql", "kind: sql\ntransaction: none\nsettings: {work_mem: 8MB}");
  const sql = `CREATE TABLE IF NOT EXISTS lab.t (id int);
CREATE INDEX CONCURRENTLY IF NOT EXISTS t_id ON lab.t (id);
VACUUM lab.t;
INSERT INTO lab.t SELECT 8 WHERE current_setting('work_mem') = '8MB';
`;
  const w = await warehouse(18, { "t.yaml": yaml, "t.sql": sql }, setup);
  await w.publish();
  expect(await exists(w, "lab.t_id")).toBe(true);
  expect(await w.rows("SELECT id FROM lab.t")).toEqual([{ id: 8 }]);
  w.write({
    "t.sql": `${sql}INSERT INTO lab.t VALUES (1);\nINSERT INTO lab.t SELECT 1 / 0;\nINSERT INTO lab.t VALUES (2);`,
  });
  expect(await told(w)).toEqual(["pipelines/p/t.sql:6:1 CTF515 division by zero (SQLSTATE 22012)"]);
  // What came before stays.
  expect(await w.rows("SELECT id FROM lab.t ORDER BY 1")).toEqual([{ id: 1 }, { id: 8 }, { id: 8 }]);
});

test("a statement that can't run in a transaction says so", async () => {
  const sql = "CREATE TABLE lab.t (id int);\nVACUUM lab.t;";
  const w = await warehouse(18, { "t.yaml": TABLE, "t.sql": sql }, setup);
  expect(await told(w)).toEqual([
    expect.stringMatching(/^pipelines\/p\/t\.sql:2:1 CTF515 the statement can't run in a transaction/),
  ]);
});

test("statements may change the session: the records are written all the same, and the next transform does not see it", async () => {
  const other =
    "kind: create_table_as\noutput:\n  table: lab.other\n  columns: [{name: path, type: text}]\ninputs: [{transform: t}]\n";
  const w = await warehouse(
    18,
    {
      "t.yaml": TABLE,
      "t.sql":
        "CREATE TABLE lab.t (id int);\nCREATE TEMP TABLE t (id text);\nSET search_path TO nowhere;\nSET ROLE pg_monitor;",
      "other.yaml": other,
      "other.sql": "SELECT current_setting('search_path') AS path",
    },
    setup,
  );
  await w.publish({ concurrency: 1 });
  expect(await w.rows("SELECT path FROM lab.other")).toEqual([{ path: '"$user", public' }]);
});

test("no output at all, rows that a statement gives, and notices are nobody's trouble", async () => {
  const sql = "SELECT generate_series(1, 1000);\nDO $$ BEGIN RAISE NOTICE 'Smith'; END $$;\nCREATE TABLE lab.made ();";
  const w = await warehouse(18, { "t.yaml": "kind: sql\noutputs: []\n", "t.sql": sql }, setup);
  const result = await w.publish();
  expect(result.transforms[0]?.counts).toEqual({});
  expect(problems(result)).toEqual([]);
});
