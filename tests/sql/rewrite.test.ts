import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../src/sql/parser.ts";
import { rewriteRelations, type Renaming, type Rewritten } from "../../src/sql/rewrite.ts";

beforeAll(loadParser);

const rewritten = (text: string, renaming: Renaming): Rewritten =>
  rewriteRelations({ text, line: 1, column: 1 }, renaming);
const toDev: Renaming = (schema, name) => (schema === "a" ? { schema: "dev_a", name } : undefined);
const toOther: Renaming = (schema, name) => (schema === "a" ? { schema: "a", name: `${name}_2` } : undefined);

describe("another schema", () => {
  test.each([
    ["SELECT a.x FROM a.t AS a, b.t", "SELECT a.x FROM dev_a.t AS a, b.t"],
    ["SELECT a.t.x, a.t.* FROM a.t -- a.t", "SELECT dev_a.t.x, dev_a.t.* FROM dev_a.t -- a.t"],
    ["SELECT 'a.t', a FROM A . /* a.t */ T", "SELECT 'a.t', a FROM dev_a.t"],
    ['SELECT \'é😀\' FROM "a"."select"', "SELECT 'é😀' FROM dev_a.\"select\""],
    ["WITH t AS (TABLE a.t) INSERT INTO a.u TABLE t", "WITH t AS (TABLE dev_a.t) INSERT INTO dev_a.u TABLE t"],
    ["SELECT 'a.t'::regclass, NULL::a.t", "SELECT 'dev_a.t'::regclass, NULL::dev_a.t"],
    ["SELECT FROM a.t; DROP TABLE a.t", "SELECT FROM dev_a.t; DROP TABLE dev_a.t"],
    [
      "DROP TABLE b.a, a.t; COMMENT ON COLUMN a.t.a IS 'a.t'",
      "DROP TABLE b.a, dev_a.t; COMMENT ON COLUMN dev_a.t.a IS 'a.t'",
    ],
    [
      "CREATE FUNCTION f.f() RETURNS a.t LANGUAGE sql AS $$ TABLE a.t $$",
      "CREATE FUNCTION f.f() RETURNS dev_a.t LANGUAGE sql AS $$ TABLE dev_a.t $$",
    ],
    [
      "CREATE FUNCTION f.f() RETURNS int LANGUAGE sql AS 'SELECT ''a.t'' FROM a.t WHERE a.t.x = '''''",
      "CREATE FUNCTION f.f() RETURNS int LANGUAGE sql AS 'SELECT ''a.t'' FROM dev_a.t WHERE dev_a.t.x = '''''",
    ],
    [
      "DO $$ DECLARE r a.t%ROWTYPE; BEGIN SELECT x INTO r FROM a.t; r.x := (SELECT 1 FROM a.u); END $$",
      "DO $$ DECLARE r dev_a.t%ROWTYPE; BEGIN SELECT x INTO r FROM dev_a.t; r.x := (SELECT 1 FROM dev_a.u); END $$",
    ],
  ])("%s", (text, expected) => {
    const { text: result, opaque } = rewritten(text, toDev);
    expect(result).toBe(expected);
    expect(opaque).toEqual([]);
  });
});

describe("another name: the old one stays as alias", () => {
  test.each([
    ["SELECT t.x, a.t.y FROM a.t JOIN a.u ON true", "SELECT t.x, t.y FROM a.t_2 AS t JOIN a.u_2 AS u ON true"],
    ["SELECT q.x FROM a.t q", "SELECT q.x FROM a.t_2 q"],
    ["UPDATE a.t SET x = t.y", "UPDATE a.t_2 AS t SET x = t.y"],
    ["TABLE a.t", "TABLE a.t_2"],
    ["TRUNCATE a.t", "TRUNCATE a.t_2"],
  ])("%s", (text, expected) => {
    expect(rewritten(text, toOther).text).toBe(expected);
  });
});

test("places in the new text lead back to the person's file", () => {
  const text = "SELECT 'é😀' FROM a.t x,\n  a.u y WHERE oops";
  const { text: result, toFile } = rewritten(text, toDev);
  const offset = (part: string): number => [...result.slice(0, result.indexOf(part))].length;
  expect(toFile(offset("oops"))).toEqual({ line: 2, column: 15 });
  expect(toFile(offset("dev_a.u"))).toEqual({ line: 2, column: 3 });
  expect(toFile(offset("x,"))).toEqual({ line: 1, column: 22 });
  expect(toFile(0)).toEqual({ line: 1, column: 1 });
});

test("what can't be looked into is listed", () => {
  const { opaque } = rewritten("DO $$ BEGIN EXECUTE 'TABLE a.t'; END $$", toDev);
  expect(opaque.map(({ what }) => what)).toEqual(["SQL that EXECUTE puts together when it runs"]);
});
