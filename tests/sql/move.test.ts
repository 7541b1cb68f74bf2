import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../src/sql/parser.ts";
import { positionIn } from "../../src/sql/positions.ts";
import { madeIn } from "../../src/sql/move/made.ts";
import { moveStatements } from "../../src/sql/move/move.ts";
import type { Move, Moved } from "../../src/sql/move/types.ts";

beforeAll(loadParser);

/** What is called `old…` is only in production. */
const move: Move = {
  schemas: new Set(["a", "b"]),
  functions: new Set(["f"]),
  readFrom: (schema, name) => (name.startsWith("old") ? schema : `dev_${schema}`),
  writtenTo: (schema) => `dev_${schema}`,
};
const moved = (text: string): Moved => moveStatements({ text, line: 1, column: 1 }, move);

describe("every name in the schemas is moved, and nothing else", () => {
  test.each([
    ["SELECT a.x FROM a.t AS a, c.t", "SELECT a.x FROM dev_a.t AS a, c.t"],
    ["SELECT a.t.x, a.t.* FROM a.t -- a.t", "SELECT dev_a.t.x, dev_a.t.* FROM dev_a.t -- a.t"],
    ["SELECT 'a.t', a FROM A . /* a.t */ T", "SELECT 'a.t', a FROM dev_a . /* a.t */ T"],
    ['SELECT \'é😀\' FROM "a"."select"', "SELECT 'é😀' FROM dev_a.\"select\""],
    ["WITH t AS (TABLE a.t) INSERT INTO a.u TABLE t", "WITH t AS (TABLE dev_a.t) INSERT INTO dev_a.u TABLE t"],
    ["SELECT 'a.t'::regclass, NULL::a.t", "SELECT 'dev_a.t'::regclass, NULL::dev_a.t"],
    ["SELECT FROM a.t; DROP TABLE a.t", "SELECT FROM dev_a.t; DROP TABLE dev_a.t"],
    [
      "DROP TABLE b.a, a.t; COMMENT ON COLUMN a.t.a IS 'a.t'",
      "DROP TABLE dev_b.a, dev_a.t; COMMENT ON COLUMN dev_a.t.a IS 'a.t'",
    ],
    ["SELECT a.g(a.x), row(a.*) FROM a.h(2) a", "SELECT dev_a.g(a.x), row(a.*) FROM dev_a.h(2) a"],
    ["SELECT x OPERATOR(a.+) y FROM a.t", "SELECT x OPERATOR(dev_a.+) y FROM dev_a.t"],
    [
      "CREATE FUNCTION a.f() RETURNS a.t LANGUAGE sql AS $$ TABLE a.t $$",
      "CREATE FUNCTION dev_a.f() RETURNS dev_a.t LANGUAGE sql AS $$ TABLE dev_a.t $$",
    ],
    [
      "CREATE FUNCTION a.f() RETURNS int LANGUAGE sql AS 'SELECT ''a.t'' FROM a.t WHERE a.t.x = '''''",
      "CREATE FUNCTION dev_a.f() RETURNS int LANGUAGE sql AS 'SELECT ''a.t'' FROM dev_a.t WHERE dev_a.t.x = '''''",
    ],
    [
      "CREATE PROCEDURE a.p() BEGIN ATOMIC INSERT INTO a.t SELECT x FROM a.u; END",
      "CREATE PROCEDURE dev_a.p() BEGIN ATOMIC INSERT INTO dev_a.t SELECT x FROM dev_a.u; END",
    ],
    [
      "DO $$ DECLARE r a.t%ROWTYPE; q a.m; BEGIN SELECT x INTO r FROM a.t; r.x := (SELECT 1 FROM a.u); END $$",
      "DO $$ DECLARE r dev_a.t%ROWTYPE; q dev_a.m; BEGIN SELECT x INTO r FROM dev_a.t; r.x := (SELECT 1 FROM dev_a.u); END $$",
    ],
    [
      "CREATE TRIGGER t BEFORE INSERT ON a.t FOR EACH ROW EXECUTE FUNCTION a.g()",
      "CREATE TRIGGER t BEFORE INSERT ON dev_a.t FOR EACH ROW EXECUTE FUNCTION dev_a.g()",
    ],
    ["ALTER SEQUENCE a.s OWNED BY a.t.c", "ALTER SEQUENCE dev_a.s OWNED BY dev_a.t.c"],
    [
      "CREATE AGGREGATE a.total(int) (SFUNC = a.plus, STYPE = int)",
      "CREATE AGGREGATE dev_a.total(int) (SFUNC = dev_a.plus, STYPE = int)",
    ],
    [
      "CREATE SCHEMA IF NOT EXISTS a; GRANT USAGE ON SCHEMA a, b TO a; COMMENT ON SCHEMA a IS 'schema a'",
      "CREATE SCHEMA IF NOT EXISTS dev_a; GRANT USAGE ON SCHEMA dev_a, dev_b TO a; COMMENT ON SCHEMA dev_a IS 'schema a'",
    ],
    [
      "GRANT SELECT ON ALL TABLES IN SCHEMA a TO r; GRANT EXECUTE ON FUNCTION a.f(a.t) TO r",
      "GRANT SELECT ON ALL TABLES IN SCHEMA dev_a TO r; GRANT EXECUTE ON FUNCTION dev_a.f(dev_a.t) TO r",
    ],
    [
      "CREATE TEMP TABLE tmp AS TABLE a.t; INSERT INTO tmp TABLE tmp; DROP TABLE tmp",
      "CREATE TEMP TABLE tmp AS TABLE dev_a.t; INSERT INTO tmp TABLE tmp; DROP TABLE tmp",
    ],
    [
      "CREATE MATERIALIZED VIEW a.m AS TABLE a.t; CREATE INDEX i ON a.m (x); COMMENT ON INDEX a.i IS 'a.i'",
      "CREATE MATERIALIZED VIEW dev_a.m AS TABLE dev_a.t; CREATE INDEX i ON dev_a.m (x); COMMENT ON INDEX dev_a.i IS 'a.i'",
    ],
    [
      "DO $$ DECLARE a record; n a.m := 1; BEGIN SELECT 1 AS x INTO a; a.x := a.x + 1; SELECT 2 INTO a.x FROM a.t; END $$",
      "DO $$ DECLARE a record; n dev_a.m := 1; BEGIN SELECT 1 AS x INTO a; a.x := a.x + 1; SELECT 2 INTO a.x FROM dev_a.t; END $$",
    ],
    ["SET search_path = pg_catalog", "SET search_path = pg_catalog"],
    ["SELECT count(*) FILTER (WHERE s = 'a') FROM a.t", "SELECT count(*) FILTER (WHERE s = 'a') FROM dev_a.t"],
  ])("%s", (text, expected) => {
    expect(moved(text)).toMatchObject({ text: expected, opaque: [] });
  });
});

describe("what is only read stays where it is; what may be changed never does", () => {
  test.each([
    ["INSERT INTO a.old SELECT a.old.x FROM a.old", "INSERT INTO dev_a.old SELECT a.old.x FROM a.old"],
    [
      "MERGE INTO a.old t USING a.old s ON true WHEN MATCHED THEN DELETE",
      "MERGE INTO dev_a.old t USING a.old s ON true WHEN MATCHED THEN DELETE",
    ],
    ["UPDATE a.old SET x = 1 FROM a.old AS o", "UPDATE dev_a.old SET x = 1 FROM a.old AS o"],
    ["DELETE FROM a.old USING a.old AS o", "DELETE FROM dev_a.old USING a.old AS o"],
    [
      "TRUNCATE a.old; LOCK TABLE a.old; ANALYZE a.old; REINDEX TABLE a.old",
      "TRUNCATE dev_a.old; LOCK TABLE dev_a.old; ANALYZE dev_a.old; REINDEX TABLE dev_a.old",
    ],
    [
      "DROP TYPE a.old; COMMENT ON TYPE a.old IS ''; DROP FUNCTION a.old(a.old)",
      "DROP TYPE dev_a.old; COMMENT ON TYPE dev_a.old IS ''; DROP FUNCTION dev_a.old(dev_a.old)",
    ],
    [
      "CREATE TABLE a.t (LIKE a.old, y int REFERENCES a.old (y)) INHERITS (a.old)",
      "CREATE TABLE dev_a.t (LIKE a.old, y int REFERENCES dev_a.old (y)) INHERITS (dev_a.old)",
    ],
    ["CREATE VIEW a.old AS TABLE a.old", "CREATE VIEW dev_a.old AS TABLE a.old"],
    ["CREATE TABLE a.t PARTITION OF a.old DEFAULT", "CREATE TABLE dev_a.t PARTITION OF dev_a.old DEFAULT"],
    [
      "SELECT nextval('a.old'), nextval('a.old'::regclass), setval('a.old', 1)",
      "SELECT nextval('dev_a.old'), nextval('dev_a.old'::regclass), setval('dev_a.old', 1)",
    ],
    ["SELECT pg_table_size('a.old'), a.old(1)", "SELECT pg_table_size('a.old'), a.old(1)"],
    [
      "DO $$ BEGIN DELETE FROM a.old; PERFORM FROM a.old; perform a.g(); END $$",
      "DO $$ BEGIN DELETE FROM dev_a.old; PERFORM FROM a.old; perform dev_a.g(); END $$",
    ],
  ])("%s", (text, expected) => {
    expect(moved(text)).toMatchObject({ text: expected, opaque: [] });
  });
});

describe("what can't be seen through is told", () => {
  test.each([
    ["DO $$ BEGIN EXECUTE 'TABLE a.t'; END $$", "SQL that EXECUTE puts together when it runs"],
    [
      "SELECT query_to_xml(q, true, true, '') FROM c.t",
      "a call of query_to_xml, which runs or reads what a string says",
    ],
    ["SELECT dblink_exec('TRUNCATE x')", "a call of dblink_exec, which runs or reads what a string says"],
    ["SELECT c.run('TRUNCATE a.t')", "a string that may be code"],
    ["SELECT c.run('TRUNCATE ' || 'A . t')", "a string that may be code"],
    ["SELECT format('TRUNCATE \"a\".%I', x)", "a string that may be code"],
    ["SELECT * FROM a.t FOR UPDATE", "FOR UPDATE or FOR SHARE, which locks rows of what is read"],
    ["SELECT 'a.f'::regproc", "a name in a string"],
    ["SELECT '{a.t}'::regclass[]", "a name in a string"],
    ["SELECT setval('ops.s', 1)", "a change to ops.s, which is not in a schema of the project's outputs"],
    ["SELECT nextval('s')", "a change to s, which is not in a schema of the project's outputs"],
    ["GRANT USAGE ON SCHEMA a, ops TO r", "a change to ops.*, which is not in a schema of the project's outputs"],
    ["COMMENT ON SCHEMA ops IS ''", "a change to ops.*, which is not in a schema of the project's outputs"],
    [
      "GRANT SELECT ON ALL TABLES IN SCHEMA ops TO r",
      "a change to ops.*, which is not in a schema of the project's outputs",
    ],
    ["SELECT nextval(x)", "a call of nextval for a sequence that is known only when it runs"],
    ["SELECT nextval('a.s'::text)", "a call of nextval for a sequence that is known only when it runs"],
    ["SELECT set_config('search_path', 'a', true)", "a call of set_config that may set the search_path"],
    ["SELECT f(1)", "a call of f without its schema"],
    ["SELECT * FROM t", "t without its schema"],
    ["INSERT INTO t VALUES (1)", "t without its schema"],
    ["SELECT * FROM d.a.t", "a name with a database in front"],
    ['DELETE FROM U&"\\0061".t', "a.t, written in an unusual way"],
    ['DROP FUNCTION U&"\\0061".f', "a name with Unicode escapes"],
    ["SET search_path = c, a", "a search_path that names a schema of outputs"],
    [
      "CREATE FUNCTION a.f() RETURNS int LANGUAGE sql SET search_path = a AS 'SELECT 1'",
      "a search_path that names a schema of outputs",
    ],
    ["ALTER FUNCTION a.f() SET search_path = a", "a search_path that names a schema of outputs"],
    ["INSERT INTO ops.x VALUES (1)", "a change to ops.x, which is not in a schema of the project's outputs"],
    ["DROP FUNCTION ops.x", "a change to ops.x, which is not in a schema of the project's outputs"],
    ["GRANT EXECUTE ON FUNCTION ops.x TO r", "a change to ops.x, which is not in a schema of the project's outputs"],
    ["CREATE TYPE m AS ENUM ('x')", "a change to m, which is not in a schema of the project's outputs"],
    [
      "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "a change to g, which is not in a schema of the project's outputs",
    ],
    ["COPY a.t TO '/tmp/x'", "COPY to a file or a program of the server"],
    ["COPY a.t FROM PROGRAM 'x'", "COPY to a file or a program of the server"],
    ["CREATE EXTENSION x", "a statement that acts on more than tables (CreateExtension)"],
    ["ALTER TABLE a.t SET SCHEMA b", "a statement that acts on more than tables (AlterObjectSchema)"],
    ["DROP SCHEMA a", "a statement on something that lives in no schema"],
    [
      "ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT SELECT ON TABLES TO r",
      "a statement that acts on more than tables (AlterDefaultPrivileges)",
    ],
    ["CREATE MATERIALIZED VIEW a.m AS TABLE a.old", "something that holds on to a.old, which is not built here yet"],
    ["CREATE TABLE a.t (x a.old)", "something that holds on to a.old, which is not built here yet"],
    [
      "CREATE FUNCTION a.h(a.old) RETURNS int RETURN 1",
      "something that holds on to a.old, which is not built here yet",
    ],
    [
      "CREATE FUNCTION a.h() RETURNS bigint RETURN (SELECT count(*) FROM a.old)",
      "something that holds on to a.old, which is not built here yet",
    ],
    ["VACUUM", "VACUUM or ANALYZE of the whole database"],
    ["REINDEX SCHEMA a", "REINDEX of a whole schema or database"],
    ["CREATE FUNCTION a.f() RETURNS int LANGUAGE plpython3u AS 'return 1'", "the body of a function in plpython3u"],
    [
      "CREATE FUNCTION a.f() RETURNS int LANGUAGE sql AS E'SELECT 1\\n'",
      "the body of a function in a string with escapes",
    ],
  ])("%s", (text, expected) => {
    expect(moved(text).opaque.map(({ what }) => what)).toContain(expected);
  });
});

test("temporary tables of the statements before are known", () => {
  const temporary = new Set<string>();
  const one = (text: string) => moveStatements({ text, line: 1, column: 1 }, move, temporary);
  one("CREATE TEMP TABLE tmp (x int)");
  expect(one("INSERT INTO tmp TABLE a.t")).toMatchObject({ text: "INSERT INTO tmp TABLE dev_a.t", opaque: [] });
});

test("places in the new text lead back to the person's file", () => {
  const code = { text: "SELECT 'é😀' FROM a.t x,\n  a.u y WHERE oops", line: 3, column: 5 };
  const { text, renamed } = moveStatements(code, move);
  const offset = (part: string): number => [...text.slice(0, text.indexOf(part))].length;
  const place = (part: string, more = 0) => positionIn({ ...code, text, renamed }, offset(part) + more);
  expect(place("SELECT")).toEqual({ line: 3, column: 5 });
  expect(place("é", 1)).toEqual({ line: 3, column: 14 });
  expect(place("dev_a.t")).toEqual({ line: 3, column: 22 });
  expect(place("dev_a.t", 4)).toEqual({ line: 3, column: 22 });
  expect(place("x,")).toEqual({ line: 3, column: 26 });
  expect(place("dev_a.u")).toEqual({ line: 4, column: 3 });
  expect(place("oops")).toEqual({ line: 4, column: 15 });
});

test("what statements make", () => {
  const text = `CREATE TABLE a.t (x int); CREATE SEQUENCE a.s; CREATE TYPE a.m AS ENUM ('x'); CREATE TYPE a.c AS (x int);
    CREATE DOMAIN a.d AS int; CREATE VIEW a.v AS SELECT 1; CREATE FUNCTION a.f() RETURNS int RETURN 1; CREATE TEMP TABLE x (y int)`;
  expect(
    madeIn({ text })
      .map(({ what, schema, name }) => `${what} ${schema}.${name}`)
      .sort(),
  ).toEqual(["function a.f", "relation a.s", "relation a.t", "relation a.v", "type a.c", "type a.d", "type a.m"]);
});

test("without the old schemas' names in the text, statements stay as they are, and nothing ever throws", () => {
  const word = fc.constantFrom(
    "SELECT",
    "a",
    ".",
    "t",
    ",",
    "(",
    ")",
    "FROM",
    "'a.t'",
    "$$",
    "DROP TABLE",
    ";",
    "::",
    "f",
    "é",
    "DO",
    "E'\\n'",
    "\0",
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const text = words.join(" ");
      const result = moved(text);
      expect(text.includes("a") || result.text === text).toBe(true);
    }),
  );
});
