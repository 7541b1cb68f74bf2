/** Pieces of SQL: selected, replaced by rows, run by themselves; where regular expressions fail. */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../src/sql/parser.ts";
import { patch, pieceQuery, piecesOf, pieceText, readBy } from "../../src/sql/pieces/pieces.ts";
import { readSelector, selectorText } from "../../src/sql/pieces/selector.ts";
import { Literal, type PatchResult, type Replacement, type Row, type Selector } from "../../src/sql/pieces/types.ts";
import { connect, freshDatabase, type Database } from "../support/database.ts";

beforeAll(loadParser);

const code = (text: string) => ({ text, line: 1, column: 1 });
function at(text: string): Selector {
  const read = readSelector(text);
  if (!read.ok) throw new Error(`${text}: ${read.message}`);
  return read.selector;
}
/** Columns as `a` or `a int`. */
const by = (selector: string, rows: readonly Row[], columns?: readonly string[]): Replacement => ({
  selector: at(selector),
  rows,
  ...(columns
    ? {
        columns: columns.map((column) => {
          const [name, ...type] = column.split(" ");
          return { name: name!, ...(type.length > 0 ? { type: type.join(" ") } : {}) };
        }),
      }
    : {}),
});
const textOf = (result: PatchResult): string =>
  result.ok ? result.text : `${result.error.error}: ${result.error.message}`;
const V = "SELECT * FROM (VALUES (1)) AS rows (a)";

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

describe("replaced by rows, in the text", () => {
  test.each([
    // Tables: only where they are read, by grammar and not by name.
    [
      "SELECT extract(year FROM t1) FROM t1 -- FROM t1",
      "table(t1)",
      `SELECT extract(year FROM t1) FROM (${V}) AS t1 -- FROM t1`,
    ],
    ["SELECT a IS DISTINCT FROM t1 FROM x, t1 y", "table(t1)", `SELECT a IS DISTINCT FROM t1 FROM x, (${V}) y`],
    ["SELECT 'FROM t', $$ FROM t $$ FROM t", "table(t)", `SELECT 'FROM t', $$ FROM t $$ FROM (${V}) AS t`],
    [
      "SELECT s.t.a, s.t.* FROM s.t WHERE EXISTS (SELECT s.t.b)",
      "table(s.t)",
      `SELECT t.a, t.* FROM (${V}) AS t WHERE EXISTS (SELECT t.b)`,
    ],
    [
      "SELECT s.t.a FROM s.t; SELECT s.t.a FROM s.t",
      "table(s.t)[1]",
      `SELECT s.t.a FROM s.t; SELECT t.a FROM (${V}) AS t`,
    ],
    ["SELECT FROM ONLY s.t, ONLY (s.t) AS x, s.t * y", "table(t)", `SELECT FROM (${V}) AS t, (${V}) AS x, (${V}) y`],
    ["TABLE s.t", "table(s.t)", `SELECT * FROM (${V}) AS t`],
    ['SELECT FROM "S"."T" "Q", s.t', 'table("S"."T")', `SELECT FROM (${V}) "Q", s.t`],
    ["SELECT FROM a JOIN b USING (x), b c", "table(b, c)", `SELECT FROM a JOIN b USING (x), (${V}) c`],
    ["DELETE FROM t USING u WHERE t.a = u.a", "table(u)", `DELETE FROM t USING (${V}) AS u WHERE t.a = u.a`],
    [
      "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
      "table(u)",
      `MERGE INTO t USING (${V}) AS u ON t.a = u.a WHEN MATCHED THEN DELETE`,
    ],
    ["WITH t AS (SELECT FROM t) SELECT FROM t", "table(t)", `WITH t AS (SELECT FROM (${V}) AS t) SELECT FROM t`],
    // WITH
    ["WITH t(a) AS (SELECT 1) TABLE t", "cte(t)", `WITH t(a) AS (${V}) TABLE t`],
    [
      "WITH RECURSIVE t AS NOT MATERIALIZED (SELECT 1 UNION SELECT ')' FROM t) TABLE t",
      "cte(t)",
      `WITH RECURSIVE t AS NOT MATERIALIZED (${V}) TABLE t`,
    ],
    ["WITH t AS (INSERT INTO u SELECT 1 RETURNING 1) TABLE t", "cte(t)", `WITH t AS (${V}) TABLE t`],
    [
      "WITH RECURSIVE t(a) AS (SELECT 1 UNION SELECT 2) SEARCH DEPTH FIRST BY a SET o, u AS (TABLE t) TABLE u",
      "cte(t)",
      `WITH RECURSIVE t(a) AS (${V}), u AS (TABLE t) TABLE u`,
    ],
    [
      "WITH RECURSIVE t(a) AS (SELECT 1 UNION SELECT 2) CYCLE a SET c USING p TABLE t",
      "cte(t)",
      `WITH RECURSIVE t(a) AS (${V}) TABLE t`,
    ],
    // Subqueries
    ["SELECT FROM (SELECT 1) s", "subquery(s)", `SELECT FROM (${V}) s`],
    ["SELECT FROM x, LATERAL (SELECT x.y) AS s(a)", "subquery(s)", `SELECT FROM x, LATERAL (${V}) AS s(a)`],
    ["SELECT FROM (((SELECT 1)))", "subquery(0)", `SELECT FROM (((${V})))`],
    ["SELECT 1 IN (SELECT 1), (SELECT 1)", "subquery()[0]", `SELECT 1 IN (${V}), (SELECT 1)`],
    // Statements and what they fill
    ["SELECT 1; SELECT 2", "statement(1)", `SELECT 1; ${V}`],
    [
      "CREATE TEMP TABLE IF NOT EXISTS t(a) AS SELECT 1 WITH NO DATA",
      "create_table_as(t)",
      `CREATE TEMP TABLE IF NOT EXISTS t(a) AS ${V} WITH NO DATA`,
    ],
    [
      "INSERT INTO t (a) SELECT 1 ON CONFLICT DO NOTHING",
      "insert_into(t)",
      `INSERT INTO t (a) ${V} ON CONFLICT DO NOTHING`,
    ],
    ["INSERT INTO t AS x SELECT 1 RETURNING a", "insert_into(t).body()", `INSERT INTO t AS x (a) ${V} RETURNING a`],
    ["INSERT INTO t DEFAULT VALUES", "insert_into(t)", `INSERT INTO t (a) ${V}`],
  ])("%s: %s", (text, selector, expected) => {
    expect(textOf(patch(code(text), [by(selector, [[1]], ["a"])]))).toBe(expected);
  });

  test("several at once; what was replaced is told in the order of the replacements", () => {
    const result = patch(code("WITH c AS (SELECT FROM u)\nSELECT FROM t, c, t x"), [
      by("table(t)", [[1]], ["a"]),
      by("cte(c)", [], ["a int", "b"]),
    ]);
    expect(textOf(result)).toBe(
      `WITH c AS (SELECT NULL::int AS a, NULL AS b WHERE false)\nSELECT FROM (${V}) AS t, c, (${V}) x`,
    );
    expect(result.ok && result.replaced).toEqual([
      {
        selector: "table(t)",
        places: [
          { line: 2, column: 13 },
          { line: 2, column: 19 },
        ],
      },
      { selector: "cte(c)", places: [{ line: 1, column: 6 }] },
    ]);
  });

  test("places in the new text lead back to the person's file", () => {
    const result = patch({ text: "SELECT 'é😀' FROM t\nWHERE oops", line: 10, column: 3 }, [
      by("table(t)", [[1]], ["a"]),
    ]);
    if (!result.ok) throw new Error(result.error.message);
    const offset = (part: string): number => [...result.text.slice(0, result.text.indexOf(part))].length;
    expect(result.toFile(offset("oops"))).toEqual({ line: 11, column: 7 });
    expect(result.toFile(offset("VALUES"))).toEqual({ line: 10, column: 20 });
  });
});

describe("columns", () => {
  const replaced = (text: string, ...args: Parameters<typeof by>): string => textOf(patch(code(text), [by(...args)]));
  test.each([
    [
      "the text names them",
      "WITH t(a, b) AS (SELECT) TABLE t",
      "cte(t)",
      [[1, 2]],
      undefined,
      "VALUES (1, 2)) AS rows (a, b)",
    ],
    [
      "in the text's order",
      "WITH t(a, b) AS (SELECT) TABLE t",
      "cte(t)",
      [{ b: 2 }],
      ["b int", "a date"],
      "VALUES (NULL::date, '2'::int)) AS rows (a, b)",
    ],
    [
      "renamed by the text",
      "SELECT FROM t AS x(k)",
      "table(t)",
      [[1, 2]],
      ["a", "b"],
      "VALUES (1, 2)) AS rows (a, b)) AS x(k)",
    ],
    [
      "the rows name them",
      "SELECT FROM t",
      "table(t)",
      [{ a: 1 }, { b: 2, a: 3 }],
      undefined,
      "VALUES (1, NULL), (3, 2)) AS rows (a, b)",
    ],
    [
      "nobody reads their names",
      "SELECT 1 IN (SELECT 1)",
      "subquery(0)",
      [[1], [2]],
      undefined,
      "1 IN (VALUES (1), (2))",
    ],
    ["the name of a value stays", "SELECT (SELECT max(a) FROM t)", "subquery(0)", [[1]], undefined, "AS rows (max)"],
    ["quoted where they must be", "SELECT FROM t", "table(t)", [[1, 2]], ["A", "order"], 'AS rows ("A", "order")'],
  ] as const)("%s", (_, text, selector, rows, columns, expected) => {
    expect(replaced(text, selector, rows, columns)).toContain(expected);
  });
});

describe("errors, with the candidates", () => {
  const one: readonly Row[] = [[1]];
  test.each([
    ["SELECT (", "cte(a)", one, ["a"], "syntax: SQL: syntax error at end of input"],
    [
      "WITH ab AS (SELECT 1)\nTABLE ab",
      "cte(a)",
      one,
      ["a"],
      "no_match: cte(a) is not there; there is cte(ab) in line 1",
    ],
    [
      "WITH a AS (SELECT 1) TABLE a",
      "table(a)",
      one,
      ["a"],
      "no_match: table(a) is not there; there is cte(a) in line 1",
    ],
    [
      "SELECT FROM t, t",
      "table(t)[2]",
      one,
      ["a"],
      "no_match: table(t): there are 2 matches, counted from 0; there are table(t)[0] in line 1, table(t)[1] in line 1",
    ],
    ["SELECT 1", "statement(1)", one, ["a"], "no_match: statement(1) is not there; there is statement(0) in line 1"],
    [
      "SELECT FROM a.t, b.t",
      "table(t)",
      one,
      ["a"],
      "several_matches: table(t) means 2 pieces, and one is wanted here; there are table(a.t) in line 1, table(b.t) in line 1",
    ],
    [
      "WITH a AS (SELECT FROM t) SELECT FROM (WITH a AS (SELECT FROM t) TABLE a) b",
      "cte(a).table(t)",
      one,
      ["a"],
      "several_matches: cte(a) means 2 pieces, and one is wanted here; there are cte(a)[0] in line 1, cte(a)[1] in line 1",
    ],
    [
      "SELECT FROM (SELECT FROM (SELECT 1) s) s",
      "subquery(s)",
      one,
      ["a"],
      "nested_match: subquery(s) means pieces of which one stands inside of the other; there are subquery(s)[0] in line 1, subquery(s)[1] in line 1",
    ],
    [
      "UPDATE t SET a = 1",
      "statement(0)",
      one,
      ["a"],
      "cannot_replace: statement(0): this statement is no query; choose its body(), or a piece of it",
    ],
    [
      "SELECT FROM t TABLESAMPLE system (1)",
      "table(t)",
      one,
      ["a"],
      "cannot_replace: table(t): TABLESAMPLE takes a table only",
    ],
    ["COPY t TO '/x'", "table(t)", one, ["a"], "cannot_replace: table(t): the statement needs the table itself"],
    [
      "CREATE TABLE x (LIKE t)",
      "table(t)",
      one,
      ["a"],
      "cannot_replace: table(t): the statement needs the table itself",
    ],
    [
      "SELECT FROM t",
      "table(t)",
      one,
      undefined,
      "columns_needed: table(t): the names of the columns are needed here, because they are read by name",
    ],
    [
      "SELECT 1 IN (SELECT 1)",
      "subquery(0)",
      [],
      undefined,
      "columns_needed: subquery()[0]: without rows, the columns are needed",
    ],
    [
      "WITH t(a, b) AS (SELECT) TABLE t",
      "cte(t)",
      one,
      ["a"],
      "columns_needed: cte(t): the text names the columns a, b; given are a",
    ],
    [
      "SELECT FROM t",
      "table(t)",
      one,
      ["a int); DROP TABLE t; --"],
      'columns_needed: table(t): "int); DROP TABLE t; --", the type of "a", is not a type',
    ],
    ["SELECT FROM t", "table(t)", [[1], [1, 2]], ["a"], "row_mismatch: table(t): row 2 has 2 values for 1 columns"],
    [
      "SELECT FROM t",
      "table(t)",
      [{ b: 1 }],
      ["a"],
      'row_mismatch: table(t): row 1 has "b", which is none of the columns a',
    ],
    [
      "SELECT FROM t",
      "table(t)",
      [[() => 1]],
      ["a"],
      'unwritable_value: table(t): "a" of row 1 can\'t be written as SQL: a function is no value of a table',
    ],
    [
      "SELECT FROM t",
      "table(t)",
      [["\0"]],
      ["a"],
      "unwritable_value: table(t): \"a\" of row 1 can't be written as SQL: PostgreSQL's texts can't hold a NUL character",
    ],
    [
      "SELECT FROM t",
      "table(t)",
      [[[]]],
      ["a"],
      'unwritable_value: table(t): "a" of row 1 can\'t be written as SQL: of an array without values nobody can tell the type; give the column a type',
    ],
    [
      "SELECT FROM t",
      "table(t)",
      [[new Map()]],
      ["a"],
      'unwritable_value: table(t): "a" of row 1 can\'t be written as SQL: a Map has no text of its own (toJSON)',
    ],
  ] as const)("%s: %s", (text, selector, rows, columns, expected) => {
    expect(textOf(patch(code(text), [by(selector, rows as readonly Row[], columns)]))).toBe(expected);
  });

  test("two replacements for one piece; one inside of the other is gone with it", () => {
    const text = code("WITH c AS (SELECT FROM t) SELECT FROM c, t");
    const [cte, table] = [by("cte(c)", one, ["a"]), by("table(t)", one, ["a"])];
    expect(textOf(patch(text, [cte, cte]))).toMatch(/^overlap: another replacement is for the same piece/);
    expect(textOf(patch(text, [cte, table]))).toBe(`WITH c AS (${V}) SELECT FROM c, (${V}) AS t`);
    expect(textOf(patch(text, [cte, by("table(t)[0]", one, ["a"])]))).toBe(
      "no_match: table(t)[0] stands only inside of what is replaced",
    );
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

describe.each([15, 18] as const)("PostgreSQL %i", (major) => {
  let database: Database;
  let client: pg.Client;
  beforeAll(async () => {
    database = await freshDatabase(major);
    client = await connect(database.url);
    await client.query("CREATE SCHEMA s; CREATE TABLE s.t (id int, name text, v numeric(10, 2))");
    await client.query("INSERT INTO s.t VALUES (1, 'real', 1)");
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  const run = async (result: PatchResult): Promise<unknown[][]> => {
    if (!result.ok) throw new Error(result.error.message);
    const types = { getTypeParser: () => (value: unknown) => value };
    return (await client.query<unknown[]>({ text: result.text, rowMode: "array", types })).rows;
  };

  class Decimal {
    toJSON(): string {
      return "12345678901234567890.10";
    }
  }
  test.each([
    [null, undefined, null, "text"],
    [null, "date", null, "date"],
    ["it's \\ é😀", undefined, "it's \\ é😀", "text"],
    ["00123", "text", "00123", "text"],
    ["1.10", "numeric", "1.10", "numeric"],
    ["12345678901234567890", "numeric(20)", "12345678901234567890", "numeric"],
    [1, undefined, "1", "integer"],
    [-1.5, undefined, "-1.5", "numeric"],
    [1e21, undefined, "1000000000000000000000", "numeric"],
    [Number.NaN, undefined, "NaN", "double precision"],
    [-Infinity, "float4", "-Infinity", "real"],
    [12345678901234567890n, undefined, "12345678901234567890", "numeric"],
    [true, undefined, "t", "boolean"],
    [true, "text", "true", "text"],
    [new Date("2018-04-17T01:02:03.456Z"), undefined, "2018-04-17 01:02:03.456+00", "timestamp with time zone"],
    [new Date("2018-04-17T00:00:00Z"), "date", "2018-04-17", "date"],
    [new Date("-000043-03-15T00:00:00Z"), "date", "0044-03-15 BC", "date"],
    [new Date("+012018-04-17T00:00:00Z"), "timestamp", "12018-04-17 00:00:00", "timestamp without time zone"],
    [new Uint8Array([0, 255, 92]), undefined, "\\x00ff5c", "bytea"],
    [Buffer.from("a"), "bytea", "\\x61", "bytea"],
    [[1, null, 2], undefined, "{1,NULL,2}", "integer[]"],
    [["a,b", 'c"d\\', null, ""], "text[]", '{"a,b","c\\"d\\\\",NULL,""}', "text[]"],
    [[[1], [2]], "int[]", "{{1},{2}}", "integer[]"],
    [[], "date[]", "{}", "date[]"],
    [["a\\"], undefined, '{"a\\\\"}', "text[]"],
    [{ a: [1, "x'y"] }, undefined, '{"a": [1, "x\'y"]}', "jsonb"],
    [[1, "a"], "json", '[1,"a"]', "json"],
    ['{"big": 12345678901234567890}', "jsonb", '{"big": 12345678901234567890}', "jsonb"],
    [new Decimal(), "numeric", "12345678901234567890.10", "numeric"],
    [new Literal("[2018-01-01,2018-02-01)", "daterange"), undefined, "[2018-01-01,2018-02-01)", "daterange"],
    ["1 day", "interval day to second(3)", "1 day", "interval"],
  ])("%s of type %s arrives as %s", async (value, type, text, typeName) => {
    await client.query("SET TimeZone = 'UTC'");
    const columns = [{ name: "a", ...(type === undefined ? {} : { type }) }];
    for (const rows of [[[value]], [[value], [null]]]) {
      const result = patch(code("SELECT a, pg_typeof(a) FROM s.t"), [{ selector: at("table(s.t)"), rows, columns }]);
      expect((await run(result))[0]).toEqual([text, typeName]);
    }
  });

  test.each([
    ["SELECT s.t.id, t.name FROM s.t WHERE s.t.v > 1 FOR UPDATE", [["7", "x"]]],
    ["SELECT q.* FROM s.t q JOIN s.t USING (id)", [["7", "x", "2.50"]]],
    ["SELECT a, name FROM ONLY s.t AS k(a)", [["7", "x"]]],
    ["TABLE s.t", [["7", "x", "2.50"]]],
    ["SELECT k FROM s.t k", [["(7,x,2.50)"]]],
    ["SELECT (SELECT count(*) FROM s.t), l.id FROM s.t, LATERAL (SELECT t.id) l", [["1", "7"]]],
    ["SELECT id FROM s.t NATURAL JOIN s.t u GROUP BY id ORDER BY 1", [["7"]]],
  ])("%s", async (text, expected) => {
    const result = patch(code(text), [by("table(s.t)", [[7, "x", "2.5"]], ["id int", "name text", "v numeric(10,2)"])]);
    expect(await run(result)).toEqual(expected);
    const none = patch(code(text), [by("table(s.t)", [], ["id int", "name text", "v numeric(10,2)"])]);
    expect(await run(none)).toEqual([]);
  });

  test("a piece of a large query, with the piece that it reads replaced", async () => {
    const text = code(`
      WITH RECURSIVE spans AS (SELECT id AS member_id, daterange(now()::date, NULL) AS span FROM s.t),
      steps (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM steps WHERE n < 3),
      latest AS (SELECT member_id, upper(span) AS until, n FROM spans, steps WHERE n = 2)
      SELECT * FROM latest JOIN nowhere.to_be_found USING (member_id)`);
    const rows = [{ member_id: 1, span: "[2018-01-15,2018-03-10)" }];
    const result = pieceQuery(text, at("cte(latest)"), [by("cte(spans)", rows, ["member_id int", "span daterange"])]);
    expect(await run(result)).toEqual([["1", "2018-03-10", "2"]]);
  });

  test("INSERT, CREATE TABLE AS and a writing WITH query", async () => {
    await client.query("CREATE TEMP TABLE filled (id int GENERATED ALWAYS AS IDENTITY, a text, b int DEFAULT 9)");
    const text = code(`INSERT INTO filled SELECT nowhere;
      INSERT INTO filled (b, a) OVERRIDING USER VALUE SELECT nowhere RETURNING id;
      CREATE TEMP TABLE made (x, y) AS SELECT nowhere;
      WITH w AS (INSERT INTO nowhere SELECT 1 RETURNING id) INSERT INTO filled (a) SELECT id::text FROM w`);
    const result = patch(text, [
      by("statement(0).insert_into(filled)", [{ a: "first" }], ["a"]),
      by("statement(1).insert_into(filled)", [{ a: "second", b: 2 }], ["a", "b"]),
      by("create_table_as(made)", [["1", "2"]], ["y int", "x int"]),
      by("cte(w)", [[5]], ["id"]),
    ]);
    if (!result.ok) throw new Error(result.error.message);
    await client.query(result.text);
    const rows = async (query: string) => (await client.query({ text: query, rowMode: "array" })).rows;
    expect(await rows("SELECT a, b FROM filled ORDER BY id")).toEqual([
      ["first", 9],
      ["second", 2],
      ["5", 9],
    ]);
    expect(await rows("SELECT x, y FROM made")).toEqual([[2, 1]]);
    await client.query("DROP TABLE filled, made");
  });
});
