/** What analysts write without quotes: it stays what was written, or is told what it needs. */
import { describe, expect, test } from "vitest";
import { parseNodes } from "../../src/project/rows/parse.ts";
import { copyOf, inWorld } from "./world.ts";

/** What is said of a row with this value, and what of it. */
function said(row: string): string | undefined {
  const text = `tests:\n  - given:\n      ${row}\n`;
  const [first] = parseNodes("t.yaml", text).diagnostics;
  if (!first) return undefined;
  const [start, end] = [first.span!.start!, first.span!.end!];
  const marked = text.split("\n")[start.line - 1]!.slice(start.column - 1, end.column - 1);
  return `${marked}: ${first.message} → ${first.hint}`;
}

describe("a value that needs quotes is told with them", () => {
  const QUOTES = "must be in quotes → Put it in quotes:";
  const BEGIN = "unless it is in quotes → Put it in quotes:";
  test.each([
    ["[2018-01-01,2018-02-01)", `a range ${QUOTES} "[2018-01-01,2018-02-01)".`],
    ["(,2018-02-01]", `a range ${QUOTES} "(,2018-02-01]".`],
    ["[,)", `a range ${QUOTES} "[,)".`],
    ["@x", `a value can't begin with @ ${BEGIN} "@x".`],
    ["%", `a value can't begin with % ${BEGIN} "%".`],
    ["*", `a value can't begin with * ${BEGIN} "*".`],
    ["- x", `a value can't begin with - ${BEGIN} "- x".`],
    ["| x", `a value can't begin with | ${BEGIN} "| x".`],
    ["a: b", `a value with a colon and a space in it ${QUOTES} "a: b".`],
    ["a:", `a value with a colon and a space in it ${QUOTES} "a:".`],
    ["a #b", `# begins a comment, unless the value is in quotes → Put it in quotes: "a #b".`],
    ["a{b", `a value with brackets in it ${QUOTES} "a{b".`],
    ['a]"\\b', `a value with brackets in it ${QUOTES} 'a]"\\b'.`],
    [
      "'it's'",
      "something stands after the closing quote of this value → A quote within a value in single quotes is written twice: 'it''s'.",
    ],
  ])("%s", (value, message) => {
    expect(said(`- {id: 1, v: ${value}}`)).toBe(`${value}: ${message}`);
    expect(said(`- {v: ${value}, "id": 1} # one`)).toBe(`${value}: ${message}`);
  });

  test("a range on a line of its own", () => {
    expect(said("- v: [2018-01-01,2018-02-01)")).toBe(
      `[2018-01-01,2018-02-01): a range must be in quotes → Put it in quotes: "[2018-01-01,2018-02-01)".`,
    );
  });

  test("a comma that is missing is told as that", () => {
    expect(said('- {a: "x" b: 1}')).toBe(
      ": a comma is missing before this → Put a comma between two entries of […] or {…}.",
    );
    expect(said("- {a: x, b: [1, 2 {c: 1}]}")).toMatch("a comma is missing");
  });
});

inWorld(18, (world) => {
  test("what means something else to YAML stays what it is", async () => {
    const values = ["08:30", "1e5", "NO", "0123", "1_000", "1.10", "a#b", "x:y", "2018-01-01 10:00", "=1", "it's"];
    const rows = values.map((value, n) => `{id: ${n}, name: ${value}}`).join(", ");
    const answer = await world.said({
      ...copyOf("[{name: id, type: bigint}, {name: name, type: text}]", "SELECT id, name FROM raw.members"),
      "t.test.yaml": `tests:
  - name: texts
    given: {members: [${rows}]}
    expect: [${values.map((value, n) => `{id: ${n}, name: "${value}"}`).join(", ")}]
`,
    });
    expect(answer).toBe("✓ p.t: texts\n1 test: 1 passed, in … s.");
  });

  test("lists are arrays, and bytes stand in single quotes", async () => {
    const answer = await world.said({
      "t.yaml":
        'kind: create_table_as\noutput:\n  table: p.t\n  columns: [{name: a, type: "text[]"}, {name: b, type: bytea}]\n',
      "t.sql": "SELECT '{x,NULL,\"y,z\"}'::text[] AS a, '\\x00ff'::bytea AS b",
      "t.test.yaml": `tests:
  - name: a list
    expect: [{a: [x, ~, "y,z"], b: '\\x00ff'}]
  - name: a text
    expect: [{a: '{x,NULL,"y,z"}', b: \\x00ff}]
`,
    });
    expect(answer).toBe("✓ p.t: a list\n✓ p.t: a text\n2 tests: 2 passed, in … s.");
  });

  test("a value that ends at its comma, a NUL, and what a type does not take", async () => {
    const answer = await world.said({
      ...copyOf(
        '[{name: amount, type: "numeric(12,2)"}, {name: doc, type: jsonb}]',
        "SELECT amount, doc FROM raw.members",
      ),
      "t.test.yaml": `tests:
  - name: thousands
    given: {members: [{amount: 1,000}]}
    expect: []
  - name: a NUL
    given: {members: [{name: "\\x00"}]}
    expect: []
  - name: money
    expect: [{amount: $5}]
  - name: json
    given: {members: [{doc: five}]}
    expect: []
`,
    });
    expect(answer).toMatchInlineSnapshot(`
      "✗ p.t: money
        pipelines/p/t.test.yaml:9:23 CTF863 amount can't be this: invalid input syntax for type numeric: "$5"
          9 |     expect: [{amount: $5}]
            |                       ^^
          → The column's type is numeric: write 1234.50, without thousands, percent or currency.

      ✗ p.t: json
        pipelines/p/t.test.yaml:11:29 CTF863 raw.members can't have this row: invalid input syntax for type json (Token "five" is invalid.)
          11 |     given: {members: [{doc: five}]}
             |                             ^^^^
          → The column's type is jsonb: write lists and mappings as they are, a text as '"one"'.

      2 tests: 2 failed, 0 passed, in … s.
      pipelines/p/t.test.yaml:3:34 CTF863 000 has no colon and no value
        3 |     given: {members: [{amount: 1,000}]}
          |                                  ^^^
        → A comma ends a value within { }. If it belongs to the value, put all of it in quotes: '1,000'. NULL is written 000: ~.

      pipelines/p/t.test.yaml:6:30 CTF863 no text of PostgreSQL holds the character that \\x00 is within double quotes
        6 |     given: {members: [{name: "\\x00"}]}
          |                              ^^^^^^
        → Write bytes in single quotes: '\\x00'.
      2 errors in what was to be tested: see above."
    `);
  });
});
