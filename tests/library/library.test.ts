/** What the guide does not show: patched connections, errors, several statements. */
import { describe, expect, test } from "vitest";
import {
  body,
  createTableAs,
  cte,
  data,
  freezeTime,
  insertInto,
  Literal,
  mock,
  patch,
  piece,
  PieceProblem,
  sql,
  sqlFile,
  statement,
  subquery,
  table,
} from "../../src/library/testing.ts";
import { connect, freshDatabase } from "../support/database.ts";

const problem = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof PieceProblem) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return "none";
};

test("builders write what YAML says, names as in SQL", () => {
  const pieces = [
    statement(0, 2),
    statement(1).cte('"Latest"').table('raw."Claims"', "c").at(1),
    subquery("S").at(0, 2),
    subquery(3),
    insertInto("a.t").body(),
    createTableAs("t").subquery(),
    body(),
    piece("cte( x ) . body()"),
  ];
  expect(pieces.map(String)).toEqual([
    "statement(0, 2)",
    'statement(1).cte("Latest").table(raw."Claims", c)[1]',
    "subquery(s)[0:2]",
    "subquery()[3]",
    "insert_into(a.t).body()",
    "create_table_as(t).subquery()",
    "body()",
    "cte(x).body()",
  ]);
  expect(problem(() => cte("a b"))).toBe('bad_selector: cte(a b): ")" is missing here');
});

describe("what is sent", () => {
  test.each([
    ["statements as they are", [statement(0, 2)], "INSERT INTO t SELECT 1; WITH a AS (SELECT 2) INSERT INTO u TABLE a"],
    ["an INSERT with its WITH", [insertInto("u")], "WITH a AS (SELECT 2) INSERT INTO u TABLE a"],
    ["its query", [insertInto("u").body()], "WITH a AS (SELECT 2) TABLE a"],
    ["selectors one inside of the other", [statement(1), cte("a")], "WITH a AS (SELECT 2) SELECT * FROM a"],
    [
      "a piece with patches",
      [insertInto("u").body(), patch("cte(a)", [[new Literal("3", "int2")]], ["n"])],
      "WITH a AS (SELECT * FROM (VALUES ('3'::int2)) AS rows (n)) TABLE a",
    ],
  ])("%s", (_, parts, expected) => {
    const text = "INSERT INTO t SELECT 1; WITH a AS (SELECT 2) INSERT INTO u TABLE a; SELECT 3";
    expect(sql(text, ...parts).render()).toBe(expected);
  });
});

test("of several statements, the last one's answer; files are read", async () => {
  const client = await connect((await freshDatabase(18)).url);
  const query = sql(
    "CREATE TEMP TABLE made AS SELECT * FROM nowhere; SELECT sum(a) AS sum FROM made",
    patch(table("nowhere"), [[1], [2]], ["a::int"]),
  );
  expect((await query.run(client)).rows).toEqual([{ sum: "3" }]);
  const file = new URL("../sql/corpus/with.sql", import.meta.url);
  expect(sqlFile(file, statement(0), cte("paid")).render()).toMatch(/^WITH paid AS \(SELECT .*\) SELECT \* FROM paid$/);
});

test("a mocked connection is the connection, but for its queries", async () => {
  const client = await connect((await freshDatabase(18)).url);
  const turns = [data([[1]], ["a::int"]), null, [{ a: 7 }]];
  const mocked = mock(client, patch(table("t"), { sideEffect: turns, columns: ["a"] }));
  expect((await mocked.query<{ a: number }>("SELECT a FROM t")).rows).toEqual([{ a: 1 }]);
  expect((await mocked.query<{ one: number }>("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  const asArray = await mocked.query({ text: "SELECT a + $1::int FROM t", values: [1], rowMode: "array" });
  expect(asArray.rows).toEqual([[8]]);
  expect(mocked.renderings.map(({ original, replaced }) => [original, replaced.length])).toEqual([
    ["SELECT a FROM t", 1],
    ["SELECT 1 AS one", 0],
    ["SELECT a + $1::int FROM t", 1],
  ]);
  expect(problem(() => mocked.query("SELECT a FROM t"))).toBe(
    "side_effects_exhausted: this is run 4, and there are rows for 3",
  );
  expect(mocked.escapeIdentifier("a b")).toBe('"a b"');
});

test("an error's position leads back to the SQL that was given", async () => {
  const client = await connect((await freshDatabase(18)).url);
  const query = sql("SELECT a\nFROM t WHERE b > 1", patch(table("t"), [[1]], ["a"]));
  const error = await query.run(client).catch((error: unknown) => error as { position: string });
  const [{ toOriginal } = { toOriginal: () => undefined }] = query.renderings;
  expect(toOriginal(Number((error as { position: string }).position) - 1)).toEqual({ line: 2, column: 14 });
});

test("SQL that is none; an instant without its zone", () => {
  expect(problem(() => sql("SELEC 1").render())).toBe('syntax: SQL: syntax error at or near "SELEC"');
  expect(() => freezeTime("SELECT now()", "2018-04-17")).toThrow(RangeError);
});
