/** What counts as tested: what a test looks at, and what that is made of. */
import { expect, test } from "vitest";
import type { Files } from "../support/files.ts";
import { inWorld } from "./world.ts";

const files: Files = {
  "a.yaml": `kind: create_table_as
inputs: [{source: members}]
output: {table: p.a, columns: [{name: id, type: bigint}, {name: name, type: text}, {name: born, type: date}]}
`,
  "a.sql": "SELECT id, name, born FROM raw.members",
  "b.yaml": `kind: create_table_as
inputs: [{transform: a}]
output: {table: p.b, columns: [{name: id, type: bigint}, {name: upper, type: text}]}
monitors:
  - {row_count: {min: 1, max: 5}}
  - {row_count: {change: 0.5}}
`,
  "b.sql": "WITH named AS (SELECT id, name FROM p.a) SELECT id, upper(name) AS upper FROM named",
  "c.yaml": `kind: sql
outputs: [{function: p.f, arguments: [integer]}, {view: p.v, columns: [{name: x, type: integer}]}]
`,
  "c.sql":
    "CREATE OR REPLACE FUNCTION p.f(x integer) RETURNS integer LANGUAGE sql AS 'SELECT x';\nCREATE OR REPLACE VIEW p.v AS SELECT 1 AS x;\n",
};

inWorld(18, (world) => {
  const coverage = async (tests: Files): Promise<string> => {
    const said = await world.said({ ...files, ...tests }, "--no-structural", "--coverage");
    return said.slice(said.indexOf("\n\n") + 2);
  };

  test("of a pipeline what is compared, and the columns that it is made of; nothing that is only run", async () => {
    expect(
      await coverage({
        "p.test.yaml": `tests:
  - name: all of it
    run: {pipeline: p}
    given: {members: [{id: 1, name: Ann}]}
    expect: {p.b: [{upper: ANN}]}
`,
      }),
    ).toMatchInlineSnapshot(`
      "TRANSFORM  TESTS  COLUMNS WITHOUT  FUNCTIONS WITHOUT  CTES WITHOUT  MONITORS WITHOUT
      p.a               id, born
      p.b               id                                                row_count {min: 1, max: 5}, row_count {change: 0.5}
      p.c        none   x                f()

      38% has a test: 5 of 13 transforms, columns, functions, CTEs and monitors."
    `);
  });

  test("a call is a test of the function alone", async () => {
    expect(await coverage({ "c.test.yaml": "tests: [{name: f, expect: {p.f(1): [{f: 1}]}}]\n" }))
      .toMatchInlineSnapshot(`
      "TRANSFORM  TESTS  COLUMNS WITHOUT  CTES WITHOUT  MONITORS WITHOUT
      p.a        none   id, name, born
      p.b        none   id, upper        named         row_count {min: 1, max: 5}, row_count {change: 0.5}
      p.c               x

      15% has a test: 2 of 13 transforms, columns, functions, CTEs and monitors."
    `);
  });

  test("of several monitors the one whose words are expected", async () => {
    const expecting = (like: string) => ({
      "b.test.yaml": `tests:
  - {name: rows, given: {a: [{id: 1, name: x}]}, expect: [{id: 1, upper: X}]}
  - {name: the monitor, expect_error: {code: CTF524${like}}}
`,
    });
    const open = async (like: string) => /^p\.b .*$/m.exec(await coverage(expecting(like)))?.[0].replace(/ +/g, " ");
    expect(await open("")).toMatchInlineSnapshot(`"p.b row_count {min: 1, max: 5}, row_count {change: 0.5}"`);
    expect(await open(", like: row_count.min")).toMatchInlineSnapshot(`"p.b row_count {change: 0.5}"`);
    expect(await open(", like: '0 rows, fewer than the 1'")).toMatchInlineSnapshot(`"p.b row_count {change: 0.5}"`);
  });

  test("a change can be expected where there are rows from before", async () => {
    const said = await world.said(
      {
        ...files,
        "b.test.yaml": `tests:
  - name: half as many
    given: {a: [{id: 1}]}
    before: [{id: 1}, {id: 2}, {id: 3}]
    expect_error: {code: CTF524, like: row_count.change}
`,
      },
      "b",
    );
    expect(said).toMatchInlineSnapshot(`
      "✓ p.b: half as many
      1 test: 1 passed, in … s."
    `);
  });
});
