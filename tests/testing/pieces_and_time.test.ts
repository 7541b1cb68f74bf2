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
          |          ^^^^^^^^^^"
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
});
