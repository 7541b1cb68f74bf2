import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../src/sql/parser.ts";
import { relationsUsed, type Relation } from "../../src/sql/relations.ts";

beforeAll(loadParser);

const used = (text: string): ReturnType<typeof relationsUsed> => relationsUsed({ text, line: 1, column: 1 });
const names = (relations: readonly Relation[]): string =>
  relations.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`)).join(" ");

describe("what statements read, write and make", () => {
  test.each([
    ["INSERT INTO a.t SELECT * FROM b.s", "b.s", "a.t", ""],
    ["UPDATE a.t SET x = s.x FROM b.s s WHERE EXISTS (TABLE c.r)", "b.s c.r", "a.t", ""],
    ["DELETE FROM a.t USING b.s", "b.s", "a.t", ""],
    ["MERGE INTO a.t USING b.s ON true WHEN MATCHED THEN DELETE", "b.s", "a.t", ""],
    ["TRUNCATE a.t, b.s", "", "a.t b.s", ""],
    ["COPY a.t FROM '/x'", "", "a.t", ""],
    ["COPY a.t TO '/x'", "a.t", "", ""],
    ["COPY (SELECT FROM b.s) TO '/x'", "b.s", "", ""],
    ["CREATE TABLE a.t AS SELECT FROM b.s", "b.s", "", "a.t"],
    ["CREATE TABLE a.t (LIKE b.s, r int REFERENCES c.r) INHERITS (d.p)", "b.s c.r d.p", "", "a.t"],
    ["SELECT 1 INTO a.t FROM b.s", "b.s", "", "a.t"],
    ["CREATE VIEW a.v AS TABLE b.s; CREATE MATERIALIZED VIEW a.m AS TABLE b.r", "b.s b.r", "", "a.v a.m"],
    ["CREATE INDEX ON a.t (x); ALTER TABLE a.u ADD y int; REFRESH MATERIALIZED VIEW a.m", "", "a.t a.u a.m", ""],
    ["DROP TABLE a.t, b; COMMENT ON COLUMN a.s.x IS 'x'; GRANT SELECT ON a.r TO PUBLIC", "", "a.t b a.s a.r", ""],
    ["WITH gone AS (DELETE FROM a.t RETURNING *) INSERT INTO b.t TABLE gone", "", "a.t b.t", ""],
    ["WITH t AS (TABLE b.s) INSERT INTO t SELECT * FROM t", "b.s", "t", ""],
    ["SELECT 'a.seq'::regclass, nextval('b.seq'), regclass '\"C\".d', to_regclass('e')", "a.seq b.seq C.d e", "", ""],
    ['SELECT FROM Raw.Claims, "Raw"."Claims"', "raw.claims Raw.Claims", "", ""],
    [
      "DROP TRIGGER x ON a.t; DROP POLICY x ON a.u; COMMENT ON RULE x ON a.v IS ''; REINDEX TABLE a.w",
      "",
      "a.t a.u a.v a.w",
      "",
    ],
    [
      "DROP INDEX IF EXISTS a.i; ALTER INDEX a.i RENAME TO j; REINDEX INDEX a.i; CREATE TYPE a.pair AS (x int)",
      "",
      "",
      "",
    ],
    [
      "CREATE FUNCTION a.f() RETURNS TABLE (n int) LANGUAGE plpgsql AS $$ BEGIN FOR n IN TABLE b.s LOOP RETURN NEXT; END LOOP; END $$",
      "b.s",
      "",
      "",
    ],
  ])("%s", (text, reads, writes, makes) => {
    const relations = used(text);
    expect([names(relations.reads), names(relations.writes), names(relations.makes)]).toEqual([reads, writes, makes]);
    expect(relations.opaque).toEqual([]);
  });
});

describe("temporary tables made here are nobody's input or output", () => {
  test.each([
    "CREATE TEMP TABLE x AS TABLE b.s; INSERT INTO x TABLE x; DROP TABLE x",
    "SELECT 1 INTO TEMP x FROM b.s; SELECT FROM x; TRUNCATE x",
    "CREATE TEMPORARY TABLE x (a int); COPY x FROM '/x'; SELECT FROM pg_temp.x, b.s",
  ])("%s", (text) => {
    const { reads, writes, makes } = used(text);
    expect([names(reads), names(writes), names(makes)]).toEqual(["b.s", "", ""]);
  });
});

test("every place is given, in characters", () => {
  const { reads } = relationsUsed({ text: "SELECT 'é😀' FROM a.b\nJOIN\n  a.b c ON true", line: 3, column: 5 });
  expect(reads).toEqual([
    {
      schema: "a",
      name: "b",
      places: [
        { line: 3, column: 22 },
        { line: 5, column: 3 },
      ],
    },
  ]);
});

describe("bodies of functions", () => {
  const places = (text: string): string[] => {
    const { reads, writes } = used(text);
    return [...reads, ...writes].flatMap(({ schema, name, places }) =>
      places.map(({ line, column }) => `${schema}.${name} ${line}:${column}`),
    );
  };

  test("of SQL, in dollar quotes, single quotes and BEGIN ATOMIC", () => {
    expect(places("CREATE FUNCTION f.a() RETURNS int LANGUAGE sql AS $x$\n  SELECT 1 FROM a.b $x$")).toEqual([
      "a.b 2:17",
    ]);
    expect(places("CREATE FUNCTION f.a() RETURNS text LANGUAGE sql AS 'SELECT ''é'' FROM a.b'")).toEqual(["a.b 1:71"]);
    expect(places("CREATE FUNCTION f.a() RETURNS int BEGIN ATOMIC SELECT 1 FROM a.b; END")).toEqual(["a.b 1:62"]);
  });

  test("of PL/pgSQL: statements, conditions, assignments, loops, cursors and queries with INTO", () => {
    const body = `
DECLARE n int := (SELECT 1 FROM a.one); c CURSOR FOR SELECT * FROM a.two; r a.eight%ROWTYPE;
BEGIN
  n := 1 + (SELECT 1 FROM a.three);
  IF EXISTS (SELECT FROM a.four) THEN SELECT x, y INTO n FROM a.five; END IF;
  FOR r IN SELECT * FROM a.six LOOP INSERT INTO b.w VALUES (r.x); END LOOP;
  RETURN QUERY SELECT * FROM a.seven;
END`;
    const { opaque } = used(`DO $$${body}$$`);
    expect(opaque).toEqual([]);
    expect(places(`DO $$${body}$$`)).toEqual([
      "a.one 2:33",
      "a.two 2:68",
      "a.eight 2:77",
      "a.three 4:27",
      "a.four 5:26",
      "a.five 5:63",
      "a.six 6:26",
      "a.seven 7:30",
      "b.w 6:49",
    ]);
  });

  test("of PL/pgSQL with parameters, rows and a result", () => {
    const head = "CREATE FUNCTION f.a(m int, OUT n int, OUT o int) LANGUAGE plpgsql AS $$";
    expect(places(`${head} BEGIN SELECT x, y INTO n, o FROM a.b; n := m; RETURN; END $$`)).toEqual(["a.b 1:106"]);
    const trigger = "CREATE FUNCTION f.b() RETURNS trigger LANGUAGE plpgsql AS $$";
    expect(places(`${trigger} BEGIN new.x := (SELECT 1 FROM a.b); RETURN new; END; $$`)).toEqual(["a.b 1:92"]);
    const value = "CREATE FUNCTION f.c() RETURNS int LANGUAGE plpgsql AS $$";
    expect(places(`${value}DECLARE r a.b%ROWTYPE; BEGIN r.x := 1; RETURN (SELECT 1 FROM a.c); END $$`)).toEqual([
      "a.b 1:67",
      "a.c 1:118",
    ]);
  });

  test("what nobody can see before it runs is said so, with its place", () => {
    const text = `DO $$ BEGIN
  EXECUTE 'DROP TABLE a.b';
END $$;
CREATE FUNCTION f.a() RETURNS int LANGUAGE plpython3u AS 'return 1';
CREATE FUNCTION f.b() RETURNS int LANGUAGE sql AS E'SELECT 1\\n';`;
    expect(used(text).opaque.map(({ what, start }) => `${start.line}:${start.column} ${what}`)).toEqual([
      "2:3 SQL that EXECUTE puts together when it runs",
      "4:58 the body of a function in plpython3u",
      "5:51 the body of a function in a string with escapes",
    ]);
  });
});
