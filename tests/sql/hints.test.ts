import { beforeAll, describe, expect, test } from "vitest";
import { hints, hintsOn } from "../../src/sql/hints/index.ts";
import type { Catalog } from "../../src/sql/lineage/scope.ts";
import { loadParser } from "../../src/sql/parser.ts";

beforeAll(loadParser);

const TABLES: Readonly<Record<string, readonly string[]>> = {
  members: ["member_id!", "last_name"],
  claims: ["claim_id!", "member_id", "paid", "status"],
};
const catalog: Catalog = (_, name) =>
  TABLES[name]?.map((column) => ({ name: column.replace("!", ""), notNull: column.endsWith("!") }));

const found = (text: string): readonly string[] =>
  hintsOn({ file: "q.sql", text, line: 1, column: 1 }, catalog).map(
    ({ code, span }) => `${code} ${span?.start?.line}:${span?.start?.column}`,
  );

describe.each(hints.map((hint) => [hint.code.name, hint] as const))("%s", (_, { code, bad, good }) => {
  test("its bad example gets this hint only, its good one none", () => {
    expect(found(bad).map((line) => line.split(" ")[0])).toEqual([code.code]);
    expect(found(good)).toEqual([]);
  });
});

describe("what can't be NULL, or is not known, gets no hint about NOT IN", () => {
  test.each([
    "SELECT 1 AS x FROM h.claims WHERE member_id NOT IN (SELECT member_id FROM h.members)",
    "SELECT 1 AS x FROM h.members WHERE member_id NOT IN (SELECT member_id FROM h.claims WHERE member_id IS NOT NULL)",
    "SELECT 1 AS x FROM h.members WHERE member_id NOT IN (SELECT member_id FROM h.claims WHERE member_id > 3)",
    "SELECT 1 AS x FROM h.members WHERE member_id IN (SELECT member_id FROM h.claims)",
    "SELECT 1 AS x FROM h.members WHERE member_id NOT IN (SELECT id FROM h.unknown)",
    "SELECT 1 AS x FROM h.members WHERE member_id NOT IN (1, 2)",
  ])("%s", (text) => {
    expect(found(text)).toEqual([]);
  });

  test("but an outer join can make NULLs of it, through a WITH query too", () => {
    const text = `WITH j AS (SELECT m.member_id FROM h.claims c LEFT JOIN h.members m USING (member_id))
SELECT paid FROM h.claims WHERE member_id <> ALL (SELECT member_id FROM j)`;
    expect(found(text)).toEqual(["CTF331 2:43"]);
  });
});

test("NULL in a list", () => {
  expect(found("SELECT paid IN (1, NULL) AS x FROM h.claims WHERE paid NOT IN (2, NULL)")).toEqual([
    "CTF332 1:13",
    "CTF332 1:56",
  ]);
});

test("a star is told where it stands, once; one in EXISTS or over named columns is not", () => {
  expect(found("SELECT c.*, 1 AS n FROM h.claims c WHERE EXISTS (SELECT * FROM h.members)")).toEqual(["CTF333 1:8"]);
  expect(found("SELECT q.paid FROM (SELECT * FROM h.claims) q")).toEqual([]);
});

test("a condition that lets the missing rows pass does not undo the join", () => {
  const join = "SELECT c.paid FROM h.members m LEFT JOIN h.claims c USING (member_id) WHERE";
  expect(found(`${join} c.status = 'paid' OR c.status IS NULL`)).toEqual([]);
  expect(found(`${join} coalesce(c.status, 'paid') = 'paid' AND m.last_name = 'x'`)).toEqual([]);
  expect(found(`${join} m.last_name = 'x' AND status IN ('paid')`)).toEqual(["CTF334 1:99"]);
});

describe("a comment silences a hint", () => {
  test.each([
    [
      "on its line",
      "SELECT *\nFROM h.claims WHERE paid = NULL -- ctf: allow CTF332 because we test it",
      ["CTF333 1:8"],
    ],
    ["on the line above", "SELECT paid FROM h.claims WHERE\n-- ctf: allow CTF332 because we test it\npaid = NULL", []],
    [
      "of another code not",
      "SELECT * FROM h.claims -- ctf: allow CTF332 because we test it",
      ["CTF333 1:8", "CTF335 1:24"],
    ],
    ["without a reason not", "SELECT * FROM h.claims -- ctf: allow CTF333", ["CTF333 1:8", "CTF330 1:24"]],
    [
      "with nothing behind because not",
      "SELECT * FROM h.claims /* ctf: allow CTF333 because */",
      ["CTF333 1:8", "CTF330 1:24"],
    ],
    ["in several lines", "/* ctf: allow CTF333\n   because it is a mirror */\nSELECT * FROM h.claims", []],
    ["of an error not", "SELECT paid FROM h.claims -- ctf: allow CTF203 because I want to", ["CTF335 1:27"]],
    ["in a string not", "SELECT *, '-- ctf: allow CTF333 because' AS x FROM h.claims", ["CTF333 1:8"]],
  ])("%s", (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});
