/** Pieces of SQL, replaced by rows, and all that can be wrong with that. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../../src/sql/parser.ts";
import { patch } from "../../../src/sql/pieces/pieces.ts";
import type { Row } from "../../../src/sql/pieces/types.ts";
import { by, code, textOf, V } from "./written.ts";

beforeAll(loadParser);

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
