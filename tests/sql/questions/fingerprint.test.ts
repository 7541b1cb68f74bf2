import { beforeAll, expect, test } from "vitest";
import { loadParser } from "../../../src/sql/parser.ts";
import { fingerprint, sayTheSame } from "../../../src/sql/questions/fingerprint.ts";

beforeAll(loadParser);

test.each([
  ["SELECT a, b FROM s.t WHERE a IN (1, 2)", 'select A ,\n\tb -- b\nfrom S."t" where (a in (1,2));'],
  ["SELECT ARRAY[1, 2]", "SELECT\n ARRAY [1,  2]"],
])("%s says the same as %s", (one, other) => {
  expect(sayTheSame(one, other)).toBe(true);
});

test.each([
  ["SELECT a FROM s.t", "SELECT b FROM s.t"],
  ["SELECT a FROM s.t", "SELECT a FROM s.t; SELECT 1"],
  ["SELECT a AND b OR c", "SELECT a AND (b OR c)"],
  ["SELECT 'A'", "SELECT 'a'"],
  ["SELECT FROM FROM", "select from from"],
])("%s does not say the same as %s", (one, other) => {
  expect(sayTheSame(one, other)).toBe(false);
});

test("the mark does not change from one run to the next", () => {
  expect(fingerprint("SELECT 1")).toBe(fingerprint("/* one */ SELECT 1"));
  expect(fingerprint("SELECT 1")).toMatch(/^[0-9a-f]{32}$/);
});
