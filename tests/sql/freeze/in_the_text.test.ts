/** The clock stands still: what is exchanged in a text, and what can't be. */
import { beforeAll, describe, expect, test } from "vitest";
import { freezeExpression, freezeTime, isInstant } from "../../../src/sql/freeze/freeze.ts";
import { loadParser } from "../../../src/sql/parser.ts";

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
