/** The clock stands still: a server finds the same names, types and precisions as ever, and the expected moments. */
import { beforeAll, describe, expect, test } from "vitest";
import { freezeTime } from "../../../src/sql/freeze/freeze.ts";
import { loadParser } from "../../../src/sql/parser.ts";
import { sharedClient } from "../../support/database.ts";

beforeAll(loadParser);

const NOW = "2018-04-17T23:30:15.123456Z";
const frozen = (text: string) => freezeTime({ text, line: 1, column: 1 }, NOW);

describe.each([15, 18] as const)("PostgreSQL %i", (major) => {
  const client = sharedClient(
    major,
    `CREATE SCHEMA s; CREATE TABLE s.t (ts timestamp, tz timestamptz, d date);
     INSERT INTO s.t VALUES ('2017-01-15 10:00', '2017-01-15 10:00Z', '2017-01-15')`,
  );

  /** Names, types and precisions of the columns, and their texts. */
  const answer = async (text: string) => {
    const { fields, rows } = await client().query<unknown[]>({
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
      await client().query(`SET TimeZone = '${zone}'`);
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
    await client().query("SET TimeZone = 'UTC'");
    const { text } = frozen(query);
    await client().query("BEGIN");
    const real = await answer(query);
    await client().query("ROLLBACK; BEGIN");
    const first = await answer(text);
    await client().query("ROLLBACK; BEGIN");
    const second = await answer(text);
    await client().query("ROLLBACK");
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
    await client().query("SET TimeZone = 'UTC'");
    await client().query(text);
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
    await client().query(
      "CREATE TABLE s.big AS SELECT d::date FROM generate_series('2000-01-01', '2030-01-01', '1 day'::interval) d",
    );
    await client().query("CREATE INDEX ON s.big (d); ANALYZE s.big");
    const { rows } = await answer(`EXPLAIN (COSTS OFF) ${frozen("SELECT FROM s.big WHERE d = CURRENT_DATE").text}`);
    expect(rows.flat()[0]).toMatch(/Index Only Scan/);
  });
});
