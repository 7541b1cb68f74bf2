/** A function that a transform makes is tested by calls: what a call gives is compared as rows always are. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Files } from "../support/files.ts";
import { inWorld } from "./world.ts";

const functions: Files = {
  "helpers.yaml": `kind: sql
inputs: [{source: members}]
outputs:
  - view: p.names
    columns: [{name: id, type: bigint}]
  - function: p.total
    arguments: [bigint]
  - function: p.ages
    arguments: [date]
  - function: p.half
    arguments: [numeric]
  - function: p.half
    arguments: [numeric, integer]
  - function: p.broken
    arguments: [integer]
`,
  "helpers.sql": `CREATE OR REPLACE VIEW p.names AS SELECT id FROM raw.members;
CREATE OR REPLACE FUNCTION p.total(lowest bigint) RETURNS numeric LANGUAGE sql STABLE
AS $$ SELECT sum(amount) FROM raw.members WHERE id >= lowest $$;
CREATE OR REPLACE FUNCTION p.ages(at date) RETURNS TABLE (id bigint, age integer) LANGUAGE sql STABLE
AS $$ SELECT id, extract(year FROM age(at, born))::integer FROM raw.members $$;
CREATE OR REPLACE FUNCTION p.half(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT x / 2 $$;
CREATE OR REPLACE FUNCTION p.half(x numeric, digits integer, OUT rounded numeric, OUT is_exact boolean) LANGUAGE plpgsql
AS $$ BEGIN rounded := round(x / 2, digits); is_exact := rounded = x / 2; END $$;
CREATE OR REPLACE FUNCTION p.broken(x integer) RETURNS integer LANGUAGE sql AS $$ SELECT 1 / x $$;
`,
};

inWorld(18, (world) => {
  test("a value, rows, OUT columns, and arguments with defaults of the test's time", async () => {
    const said = await world.said({
      ...functions,
      "helpers.test.yaml": `tests:
  - name: a value is one column, called after the function
    given: {members: [{id: 1, amount: 1.50}, {id: 2, amount: 2}]}
    expect:
      "p.total(1)": [{total: 3.5}]
      p.total(2): [{total: 2.00}]
      "p.total(lowest => 3)": [{total: ~}]
  - name: rows
    now: 2018-04-17T12:00:00Z
    given: {members: [{id: 1, born: 1950-04-17}, {id: 2, born: 1950-04-18}]}
    expect:
      "p.ages(current_date)": [{id: 2, age: 67}, {id: 1, age: 68}]
      "p.ages(date '2000-01-01')": [{age: 49}, {age: 49}]
  - name: columns of its own
    expect: {"p.half(5, 0)": [{rounded: 3, is_exact: false}], p.half(5): [{half: 2.5}]}
  - name: rows and calls together, of which one is wrong
    given: {members: [{id: 1, amount: 1}]}
    expect:
      p.names: [{id: 1}]
      "p.total(1)": [{total: 2}]
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p.helpers: a value is one column, called after the function
      ✓ p.helpers: rows
      ✓ p.helpers: columns of its own
      ✗ p.helpers: rows and calls together, of which one is wrong
        pipelines/p/helpers.test.yaml:20:7 p.total(1) is not as expected: 1 row missing, 1 row too many
           TOTAL
        -  2      expected, line 20
        +  1.00

      4 tests: 1 failed, 3 passed, in … s."
    `);
  });

  test("in a database of its own, too: of a pipeline", async () => {
    const said = await world.said({
      ...functions,
      "users.yaml":
        "kind: create_table_as\ninputs: [{transform: helpers}]\noutput: {table: p.users, columns: [{name: half, type: numeric}]}\n",
      "users.sql": "SELECT p.half(3) AS half",
      "users.test.yaml": `tests:
  - name: all of it
    run: {pipeline: p}
    given: {members: [{id: 7, amount: 2}]}
    expect:
      p.users: [{half: 1.5}]
      "p.total(1)": [{total: 2}]
      p.half(1, 1): [{rounded: 0.5}]
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p: all of it
      1 test: 1 passed, in … s."
    `);
  });

  test("what a function raises is what a test of bad input expects, by any code and in its own words", async () => {
    const said = await world.said({
      ...functions,
      "refusing.yaml": "kind: sql\noutputs: [{function: p.plan_of, arguments: [text]}]\n",
      "refusing.sql": `CREATE OR REPLACE FUNCTION p.plan_of(x text) RETURNS text LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'no such plan: %', x USING ERRCODE = 'CL001'; END $$;
`,
      "helpers.test.yaml": `tests:
  - name: PostgreSQL's own, and what comes after it is called all the same
    expect:
      p.broken(0): {error: {code: 22012}}
      p.broken(1): [{broken: 1}]
  - name: it does not fail, and fails otherwise
    expect:
      p.broken(1): {error: {code: CTF515}}
      p.broken(0): {error: {like: negative}}
`,
      "refusing.test.yaml": `tests:
  - name: its own
    expect: {p.plan_of('B'): {error: {code: CL001, like: "no such plan: B"}}}
  - name: in a database of its own
    run: {pipeline: p}
    expect:
      p.plan_of('B'): {error: {like: no such}}
      p.broken(0): {error: {}}
      p.half(1): [{half: 0.5}]
  - name: nobody expects it
    expect: {p.plan_of('B'): [{plan_of: A}]}
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p.helpers: PostgreSQL's own, and what comes after it is called all the same
      ✗ p.helpers: it does not fail, and fails otherwise
        pipelines/p/helpers.test.yaml:8:21 p.broken(1) was expected to fail with CTF515, and did not
        pipelines/p/helpers.test.yaml:9:21 p.broken(0) was expected to fail like "negative", and failed with
        pipelines/p/helpers.test.yaml:9:7 CTF515 division by zero (SQLSTATE 22012)
          9 |       p.broken(0): {error: {like: negative}}
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        PostgreSQL: division by zero

      ✓ p.refusing: its own
      ✓ p: in a database of its own
      ✗ p.refusing: nobody expects it
        pipelines/p/refusing.test.yaml:11:14 CTF515 the SQL raised an error of its own
          11 |     expect: {p.plan_of('B'): [{plan_of: A}]}
             |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          → If the call must fail, write {error: {code: CL001}} in the place of its rows.
        PostgreSQL: no such plan: B

      5 tests: 2 failed, 3 passed, in … s."
    `);
  });

  test("what is written in another way than an error is told how to", async () => {
    const said = await world.said({
      ...functions,
      "helpers.test.yaml": `tests:
  - name: without keys
    expect: {p.broken(0): {error: division by zero}, p.total(1): {error: 22012}}
  - name: other keys
    expect: {p.broken(0): {error: {sqlstate: 22012}}, p.total(1): {expect_error: {code: 22012}}}
  - name: no code
    expect: {p.broken(0): {error: {code: 12}}}
  - name: whose
    expect: {error: {code: 22012}}
  - name: of a table
    expect: {p.names: {error: {code: 22012}}}
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "pipelines/p/helpers.test.yaml:3:27 CTF103 an error is expected by its code, as CTF512 or as the SQLSTATE 22012, or by what its message has
        3 |     expect: {p.broken(0): {error: division by zero}, p.total(1): {error: 22012}}
          |                           ^^^^^^^^^^^^^^^^^^^^^^^^^
        → Write error: {like: division by zero}.

      pipelines/p/helpers.test.yaml:3:66 CTF103 an error is expected by its code, as CTF512 or as the SQLSTATE 22012, or by what its message has
        3 |     expect: {p.broken(0): {error: division by zero}, p.total(1): {error: 22012}}
          |                                                                  ^^^^^^^^^^^^^^
        → Write error: {code: 22012}.

      pipelines/p/helpers.test.yaml:5:27 CTF103 an error is expected by its code, as CTF512 or as the SQLSTATE 22012, or by what its message has
        5 |     expect: {p.broken(0): {error: {sqlstate: 22012}}, p.total(1): {expect_error: {code: 22012}}}
          |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^
        → Write error: {code: …, like: …}, or one of them.

      pipelines/p/helpers.test.yaml:5:67 CTF103 an error is expected by its code, as CTF512 or as the SQLSTATE 22012, or by what its message has
        5 |     expect: {p.broken(0): {error: {sqlstate: 22012}}, p.total(1): {expect_error: {code: 22012}}}
          |                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        → Write error: {code: …, like: …}, or one of them.

      pipelines/p/helpers.test.yaml:9:13 CTF103 it does not say whose error that is
        9 |     expect: {error: {code: 22012}}
          |             ^^^^^^^^^^^^^^^^^^^^^^
        → Of the transform: expect_error: {…} beside given. Of a call: expect: {"schema.function(1)": {error: {…}}}.

      pipelines/p/helpers.test.yaml:7:42 CTF104 "code" must be the code of a diagnostic, such as CTF512, or an SQLSTATE, such as 22012
        7 |     expect: {p.broken(0): {error: {code: 12}}}
          |                                          ^^

      pipelines/p/helpers.test.yaml:11:14 CTF862 p.names has rows, and no error of its own
        11 |     expect: {p.names: {error: {code: 22012}}}
           |              ^^^^^^^
        → What the transform must be refused with stands beside given: expect_error: {code: …, like: …}."
    `);
  });

  test("what is no call of one of its functions is told at its place; so is what PostgreSQL has against a call", async () => {
    const said = await world.said({
      ...functions,
      "helpers.test.yaml": `tests:
  - name: no brackets
    expect: {p.total: [{total: 1}]}
  - name: misspelt
    expect: {p.totl(1): [{total: 1}]}
  - name: another's
    expect: {pg_catalog.now(): []}
  - name: more than a call
    expect: {"p.total(1), p.names": []}
  - name: no SQL
    expect: {"p.total(1 +)": []}
  - name: a comma without quotes
    expect: {p.half(1, 2): []}
  - name: of which output
    expect: [{total: 1}]
  - name: not before
    before: {p.total(1): []}
    expect: {p.names: []}
  - name: no such argument
    expect: {"p.total('one')": []}
  - name: no such column
    expect: {p.total(1): [{sum: 1}]}
  - name: an error of its own
    expect: {p.broken(0): [{broken: 1}]}
  - name: a value in the place of rows
    expect: {p.total(1): 1}
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✗ p.helpers: no such argument
        pipelines/p/helpers.test.yaml:20:23 CTF515 a text can't be read as the type it is cast to (SQLSTATE 22P02)
          20 |     expect: {"p.total('one')": []}
             |                       ^^^^^^^^^^^^
          → If the call must fail, write {error: {code: 22P02}} in the place of its rows.
        PostgreSQL: invalid input syntax for type bigint: "one"

      ✗ p.helpers: no such column
        pipelines/p/helpers.test.yaml:22:33 CTF861 there is no column sum to compare with
          22 |     expect: {p.total(1): [{sum: 1}]}
             |                                 ^
          → Possible here: total.

      ✗ p.helpers: an error of its own
        pipelines/p/helpers.test.yaml:24:14 CTF515 division by zero (SQLSTATE 22012)
          24 |     expect: {p.broken(0): [{broken: 1}]}
             |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^
          → If the call must fail, write {error: {code: 22012}} in the place of its rows.
        PostgreSQL: division by zero

      3 tests: 3 failed, 0 passed, in … s.
      pipelines/p/helpers.test.yaml:26:26 CTF103 "p.total(1)" must be a list of rows
        26 |     expect: {p.total(1): 1}
           |                          ^
        → Write "- {column: value}" for each row, or [] for none.

      pipelines/p/helpers.test.yaml:13:14 CTF103 p.half(1 is only a part of a call
        13 |     expect: {p.half(1, 2): []}
           |              ^^^^^^^^
        → Write the whole call in quotes, "schema.function(1, 2)": within { } a comma ends a name.

      pipelines/p/helpers.test.yaml:3:14 CTF862 p.total is a function, which has rows only when it is called
        3 |     expect: {p.total: [{total: 1}]}
          |              ^^^^^^^
        → Write a call in quotes: p.total(bigint) with values in the place of its types.

      pipelines/p/helpers.test.yaml:5:14 CTF861 p.totl is no function that is made by what is tested
        5 |     expect: {p.totl(1): [{total: 1}]}
          |              ^^^^^^^^^
        → Did you mean p.total?

      pipelines/p/helpers.test.yaml:7:14 CTF861 pg_catalog.now is no function that is made by what is tested
        7 |     expect: {pg_catalog.now(): []}
          |              ^^^^^^^^^^^^^^^^
        → Possible here: p.total, p.ages, p.half, p.broken.

      pipelines/p/helpers.test.yaml:9:15 CTF862 p.total(1), p.names can't be called: this is not one call of a function and nothing else
        9 |     expect: {"p.total(1), p.names": []}
          |               ^^^^^^^^^^^^^^^^^^^^
        → Write one call of p.total(bigint) or p.ages(date) or p.half(numeric) or p.half(numeric, integer) or p.broken(integer), in quotes.

      pipelines/p/helpers.test.yaml:11:26 CTF862 p.total(1 +) can't be called: syntax error at or near ")"
        11 |     expect: {"p.total(1 +)": []}
           |                          ^^
        → Write one call of p.total(bigint) or p.ages(date) or p.half(numeric) or p.half(numeric, integer) or p.broken(integer), in quotes.

      pipelines/p/helpers.test.yaml:15:15 CTF861 p.names has no column total
        15 |     expect: [{total: 1}]
           |               ^^^^^
        → Possible here: id.

      pipelines/p/helpers.test.yaml:17:14 CTF861 p.total(1) is no output of what is tested
        17 |     before: {p.total(1): []}
           |              ^^^^^^^^^^
        → Possible here: p.names.
      9 errors in what was to be tested: see above."
    `);
  });

  test("--update writes what a call gives", async () => {
    world.files({
      ...functions,
      "helpers.test.yaml": `tests:
  - name: a half
    expect: {"p.half(5, 0)": [{rounded: 1}], p.half(5): []}
`,
    });
    await world.ctfTest("-k", "half", "--update");
    expect(readFileSync(join(world.root, "pipelines/p/helpers.test.yaml"), "utf8")).toContain(
      'expect: {"p.half(5, 0)": [{rounded: 3}], p.half(5): [{half: 2.5000000000000000}]}',
    );
  });
});
