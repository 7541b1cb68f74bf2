/** Pieces of SQL, selected, where regular expressions fail. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../../src/sql/parser.ts";
import { pieceQuery, piecesOf, pieceText, readBy } from "../../../src/sql/pieces/pieces.ts";
import { readSelector, selectorText } from "../../../src/sql/pieces/selector.ts";
import { at, by, code, textOf, V } from "./written.ts";

beforeAll(loadParser);

describe("selectors as text", () => {
  test.each([
    "cte(latest_plan)",
    "statement(2).cte(x)",
    "statement(0, 3)",
    "subquery(s)[1]",
    "subquery()[0:2]",
    'table("S".t, "My t")',
    "insert_into(s.t).body()",
    'create_table_as(t).body().cte("a ""b"", c.d")',
  ])("%s is read and written back", (text) => {
    expect(selectorText(at(text))).toBe(text);
  });

  test.each([
    [
      " CTE_1 ",
      "a piece is one of statement(…), cte(…), subquery(…), table(…), insert_into(…), create_table_as(…), body(…)",
      0,
    ],
    [
      "",
      "a piece is one of statement(…), cte(…), subquery(…), table(…), insert_into(…), create_table_as(…), body(…)",
      0,
    ],
    ["cte()", "a name is missing here", 4],
    ["cte(a", '")" is missing here', 5],
    ["cte(a) b", 'a selector goes on with "." or "[" or ends here', 7],
    ["statement(x)", "a number is missing here", 10],
    ["cte(a)[x]", 'a selector goes on with "." or "[" or ends here', 6],
  ])("%j: %s", (text, message, offset) => {
    expect(readSelector(text)).toEqual({ ok: false, message, offset });
  });

  test("the nth subquery; names lose their capitals as in SQL", () => {
    expect(selectorText(at("subquery(2)"))).toBe("subquery()[2]");
    expect(selectorText(at("cte(Latest)"))).toBe("cte(latest)");
  });
});

describe("the text of a piece", () => {
  const query = `
    -- cte(a) AS (SELECT 0);
    WITH a (x) AS MATERIALIZED (SELECT ';' FROM s.t), "B" AS (TABLE a)
    SELECT (SELECT max(x) FROM a), q.* FROM ( ((SELECT 1) UNION (SELECT 2) LIMIT 1) ) q, LATERAL (VALUES (q)) AS v
    WHERE EXISTS (SELECT FROM "B") AND x IN (SELECT x FROM a /* ) */);
    CREATE TEMP TABLE IF NOT EXISTS t2 (y) ON COMMIT DROP AS (SELECT 2) WITH NO DATA;
    WITH n AS (INSERT INTO s.u AS k (a, b) OVERRIDING USER VALUE SELECT 1, 2 ON CONFLICT DO NOTHING RETURNING a)
    INSERT INTO "S".v (SELECT a FROM n) RETURNING *`;
  test.each([
    ["cte(a)", "SELECT ';' FROM s.t"],
    ['cte("B")', "TABLE a"],
    ["subquery(q)", "(SELECT 1) UNION (SELECT 2) LIMIT 1"],
    ["subquery(v)", "VALUES (q)"],
    ["subquery(0)", "SELECT max(x) FROM a"],
    ["statement(0).subquery()[3]", 'SELECT FROM "B"'],
    ["subquery()[4]", "SELECT x FROM a"],
    ["statement(1)", "CREATE TEMP TABLE IF NOT EXISTS t2 (y) ON COMMIT DROP AS (SELECT 2) WITH NO DATA"],
    ["create_table_as(t2)", "CREATE TEMP TABLE IF NOT EXISTS t2 (y) ON COMMIT DROP AS (SELECT 2) WITH NO DATA"],
    ["create_table_as(t2).body()", "(SELECT 2)"],
    [
      "insert_into(u)",
      "INSERT INTO s.u AS k (a, b) OVERRIDING USER VALUE SELECT 1, 2 ON CONFLICT DO NOTHING RETURNING a",
    ],
    ["insert_into(s.u).body()", "SELECT 1, 2"],
    ["statement(2).cte(n).body()", "SELECT 1, 2"],
    ['insert_into("S".v).body()', "(SELECT a FROM n)"],
    ["table(t)", "s.t"],
  ])("%s", (selector, expected) => {
    expect(textOf(pieceText(code(query), at(selector)))).toBe(expected);
  });

  test("a row of statements", () => {
    const { text } = pieceText(code("SELECT 1; SELECT ';'; SELECT 3;"), at("statement(0, 2)")) as { text: string };
    expect(text).toBe("SELECT 1; SELECT ';'");
  });
});

describe("a piece as a query of its own", () => {
  const plans = `
    WITH spans AS (SELECT * FROM s.spans), other AS (SELECT FROM s.other),
    latest AS (SELECT member, max(plan) AS plan FROM spans GROUP BY member)
    SELECT * FROM latest`;
  test.each([
    [
      "with the WITH queries that it reads, no others",
      plans,
      "cte(latest)",
      "WITH spans AS (SELECT * FROM s.spans), latest AS (SELECT member, max(plan) AS plan FROM spans GROUP BY member) SELECT * FROM latest",
    ],
    [
      "RECURSIVE and names of columns are kept",
      "WITH RECURSIVE a(n) AS (SELECT 1 UNION SELECT n + 1 FROM a), b AS (SELECT 2) TABLE b",
      "cte(a)",
      "WITH RECURSIVE a(n) AS (SELECT 1 UNION SELECT n + 1 FROM a) SELECT * FROM a",
    ],
    [
      "after RECURSIVE, also those behind it",
      "WITH RECURSIVE a AS (TABLE b), b AS (SELECT 1) TABLE a",
      "cte(a)",
      "WITH RECURSIVE a AS (TABLE b), b AS (SELECT 1) SELECT * FROM a",
    ],
    [
      "a subquery",
      "WITH a AS (SELECT 1) SELECT FROM (SELECT * FROM a) s",
      "subquery(s)",
      "WITH a AS (SELECT 1) SELECT * FROM a",
    ],
    [
      "with a WITH of its own",
      "WITH a AS (SELECT 1) SELECT FROM (WITH b AS (TABLE a) TABLE b) s",
      "subquery(s)",
      "WITH a AS (SELECT 1) SELECT * FROM (WITH b AS (TABLE a) TABLE b) AS piece",
    ],
    [
      "inside of another WITH",
      "WITH a AS (SELECT 1) SELECT FROM (WITH a AS (TABLE a), b AS (TABLE a) TABLE b) s",
      "cte(b)",
      "WITH a AS (SELECT 1) SELECT * FROM (WITH a AS (TABLE a), b AS (TABLE a) SELECT * FROM b) AS piece",
    ],
    [
      "what fills a table",
      "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
      "insert_into(t)",
      "WITH a AS (SELECT 1) SELECT * FROM a",
    ],
    ["what makes a table", "CREATE TABLE t AS (SELECT 1) WITH NO DATA", "create_table_as(t).body()", "(SELECT 1)"],
    ["a statement", "SELECT 1; SELECT 2 -- two", "statement(1)", "SELECT 2"],
  ])("%s", (_, text, selector, expected) => {
    expect(textOf(pieceQuery(code(text), at(selector)))).toBe(expected);
  });

  test("rows in place of a WITH query: what only that one read is not needed", () => {
    const text = code("WITH a AS (SELECT 1), b AS (TABLE a), c AS (TABLE b) TABLE c");
    expect(textOf(pieceQuery(text, at("cte(c)"), [by("cte(b)", [[1]], ["a"])]))).toBe(
      `WITH b AS (${V}), c AS (TABLE b) SELECT * FROM c`,
    );
  });

  test.each([
    [
      "SELECT FROM o WHERE EXISTS (SELECT FROM i WHERE i.x = o.x)",
      "subquery(0)",
      'cannot_run: line 1: it reads "o" from the query around it, so it can\'t be run by itself; choose the piece around it',
    ],
    [
      "SELECT FROM o, LATERAL (SELECT o.a) l",
      "subquery(l)",
      'cannot_run: line 1: it reads "o" from the query around it, so it can\'t be run by itself; choose the piece around it',
    ],
    [
      "SELECT FROM o,\n LATERAL (WITH a AS (SELECT o.x), b AS (TABLE a) TABLE b) l",
      "cte(b)",
      'cannot_run: line 2: it reads "o" from the query around it, so it can\'t be run by itself; choose the piece around it',
    ],
    ["SELECT 1 INTO t", "statement(0)", "cannot_run: this piece is no query that could be run"],
    ["UPDATE t SET a = 1", "statement(0)", "cannot_run: this piece is no query that could be run"],
    ["SELECT FROM t", "table(t)", "cannot_run: a table is no query that could be run"],
    [
      "SELECT 1; SELECT 2",
      "statement(0, 2)",
      "several_matches: statement(0, 2) means 2 pieces, and one is wanted here; there are statement(0) in line 1, statement(1) in line 1",
    ],
  ])("%s: %s", (text, selector, expected) => {
    expect(textOf(pieceQuery(code(text), at(selector)))).toBe(expected);
  });

  test("rows that the piece does not read are an error", () => {
    const text = code("WITH a AS (SELECT 1), b AS (SELECT FROM t) SELECT FROM a, b, u");
    expect(textOf(pieceQuery(text, at("cte(b)"), [by("table(u)", [[1]], ["a"])]))).toBe(
      "no_match: table(u) is not read by the piece that is run",
    );
  });

  test("what a piece reads, and every piece there is", () => {
    const text = code("WITH a AS (SELECT FROM s.t, s.t x, (SELECT FROM u) y) SELECT FROM a, s.v WHERE 1 IN (SELECT 1)");
    const selectors = (found: unknown) => (found as readonly { selector: string }[]).map(({ selector }) => selector);
    expect(selectors(readBy(text, at("cte(a)")))).toEqual(["table(s.t)", "table(u)"]);
    expect(selectors(readBy(text, at("statement(0)")))).toEqual(["table(s.t)", "table(u)", "table(s.v)"]);
    expect(selectors(piecesOf(text))).toEqual([
      "statement(0)",
      "cte(a)",
      "table(s.t)[0]",
      "table(s.t)[1]",
      "subquery(y)",
      "table(u)",
      "table(s.v)",
      "subquery()[1]",
    ]);
  });
});
