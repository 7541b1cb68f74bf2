/** What a test compares, and how it shows what differs. */
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { copyOf, inWorld } from "./world.ts";

const keyed = copyOf(
  `
    - {name: id, type: bigint, not_null: true}
    - {name: name, type: text}
    - {name: amount, type: "numeric(12,2)"}`,
  "SELECT id, name, amount FROM raw.members",
  "  primary_key: [id]\n",
);

const given = (...rows: readonly string[]) =>
  `    given:\n      members:\n${rows.map((row) => `        - ${row}\n`).join("")}`;

for (const major of testMajors) {
  inWorld(major, (world) => {
    test("rows are compared in any order, doubled ones counted, and only the columns that are named", async () => {
      const said = await world.said({
        ...copyOf("[{name: name, type: text}, {name: born, type: date}]", "SELECT name, born FROM raw.members"),
        "t.test.yaml": `tests:
  - name: any order
${given("{id: 1, name: Ann}", "{id: 2, name: Bob}")}    expect: [{name: Bob}, {name: Ann}]
  - name: doubled rows are counted
${given("{id: 1, name: Ann}", "{id: 2, name: Ann}")}    expect: [{name: Ann}]
  - name: no row at all
    expect: []
  - name: none was expected
${given("{id: 1, name: Ann, born: 1980-02-29}")}    expect: []
`,
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.t: any order
        ✗ p.t: doubled rows are counted
          pipelines/p/t.test.yaml:13:5 p.t is not as expected: 1 row too many
             NAME
          +  Ann

        ✓ p.t: no row at all
        ✗ p.t: none was expected
          pipelines/p/t.test.yaml:20:5 p.t is not as expected: 1 row too many
             NAME  BORN
          +  Ann   1980-02-29

        4 tests: 2 failed, 2 passed, in … s."
      `);
    });

    test("by the primary key, a row with other values is one row, and only what differs is shown", async () => {
      const said = await world.said({
        ...keyed,
        "t.test.yaml": `tests:
  - name: one wrong value, one missing, one too many
${given("{id: 1, name: Ann, amount: 1.10}", "{id: 2, name: ~, amount: 2}", "{id: 4, name: '', amount: 4}")}    expect:
      - {id: 1, name: Ann, amount: 1.1}
      # not there
      - {id: 3, name: Cy, amount: 3}
      - {id: 2, name: "", amount: 2.00}
`,
      });
      expect(said).toMatchInlineSnapshot(`
        "✗ p.t: one wrong value, one missing, one too many
          pipelines/p/t.test.yaml:8:5 p.t is not as expected: 1 row with other values, 1 row missing, 1 row too many
             ID  NAME
          -  2   ''    expected, line 12
          +  2   NULL
             ID  NAME  AMOUNT
          -  3   Cy    3       expected, line 11
          +  4   ''    4.00

        1 test: 1 failed, 0 passed, in … s."
      `);
    });

    test("values by their meaning: numbers, floats, instants, json; texts as they are written", async () => {
      const said = await world.said({
        ...copyOf(
          `
    - {name: amount, type: "numeric(12,2)"}
    - {name: ratio, type: float8}
    - {name: seen, type: timestamptz}
    - {name: doc, type: jsonb}
    - {name: name, type: text}`,
          "SELECT amount, ratio * 3 AS ratio, seen, doc, name FROM raw.members",
        ),
        "t.test.yaml": `tests:
  - name: the same
${given("{id: 1, name: 00123, amount: 1E2, ratio: 0.1, seen: 2018-01-01T00:00:00Z, doc: {a: 1, b: [1, x]}}")}    expect:
      - {name: 00123, amount: 100.0, ratio: 0.3, seen: 2018-01-01T01:00:00+01:00, doc: {b: [1.0, x], a: 1.00}}
  - name: a procedure code is no number
${given("{id: 1, name: 1E5}")}    expect: [{name: 100000}]
  - name: a tolerance of one's own
    tolerance: 0.01
${given("{id: 1, ratio: 1, amount: 10}")}    expect: [{ratio: 3.001, amount: 10.01}]
  - name: too far
    tolerance: 0.01
${given("{id: 1, ratio: 1, amount: 10}")}    expect: [{ratio: 3.1, amount: 10.01}]
`,
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.t: the same
        ✗ p.t: a procedure code is no number
          pipelines/p/t.test.yaml:12:5 p.t is not as expected: 1 row missing, 1 row too many
             NAME
          -  100000  expected, line 12
          +  1E5

        ✓ p.t: a tolerance of one's own
        ✗ p.t: too far
          pipelines/p/t.test.yaml:24:5 p.t is not as expected: 1 row with other values
             RATIO
          -  3.1    expected, line 24
          +  3

        4 tests: 2 failed, 2 passed, in … s."
      `);
    });

    test("a transform that is refused", async () => {
      const said = await world.said({
        ...copyOf(
          "[{name: id, type: bigint, not_null: true}, {name: name, type: text}]",
          "SELECT 10 / (id - 1) AS id,\n  name\nFROM raw.members",
          "  primary_key: [id]\nmonitors: [{row_count: {min: 3}}]\n",
        ),
        "t.test.yaml": `tests:
  - name: the key holds
${given("{id: 3, name: Ann}", "{id: 3, name: Bob}")}    expect_error: {code: CTF512, like: "(id)"}
  - name: monitors count where they are asked for
${given("{id: 3, name: Ann}")}    expect_error: {like: fewer than the 3}
  - name: and nowhere else
${given("{id: 3, name: Ann}")}    expect: [{id: 5, name: Ann}]
  - name: nobody asked for this
${given("{id: 1, name: Ann}")}    expect: [{id: 5, name: Ann}]
  - name: it was to be refused
${given("{id: 2, name: Ann}", "{id: 3, name: Ann}", "{id: 6, name: Ann}")}    expect_error: {code: CTF512}
  - name: it was to be refused for another reason
${given("{id: 3, name: Ann}", "{id: 3, name: Bob}")}    expect_error: {code: CTF513}
`,
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.t: the key holds
        ✓ p.t: monitors count where they are asked for
        ✓ p.t: and nowhere else
        ✗ p.t: nobody asked for this
          pipelines/p/t.sql:1:1 CTF515 division by zero (SQLSTATE 22012)
            1 | SELECT 10 / (id - 1) AS id,
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
          PostgreSQL: division by zero
          → If this is what must happen: expect_error: {code: CTF515}

        ✗ p.t: it was to be refused
          pipelines/p/t.test.yaml:29:5 it was expected to be refused with CTF512, and was not

        ✗ p.t: it was to be refused for another reason
          pipelines/p/t.test.yaml:35:5 it was expected to be refused with CTF513, and was refused with
          pipelines/p/t.yaml:1:1 CTF512 p.t: rows come twice for the primary key (id)
            1 | kind: create_table_as
              | ^^^^^^^^^^^^^^^^^^^^^
          PostgreSQL: could not create unique index "t_pkey"
          Key (id)=(5) is duplicated.

        6 tests: 3 failed, 3 passed, in … s."
      `);
    });
  });
}
