/** One call of a function and nothing else: what else could be smuggled into a query is refused. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../../src/sql/parser.ts";
import { readCall } from "../../../src/sql/questions/function_call.ts";

beforeAll(loadParser);

describe("calls", () => {
  test.each([
    ["p.f()", { schema: "p", name: "f", arguments: 0 }],
    ["f(1)", { name: "f", arguments: 1 }],
    [`"P"."My F"('a, b', (SELECT 1), x => 2)`, { schema: "P", name: "My F", arguments: 3 }],
    ["P.F(ARRAY[1, 2]) -- why", { schema: "p", name: "f", arguments: 1 }],
    ["p.f(VARIADIC ARRAY[1])", { schema: "p", name: "f", arguments: 1 }],
  ])("%s", (text, call) => expect(readCall(text)).toEqual({ ok: true, call }));
});

describe("not one call", () => {
  test.each([
    "p.t",
    "p.f(1), p.g(2)",
    "p.f(1) AS x",
    "p.f(1) WITH ORDINALITY",
    "p.f(1) AS (a int)",
    "p.f(1) WHERE true",
    "p.f(1) UNION SELECT 1",
    "p.f(1) FOR UPDATE",
    "p.f(1);",
    "p.f(1); DROP TABLE p.t",
    "LATERAL p.f(1)",
    "ROWS FROM (p.f(1))",
    "ROWS FROM (p.f(1), p.g(2))",
    "(SELECT 1) AS x",
    "p.f(1) JOIN p.g(1) ON true",
    "current_date",
    "coalesce(1, 2)",
    "",
  ])("%s", (text) => expect(readCall(text)).toMatchObject({ ok: false }));
});

test.each([
  ["p.f(1 +)", 'syntax error at or near ")"', 7],
  ["p.f(é, 1", "syntax error at end of input", 8],
  ["p.f('a", 'unterminated quoted string at or near "\'a"', 4],
])("where it is no SQL: %s", (text, message, offset) => expect(readCall(text)).toEqual({ ok: false, message, offset }));
