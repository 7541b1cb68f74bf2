/** One piece of a large query, and a clock that stands still. */
import { expect, test } from "vitest";
import { copyOf, inWorld } from "./world.ts";

inWorld(18, (world) => {
  test("a CTE by itself, and with the pieces that it reads replaced", async () => {
    const said = await world.said({
      ...copyOf(
        "[{name: id, type: bigint}, {name: plan, type: text}]",
        `WITH plans AS (
  SELECT id, name AS plan, born AS since FROM raw.members
), latest AS (
  SELECT DISTINCT ON (id) id, plan FROM plans ORDER BY id, since DESC
)
SELECT id, plan FROM latest`,
      ),
      "t.test.yaml": `tests:
  - name: the latest plan counts
    at: cte(latest)
    given:
      plans:
        - {id: 1, plan: A, since: 2018-01-01}
        - {id: 1, plan: B, since: 2018-02-01}
    expect: [{id: 1, plan: B}]
  - name: from the table
    at: cte(latest)
    given: {members: [{id: 1, name: A, born: 2018-01-01}]}
    expect: [{id: 1, plan: C}]
  - name: no such piece
    at: cte(lates)
    expect: []
  - name: no such column
    at: cte(latest)
    given: {plans: [{id: 1, pln: A}]}
    expect: []
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p.t: the latest plan counts
      ✗ p.t: from the table
        pipelines/p/t.test.yaml:12:5 the piece is not as expected: 1 row with other values
           PLAN
        -  C     expected, line 12
        +  A

      ✗ p.t: no such piece
        pipelines/p/t.test.yaml:14:9 CTF866 cte(lates) is not there; there are cte(plans) in line 1, cte(latest) in line 3
          14 |     at: cte(lates)
             |         ^^^^^^^^^^
          → Did you mean cte(latest)?

      ✗ p.t: no such column
        pipelines/p/t.test.yaml:18:34 CTF861 plans has no column pln
          18 |     given: {plans: [{id: 1, pln: A}]}
             |                                  ^
          → Did you mean plan?

      4 tests: 3 failed, 1 passed, in … s."
    `);
  });

  test("the query of an INSERT has the names of the columns that it fills", async () => {
    const said = await world.said({
      "log.yaml":
        "kind: sql\noutputs: [{table: p.log, columns: [{name: id, type: bigint}, {name: day, type: date}]}]\n",
      "log.sql": `CREATE TABLE IF NOT EXISTS p.log (id bigint, day date);
INSERT INTO p.log (day, id) SELECT date '2018-01-01' + 1, 7;
INSERT INTO p.log SELECT 1 + 1;
`,
      "log.test.yaml": `tests:
  - {name: as it names them, at: "insert_into(p.log)[0]", expect: [{id: 7, day: 2018-01-02}]}
  - {name: as the table has them, at: statement(2).body(), expect: [{id: 2}]}
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p.log: as it names them
      ✓ p.log: as the table has them
      2 tests: 2 passed, in … s."
    `);
  });

  test("of a statement that is no query, the pieces that are queries are named", async () => {
    const said = await world.said({
      "v.yaml": "kind: sql\noutputs: [{view: p.v, columns: [{name: x, type: integer}]}]\n",
      "v.sql": "CREATE OR REPLACE VIEW p.v AS WITH a AS (SELECT 1 AS x) SELECT x FROM a;\n",
      "v.test.yaml": "tests:\n  - {name: the view, at: statement(0), expect: [{x: 1}]}\n",
    });
    expect(said).toMatchInlineSnapshot(`
      "✗ p.v: the view
        pipelines/p/v.test.yaml:2:26 CTF866 this piece is no query that could be run
          2 |   - {name: the view, at: statement(0), expect: [{x: 1}]}
            |                          ^^^^^^^^^^^^
          → Possible here: cte(a).

      1 test: 1 failed, 0 passed, in … s."
    `);
  });

  test("the clock stands still in SQL and in defaults; an error is still at the person's line", async () => {
    const said = await world.said({
      ...copyOf(
        "[{name: id, type: bigint}, {name: day, type: date}, {name: at, type: timestamptz}]",
        "SELECT id,\n  CURRENT_DATE AS day, now() AS at\nFROM raw.members WHERE CURRENT_DATE > born AND 1 / id > 0",
      ),
      "t.test.yaml": `tests:
  - name: that day
    now: 2018-04-17T06:00:00Z
    given: {members: [{id: 1, born: 2000-01-01}]}
    expect: [{id: 1, day: 2018-04-17, at: 2018-04-17T08:00:00+02:00}]
  - name: without a zone
    now: 2018-04-17
    expect: []
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p.t: that day
      1 test: 1 passed, in … s.
      pipelines/p/t.test.yaml:7:10 CTF104 "now" must be a time with its zone, such as 2018-04-17T06:00:00Z, not "2018-04-17"
        7 |     now: 2018-04-17
          |          ^^^^^^^^^^
      1 error in what was to be tested: see above."
    `);
    const refused = await world.said({
      ...copyOf("[{name: day, type: date}]", "SELECT CURRENT_DATE AS day,\n  CURRENT_DATE + nme AS x FROM raw.members"),
      "t.test.yaml": "tests: [{name: misspelt, now: 2018-04-17T06:00:00Z, expect: []}]\n",
    });
    expect(refused).toMatchInlineSnapshot(`
      "✗ p.t: misspelt
        pipelines/p/t.sql:2:18 CTF515 column "nme" does not exist (SQLSTATE 42703)
          2 |   CURRENT_DATE + nme AS x FROM raw.members
            |                  ^^^^^^^^^^^^^^^^^^^^^^^^^
          → Perhaps you meant to reference the column "members.name".
        PostgreSQL: column "nme" does not exist
        Perhaps you meant to reference the column "members.name".
        → If this is what must happen: expect_error: {code: CTF515}

      1 test: 1 failed, 0 passed, in … s."
    `);
  });

  test("it stands still in what other transforms have made, and where a column says that a text is a date", async () => {
    const said = await world.said({
      "ages.yaml":
        "kind: sql\ninputs: []\noutputs: [{function: p.age_in_years}, {view: p.today, columns: [{name: day, type: date}]}]\n",
      "ages.sql": `CREATE FUNCTION p.age_in_years(born date) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  RETURN extract(year from age(born));
END $$;
CREATE OR REPLACE VIEW p.today AS SELECT CURRENT_DATE AS day;`,
      "t.yaml": `kind: create_table_as
inputs: [{source: members}, {transform: ages}]
output:
  table: p.t
  columns: [{name: id, type: bigint}, {name: age, type: integer}, {name: day, type: date}]
`,
      "t.sql": "SELECT id, p.age_in_years(born) AS age, day FROM raw.members, p.today WHERE born < 'today'",
      "t.test.yaml": `tests:
  - name: in those days
    now: 2018-04-17T06:00:00Z
    given: {members: [{id: 1, born: 2000-04-17}, {id: 2, born: 2000-04-18}, {id: 3, born: 2018-04-17}]}
    expect: [{id: 1, age: 18, day: 2018-04-17}, {id: 2, age: 17, day: 2018-04-17}]
  - name: in other days
    now: 2001-04-17T06:00:00Z
    given: {members: [{id: 1, born: 2000-04-17}, {id: 2, born: 2001-04-17}]}
    expect: [{id: 1, age: 1, day: 2001-04-17}]
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p.t: in those days
      ✓ p.t: in other days
      2 tests: 2 passed, in … s."
    `);
  });

  test("what may read the real clock, for all that can be seen, is said", async () => {
    const said = await world.said({
      ...copyOf("[{name: label, type: text}]", "SELECT upper('today') AS label FROM raw.members"),
      "t.test.yaml":
        "tests: [{name: a label, now: 2018-04-17T06:00:00Z, given: {members: [{}]}, expect: [{label: TODAY}]}]\n",
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p.t: a label
        pipelines/p/t.sql:1:14 CTF869 'today', if it is read as a date or a time, can't be held still at the test's time
          1 | SELECT upper('today') AS label FROM raw.members
            |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      1 test: 1 passed, in … s."
    `);
  });
});
