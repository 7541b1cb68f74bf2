/** What takes the place of a piece means to PostgreSQL what was written. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../../src/sql/parser.ts";
import { patch, pieceQuery } from "../../../src/sql/pieces/pieces.ts";
import { Literal, type PatchResult } from "../../../src/sql/pieces/types.ts";
import { sharedClient } from "../../support/database.ts";
import { at, by, code } from "./written.ts";

beforeAll(loadParser);

describe.each([15, 18] as const)("PostgreSQL %i", (major) => {
  const client = sharedClient(
    major,
    `CREATE SCHEMA s; CREATE TABLE s.t (id int, name text, v numeric(10, 2));
     INSERT INTO s.t VALUES (1, 'real', 1)`,
  );
  const run = async (result: PatchResult): Promise<unknown[][]> => {
    if (!result.ok) throw new Error(result.error.message);
    const types = { getTypeParser: () => (value: unknown) => value };
    return (await client().query<unknown[]>({ text: result.text, rowMode: "array", types })).rows;
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
    await client().query("SET TimeZone = 'UTC'");
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
    await client().query("CREATE TEMP TABLE filled (id int GENERATED ALWAYS AS IDENTITY, a text, b int DEFAULT 9)");
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
    await client().query(result.text);
    const rows = async (query: string) => (await client().query({ text: query, rowMode: "array" })).rows;
    expect(await rows("SELECT a, b FROM filled ORDER BY id")).toEqual([
      ["first", 9],
      ["second", 2],
      ["5", 9],
    ]);
    expect(await rows("SELECT x, y FROM made")).toEqual([[2, 1]]);
    await client().query("DROP TABLE filled, made");
  });
});
