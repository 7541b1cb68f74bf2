/** The clock stands still: what is exchanged, and that a server finds the same types and the expected moments. */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freezeExpression, freezeTime, isInstant } from "../../src/sql/freeze/freeze.ts";
import { loadParser } from "../../src/sql/parser.ts";
import { connect, freshDatabase, type Database } from "../support/database.ts";

beforeAll(loadParser);

const NOW = "2018-04-17T23:30:15.123456Z";
const T = `'${NOW}'::timestamptz`;
const frozen = (text: string) => freezeTime({ text, line: 1, column: 1 }, NOW);

describe("in the text", () => {
  test.each([
    ["SELECT a - now() FROM s.t -- now()", `SELECT a - ${T} FROM s.t -- now()`],
    ["SELECT x FROM s.t WHERE d < CURRENT_DATE - 1", `SELECT x FROM s.t WHERE d < ${T}::date - 1`],
    ["SELECT 'now or never', \"now\" FROM s.now", "SELECT 'now or never', \"now\" FROM s.now"],
    ["SELECT s.now(), now(1)", "SELECT s.now(), now(1)"],
    ["SELECT pg_catalog . now ( ) AS x", `SELECT ${T} AS x`],
    ["SELECT now()AS x", `SELECT ${T} AS x`],
    ["SELECT x FROM s.t WHERE a = 'now'::text", "SELECT x FROM s.t WHERE a = 'now'::text"],
    ["SELECT make_date(2018, 1, 1), random()", "SELECT make_date(2018, 1, 1), random()"],
    ["SELECT age(datfrozenxid) FROM pg_database", "SELECT age(datfrozenxid) FROM pg_database"],
    ["SELECT age(a, b) FROM s.t", "SELECT age(a, b) FROM s.t"],
    ["INSERT INTO s.t (at) VALUES (now())", `INSERT INTO s.t (at) VALUES (${T})`],
    ["UPDATE s.t SET at = now() RETURNING at", `UPDATE s.t SET at = ${T} RETURNING at`],
    [
      "CREATE TABLE s.t (at timestamptz DEFAULT now(), d date DEFAULT 'today', w text DEFAULT 'today')",
      `CREATE TABLE s.t (at timestamptz DEFAULT ${T}, d date DEFAULT (${T}::date)::date, w text DEFAULT 'today')`,
    ],
    [
      "CREATE FUNCTION s.f() RETURNS date LANGUAGE sql AS 'SELECT now()::date + ''1''::int'",
      `CREATE FUNCTION s.f() RETURNS date LANGUAGE sql AS 'SELECT ${T.replaceAll("'", "''")}::date + ''1''::int'`,
    ],
    [
      "CREATE FUNCTION s.f() RETURNS date BEGIN ATOMIC SELECT now()::date; END",
      `CREATE FUNCTION s.f() RETURNS date BEGIN ATOMIC SELECT ${T}::date AS now; END`,
    ],
    [
      "DO $$ DECLARE a date := CURRENT_DATE; b timestamptz; BEGIN SELECT now() INTO b; a := now() - 'é'::interval; END $$",
      `DO $$ DECLARE a date := ${T}::date; b timestamptz; BEGIN SELECT ${T} AS now INTO b; a := ${T} - 'é'::interval; END $$`,
    ],
    [
      "DO $$ DECLARE r record; a date; BEGIN FOR r IN SELECT now() LOOP a := now(); END LOOP; PERFORM now(); END $$",
      `DO $$ DECLARE r record; a date; BEGIN FOR r IN SELECT ${T} AS now LOOP a := ${T}; END LOOP; PERFORM ${T} AS now; END $$`,
    ],
    ["SELECT date('now')", `SELECT date((${T})::date)`],
  ])("%s", (text, expected) => {
    const { text: result, unfreezable } = frozen(text);
    expect(result).toBe(expected);
    expect(unfreezable).toEqual([]);
  });

  test("places in the new text lead back to the person's file", () => {
    const text = "SELECT 'é😀', now(),\n  CURRENT_DATE FROM oops";
    const { text: result, toFile } = frozen(text);
    const offset = (part: string): number => [...result.slice(0, result.indexOf(part))].length;
    expect(toFile(offset("oops"))).toEqual({ line: 2, column: 21 });
    expect(toFile(offset("'2018"))).toEqual({ line: 1, column: 14 });
  });

  test("text that does not parse comes back as it is", () => {
    expect(frozen("SELECT now( FROM").text).toBe("SELECT now( FROM");
  });
});

describe("what can't be frozen is told, with its place", () => {
  test.each([
    ["SELECT 'tomorrow 10:00'::timestamp", "clock", "the moment in this text", 8],
    ["SELECT '[today,)'::daterange", "clock", "the moment in this text", 8],
    ["SELECT '{now}'::date[]", "clock", "the moment in this text", 8],
    ["SELECT 1 FROM ROWS FROM (now(), s.f())", "clock", "now in this way of naming it in FROM", 26],
    ["SELECT 'today'::s.day", "perhaps", "the moment in this text", 8],
    ["SELECT 1 FROM s.t WHERE a = 'Today '", "perhaps", "'Today', if it is read as a date or a time,", 29],
    ["SELECT uuidv7()", "perhaps", "the time in what uuidv7() makes", 8],
    ["DO $$BEGIN EXECUTE 'SELECT now()'; END$$", "perhaps", "SQL that EXECUTE puts together when it runs", 12],
    [
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'import time'",
      "perhaps",
      "the body of a function in plpython3u",
      56,
    ],
  ])("%s", (text, reads, what, column) => {
    const { text: result, unfreezable } = frozen(text);
    expect(result).toBe(text);
    expect(unfreezable).toEqual([{ what, reads, start: { line: 1, column } }]);
  });
});

describe("what is known of columns tells a moment from a text", () => {
  const types: Readonly<Record<string, string>> = { d: "date", at: "timestamp(3) with time zone", word: "text" };
  test.each([
    ["SELECT FROM s.t x WHERE x.d > 'today'", `SELECT FROM s.t x WHERE x.d > (${T}::date)::date`],
    [
      "SELECT FROM s.t WHERE d IN ('today', 'tomorrow')",
      `SELECT FROM s.t WHERE d IN ((${T}::date)::date, (${T}::date + 1)::date)`,
    ],
    ["SELECT FROM s.t WHERE word = 'today'", "SELECT FROM s.t WHERE word = 'today'"],
    ["SELECT coalesce(at, 'now') FROM s.t", `SELECT coalesce(at, (${T})::timestamptz) FROM s.t`],
    ["INSERT INTO s.t (word, d) VALUES ('now', 'now')", `INSERT INTO s.t (word, d) VALUES ('now', (${T})::date)`],
    ["INSERT INTO s.t (word, d) SELECT 'now', 'now'", `INSERT INTO s.t (word, d) SELECT 'now', (${T})::date`],
    ["UPDATE s.t SET word = 'now', at = 'now'", `UPDATE s.t SET word = 'now', at = (${T})::timestamptz`],
    [
      "INSERT INTO s.t SELECT ON CONFLICT DO UPDATE SET d = 'today'",
      `INSERT INTO s.t SELECT ON CONFLICT DO UPDATE SET d = (${T}::date)::date`,
    ],
  ])("%s", (text, expected) => {
    const result = freezeTime({ text, line: 1, column: 1 }, NOW, (column) => types[column]);
    expect(result).toMatchObject({ text: expected, unfreezable: [] });
  });
});

test("a default by itself; its type tells whether 'now' is a moment", () => {
  const one = (text: string, type?: string) => freezeExpression({ text, line: 7, column: 3 }, NOW, type);
  expect(one("now() - interval '1 day'").text).toBe(`${T} - interval '1 day'`);
  expect(one("now()").text).toBe(T);
  expect(one("'now'", "timestamp with time zone").text).toBe(`(${T})::timestamptz`);
  expect(one("'now'", "text")).toMatchObject({ text: "'now'", unfreezable: [] });
  expect(one("'now'").unfreezable).toMatchObject([{ reads: "perhaps", start: { line: 7, column: 3 } }]);
});

test("an instant has a date, a time and a zone", () => {
  const good = ["2018-04-17T00:00:00Z", "2018-04-17 00:00-05", "2018-04-17T00:00:00.123+05:45"];
  const bad = ["2018-04-17", "2018-04-17T00:00:00", "2018-13-17T00:00:00Z", "now", "2018-04-17T00:00:00Z'"];
  expect(good.filter(isInstant)).toEqual(good);
  expect(bad.filter(isInstant)).toEqual([]);
});

describe.each([15, 18] as const)("PostgreSQL %i", (major) => {
  let database: Database;
  let client: pg.Client;
  beforeAll(async () => {
    database = await freshDatabase(major);
    client = await connect(database.url);
    await client.query("CREATE SCHEMA s; CREATE TABLE s.t (ts timestamp, tz timestamptz, d date)");
    await client.query("INSERT INTO s.t VALUES ('2017-01-15 10:00', '2017-01-15 10:00Z', '2017-01-15')");
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** Names, types and precisions of the columns, and their texts. */
  const answer = async (text: string) => {
    const { fields, rows } = await client.query<unknown[]>({
      text,
      rowMode: "array",
      types: { getTypeParser: () => (value: unknown) => value },
    });
    const columns = fields.map(({ name, dataTypeID, dataTypeModifier }) => [name, dataTypeID, dataTypeModifier]);
    return { columns, rows };
  };

  const ZONES = ["UTC", "America/New_York", "Asia/Kathmandu"] as const;
  test.each([
    ["now()", "2018-04-17 23:30:15.123456+00", "2018-04-17 19:30:15.123456-04", "2018-04-18 05:15:15.123456+05:45"],
    [
      "transaction_timestamp()",
      "2018-04-17 23:30:15.123456+00",
      "2018-04-17 19:30:15.123456-04",
      "2018-04-18 05:15:15.123456+05:45",
    ],
    [
      "statement_timestamp()",
      "2018-04-17 23:30:15.123456+00",
      "2018-04-17 19:30:15.123456-04",
      "2018-04-18 05:15:15.123456+05:45",
    ],
    [
      "pg_catalog.clock_timestamp()",
      "2018-04-17 23:30:15.123456+00",
      "2018-04-17 19:30:15.123456-04",
      "2018-04-18 05:15:15.123456+05:45",
    ],
    [
      "timeofday()",
      "Tue Apr 17 23:30:15.123456 2018 UTC",
      "Tue Apr 17 19:30:15.123456 2018 EDT",
      "Wed Apr 18 05:15:15.123456 2018 +0545",
    ],
    ["CURRENT_DATE", "2018-04-17", "2018-04-17", "2018-04-18"],
    ["CURRENT_TIME", "23:30:15.123456+00", "19:30:15.123456-04", "05:15:15.123456+05:45"],
    ["CURRENT_TIME(2)", "23:30:15.12+00", "19:30:15.12-04", "05:15:15.12+05:45"],
    [
      "CURRENT_TIMESTAMP",
      "2018-04-17 23:30:15.123456+00",
      "2018-04-17 19:30:15.123456-04",
      "2018-04-18 05:15:15.123456+05:45",
    ],
    ["CURRENT_TIMESTAMP(0)", "2018-04-17 23:30:15+00", "2018-04-17 19:30:15-04", "2018-04-18 05:15:15+05:45"],
    ["LOCALTIME", "23:30:15.123456", "19:30:15.123456", "05:15:15.123456"],
    ["LOCALTIME(1)", "23:30:15.1", "19:30:15.1", "05:15:15.1"],
    ["LOCALTIMESTAMP", "2018-04-17 23:30:15.123456", "2018-04-17 19:30:15.123456", "2018-04-18 05:15:15.123456"],
    ["LOCALTIMESTAMP(3)", "2018-04-17 23:30:15.123", "2018-04-17 19:30:15.123", "2018-04-18 05:15:15.123"],
    [
      "'now'::timestamptz",
      "2018-04-17 23:30:15.123456+00",
      "2018-04-17 19:30:15.123456-04",
      "2018-04-18 05:15:15.123456+05:45",
    ],
    [
      "'NOW()'::timestamp(0) with time zone",
      "2018-04-17 23:30:15+00",
      "2018-04-17 19:30:15-04",
      "2018-04-18 05:15:15+05:45",
    ],
    ["timestamp(2) ' now '", "2018-04-17 23:30:15.12", "2018-04-17 19:30:15.12", "2018-04-18 05:15:15.12"],
    [
      "timestamp with time zone 'today'",
      "2018-04-17 00:00:00+00",
      "2018-04-17 00:00:00-04",
      "2018-04-18 00:00:00+05:45",
    ],
    ["time 'now'", "23:30:15.123456", "19:30:15.123456", "05:15:15.123456"],
    ["'now'::timetz", "23:30:15.123456+00", "19:30:15.123456-04", "05:15:15.123456+05:45"],
    ["CAST('now' AS date)", "2018-04-17", "2018-04-17", "2018-04-18"],
    ["pg_catalog.date 'today'", "2018-04-17", "2018-04-17", "2018-04-18"],
    ["'tomorrow'::timestamp", "2018-04-18 00:00:00", "2018-04-18 00:00:00", "2018-04-19 00:00:00"],
    ["date 'Yesterday'", "2018-04-16", "2018-04-16", "2018-04-17"],
    ["'now'::text::date", "2018-04-17", "2018-04-17", "2018-04-18"],
    ["'epoch'::timestamp", "1970-01-01 00:00:00", "1970-01-01 00:00:00", "1970-01-01 00:00:00"],
    ["(ARRAY['today', 'now']::date[])[2]", "2018-04-17", "2018-04-17", "2018-04-18"],
    ["d::timestamptz < 'today'", "t", "t", "t"],
    ["coalesce(NULL::date, 'today')", "2018-04-17", "2018-04-17", "2018-04-18"],
    ["CURRENT_DATE BETWEEN 'yesterday' AND 'tomorrow'", "t", "t", "t"],
    ["age(ts)", "1 year 3 mons 1 day 14:00:00", "1 year 3 mons 1 day 14:00:00", "1 year 3 mons 2 days 14:00:00"],
    ["age(tz)", "1 year 3 mons 1 day 14:00:00", "1 year 3 mons 1 day 19:00:00", "1 year 3 mons 2 days 08:15:00"],
    ["age(d)", "1 year 3 mons 2 days", "1 year 3 mons 2 days", "1 year 3 mons 3 days"],
    ["now()::date", "2018-04-17", "2018-04-17", "2018-04-18"],
    ["CASE WHEN true THEN NULL ELSE now() END", null, null, null],
    ["extract(day FROM now())", "17", "17", "18"],
    [
      "now() AT TIME ZONE 'UTC'",
      "2018-04-17 23:30:15.123456",
      "2018-04-17 23:30:15.123456",
      "2018-04-17 23:30:15.123456",
    ],
    ["(SELECT CURRENT_DATE)", "2018-04-17", "2018-04-17", "2018-04-18"],
    ["date_trunc('month', now())::date", "2018-04-01", "2018-04-01", "2018-04-01"],
  ])("%s is of the same name, type and precision, and is %s, %s, %s", async (expression, ...expected) => {
    const { text, unfreezable } = frozen(`SELECT ${expression} FROM s.t`);
    expect(unfreezable).toEqual([]);
    for (const [n, zone] of ZONES.entries()) {
      await client.query(`SET TimeZone = '${zone}'`);
      const [real, still] = [await answer(`SELECT ${expression} FROM s.t`), await answer(text)];
      expect(still.columns).toEqual(real.columns);
      expect(still.rows).toEqual([[expected[n]]]);
    }
  });

  test.each([
    "SELECT * FROM now()",
    "SELECT * FROM s.t, CURRENT_DATE, timeofday() AS x(y), LATERAL localtime(3)",
    "SELECT now.now FROM pg_catalog.now()",
    "SELECT now(), now(), CURRENT_DATE::text, now() IS NULL",
    "SELECT now() IS DISTINCT FROM tz, now() FROM s.t GROUP BY 1, now() HAVING now() > now() ORDER BY now(), 2 LIMIT 1",
    "SELECT DISTINCT ON (now()) now() FROM s.t",
    "SELECT max(now()) FILTER (WHERE true), count(*) OVER (ORDER BY now()) FROM s.t GROUP BY tz",
    "WITH x AS (SELECT now()) SELECT x.now, (SELECT now()) FROM x UNION ALL SELECT now(), now()",
    "VALUES (now(), CURRENT_DATE)",
    "SELECT CASE WHEN now() IS DISTINCT FROM tz THEN tz ELSE now() END FROM s.t",
    'SELECT to_char(now(), \'YYYY\')::text COLLATE "C", timeofday() COLLATE "C"',
    "SELECT row_to_json(x) IS NULL FROM (SELECT now(), CURRENT_DATE) x",
    "SELECT CURRENT_DATE FROM s.t FOR UPDATE",
    "SELECT now() WHERE EXISTS (SELECT now())",
    "SELECT now() FETCH FIRST ROW ONLY",
    "SELECT now() WINDOW w AS ()",
    "INSERT INTO s.t (tz) SELECT now() ON CONFLICT DO NOTHING RETURNING now(), CURRENT_DATE",
  ])("%s has the same columns; two runs are equal", async (query) => {
    await client.query("SET TimeZone = 'UTC'");
    const { text } = frozen(query);
    await client.query("BEGIN");
    const real = await answer(query);
    await client.query("ROLLBACK; BEGIN");
    const first = await answer(text);
    await client.query("ROLLBACK; BEGIN");
    const second = await answer(text);
    await client.query("ROLLBACK");
    expect(first.columns).toEqual(real.columns);
    expect(second).toEqual(first);
    expect(JSON.stringify(first)).not.toContain(String(new Date().getUTCFullYear()));
  });

  test("functions, defaults and views made from frozen text keep the time", async () => {
    const { text, unfreezable } = frozen(`
      CREATE TABLE s.made (at timestamptz DEFAULT now(), d date DEFAULT 'today');
      CREATE VIEW s.seen AS SELECT now(), CURRENT_DATE;
      CREATE FUNCTION s.one() RETURNS timestamptz LANGUAGE sql AS 'SELECT now() + ''0''::interval';
      CREATE FUNCTION s.two(OUT at timestamptz) LANGUAGE plpgsql AS $f$
        DECLARE d date := CURRENT_DATE;
        BEGIN
          IF now() > d THEN SELECT now() INTO at; END IF;
        END $f$;
      INSERT INTO s.made DEFAULT VALUES`);
    expect(unfreezable).toEqual([]);
    await client.query("SET TimeZone = 'UTC'");
    await client.query(text);
    const { rows } = await answer("SELECT at, d, s.one(), s.two(), now, current_date FROM s.made, s.seen");
    expect(rows[0]!.map((value) => String(value).slice(0, 13))).toEqual([
      "2018-04-17 23",
      "2018-04-17",
      "2018-04-17 23",
      "2018-04-17 23",
      "2018-04-17 23",
      String(new Date().toISOString().slice(0, 10)),
    ]);
  });

  test("a frozen filter still uses the index", async () => {
    await client.query(
      "CREATE TABLE s.big AS SELECT d::date FROM generate_series('2000-01-01', '2030-01-01', '1 day'::interval) d",
    );
    await client.query("CREATE INDEX ON s.big (d); ANALYZE s.big");
    const { rows } = await answer(`EXPLAIN (COSTS OFF) ${frozen("SELECT FROM s.big WHERE d = CURRENT_DATE").text}`);
    expect(rows.flat()[0]).toMatch(/Index Only Scan/);
  });
});
