import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../src/sql/parser.ts";
import { relationsMade, relationsRead } from "../../src/sql/relations.ts";

beforeAll(loadParser);

const reads = (text: string): readonly string[] =>
  relationsRead({ text, line: 1, column: 1 }).map(({ schema, name }) => `${schema ?? ""}.${name}`);

describe("what a SELECT reads", () => {
  test.each([
    ["SELECT * FROM a.b JOIN c.d ON true, LATERAL (SELECT FROM e.f) x", ["a.b", "c.d", "e.f"]],
    ["SELECT (SELECT max(i) FROM a.b), EXISTS (TABLE c.d) ORDER BY (SELECT 1 FROM e.f)", ["a.b", "c.d", "e.f"]],
    ["SELECT FROM a.b UNION ALL (SELECT FROM c.d EXCEPT VALUES ((SELECT 1 FROM e.f)))", ["a.b", "c.d", "e.f"]],
    ["SELECT * FROM generate_series(1, (SELECT count(*) FROM a.b)), ROWS FROM (unnest(ARRAY[1])) u", ["a.b"]],
    ["SELECT * FROM ONLY a.b x TABLESAMPLE system (10), a.b y", ["a.b"]],
    ['SELECT * FROM raw."Claims 2018"', ["raw.Claims 2018"]],
    ["SELECT count(b.*) FROM a.b b WHERE b = ANY (SELECT c FROM c)", ["a.b", ".c"]],
    ["SELECT FROM a.b FOR UPDATE OF b", ["a.b"]],
  ])("%s", (text, expected) => {
    expect(reads(text)).toEqual(expected);
  });
});

describe("names of WITH queries", () => {
  test.each([
    ["each sees those before it", "WITH a AS (SELECT FROM s.t), b AS (SELECT FROM a) SELECT FROM b", ["s.t"]],
    ["not itself", "WITH a AS (SELECT FROM a) SELECT FROM a", [".a"]],
    ["not those after it", "WITH a AS (SELECT FROM b), b AS (SELECT) SELECT FROM a, b", [".b"]],
    [
      "itself if recursive",
      "WITH RECURSIVE a AS (SELECT UNION ALL SELECT FROM a JOIN s.t ON true) SELECT FROM a",
      ["s.t"],
    ],
    ["only in their query", "SELECT FROM (WITH a AS (SELECT) SELECT FROM a) q, a", [".a"]],
    ["only on their side of a UNION", "(WITH a AS (SELECT) SELECT FROM a) UNION SELECT FROM a", [".a"]],
    ["on both sides where they stand before it", "WITH a AS (SELECT) SELECT FROM a UNION SELECT FROM a", []],
    ["in subqueries", "WITH a AS (SELECT) SELECT (SELECT 1 FROM (SELECT FROM a) x)", []],
    [
      "hidden by a nearer one",
      "WITH a AS (SELECT FROM s.t) SELECT FROM (WITH a AS (SELECT FROM a) SELECT FROM a) x",
      ["s.t"],
    ],
    ["never with a schema", "WITH a AS (SELECT) SELECT FROM s.a", ["s.a"]],
  ])("%s", (_, text, expected) => {
    expect(reads(text)).toEqual(expected);
  });
});

test("places are those of the person's file, in characters", () => {
  const read = relationsRead({ text: "SELECT 'é€😀'\nFROM a.b,  c.d", line: 7, column: 1 });
  expect(read.map(({ start }) => start)).toEqual([
    { line: 8, column: 6 },
    { line: 8, column: 12 },
  ]);
});

test("text that does not parse reads nothing", () => {
  expect(reads("SELECT FROM FROM a.b")).toEqual([]);
  expect(reads("SELECT FROM a.b \0 x")).toEqual([]);
});

test("what statements write is not read", () => {
  const text = "CREATE TABLE a.t AS SELECT FROM b.s; CREATE VIEW a.v AS TABLE a.t; INSERT INTO a.w SELECT FROM b.r";
  expect(reads(text)).toEqual(["b.s", "a.t", "b.r"]);
  expect(relationsMade({ text })).toEqual([
    { schema: "a", name: "t" },
    { schema: "a", name: "v" },
  ]);
});
