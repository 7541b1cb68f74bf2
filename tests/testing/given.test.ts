/** The rows that a test gives: what may stand there, what is made up, and what is said of what can't be. */
import { expect, test } from "vitest";
import type { Files } from "../support/files.ts";
import { inWorld } from "./world.ts";

const project: Files = {
  "people.yaml": `kind: create_table_as
inputs: [{source: members}]
output:
  table: p.people
  columns:
    - {name: id, type: bigint, not_null: true}
    - {name: name, type: text, not_null: true}
    - {name: sex, type: text, not_null: true}
  primary_key: [id]
  constraints: [{name: known_sex, check: "sex IN ('f', 'm', 'x')"}]
`,
  "people.sql": "SELECT id, name, 'x' AS sex FROM raw.members",
  "visits.yaml": `kind: create_table_as
inputs: [{transform: people}]
output:
  table: p.visits
  columns: [{name: person, type: bigint, not_null: true}, {name: day, type: date, not_null: true}]
  foreign_keys: [{columns: [person], references: {table: p.people, columns: [id]}}]
`,
  "visits.sql": "SELECT id AS person, date '2018-01-01' AS day FROM p.people",
  "seen.yaml": `kind: create_table_as
inputs: [{transform: people}, {transform: visits}]
output:
  table: p.seen
  columns: [{name: person, type: bigint}, {name: name, type: text}, {name: sex, type: text}]
`,
  "seen.sql": "SELECT v.person, p.name, p.sex FROM p.visits v LEFT JOIN p.people p ON p.id = v.person",
};

inWorld(18, (world) => {
  test("what somebody else makes has nothing to test", async () => {
    const elsewhere = "kind: no_op\noutput:\n  table: p.letters\n  columns: [{name: id, type: bigint}]\n";
    const letters = "tests: [{name: sent, expect: []}]\n";
    expect(await world.said({ "letters.yaml": elsewhere, "letters.test.yaml": letters })).toContain(
      "pipelines/p/letters.test.yaml:1:16 CTF862 p.letters makes nothing itself, so there is nothing to test",
    );
  });

  test("columns that are left out are made up by the rules of the table, the same ones every time", async () => {
    const files = {
      ...project,
      "seen.test.yaml": `tests:
  - name: a person is made for the visit
    given: {visits: [{person: 7}]}
    expect: [{person: 7, name: '?', sex: '?'}]
  - name: of two sides that are given, nothing is made
    given: {visits: [{person: 7}], people: []}
    expect: [{person: 7, name: ~, sex: ~}]
  - name: a visit without a person gets the one that is there
    given: {visits: [{}], people: [{id: 3, name: Ann}]}
    expect: [{person: 3, name: Ann}]
`,
    };
    const first = await world.said(files, "seen");
    expect(first).toMatchInlineSnapshot(`
      "✗ p.seen: a person is made for the visit
        pipelines/p/seen.test.yaml:4:5 p.seen is not as expected: 1 row with other values
           NAME          SEX
        -  ?             ?    expected, line 4
        +  harbor grove  x

      ✓ p.seen: of two sides that are given, nothing is made
      ✓ p.seen: a visit without a person gets the one that is there
      3 tests: 1 failed, 2 passed, in … s."
    `);
    expect(await world.said(files, "seen")).toBe(first);
  });

  test("factories, CSV files, names by table, transform or source", async () => {
    const said = await world.said(
      {
        ...project,
        "factories.yaml": "ann: {table: p.people, name: Ann, sex: f}\n",
        "seen.test.yaml": `tests:
  - name: by factory
    given: {people: [{use: ann, id: 1}, {use: ann, sex: m, times: 2}], visits: [{person: 1}]}
    expect: [{name: Ann, sex: f}]
  - name: by file
    given: {p.people: {csv: people.csv}, p.visits: [{person: 2}]}
    expect: {csv: expected.csv}
`,
        "people.csv": 'id,name,sex\n1,"O""Neil",f\n2,,m\n',
        "expected.csv": "person,name\n2,Bob\n",
      },
      "seen",
    );
    expect(said).toMatchInlineSnapshot(`
      "✓ p.seen: by factory
      ✗ p.seen: by file
        pipelines/p/seen.test.yaml:6:13 CTF863 p.people can't have this row: null value in column "name" of relation "people" violates not-null constraint (Failing row contains (2, null, m).)
          6 |     given: {p.people: {csv: people.csv}, p.visits: [{person: 2}]}
            |             ^^^^^^^^

      2 tests: 1 failed, 1 passed, in … s."
    `);
  });

  test("an input of another pipeline has its transform's name here too, for a piece as for the whole", async () => {
    const said = await world.said(
      {
        ...project,
        "pipelines/q/pipeline.yaml": "description: Q\nowners: [us@clover.example]\n",
        "pipelines/q/factories.yaml": "ann: {table: p.people, id: 1, name: Ann}\n",
        "pipelines/q/names.yaml":
          "kind: create_table_as\ninputs: [{pipeline: p, transform: people}]\noutput: {table: q.names, columns: [{name: name, type: text}]}\n",
        "pipelines/q/names.sql": "WITH first AS (SELECT name FROM p.people WHERE id = 1) SELECT name FROM first",
        "pipelines/q/names.test.yaml": `tests:
  - name: the whole
    given: {people: [{use: ann}, {id: 2}]}
    expect: [{name: Ann}]
  - name: a piece, whose tables may be given by factories too
    at: cte(first)
    given: {people: [{use: ann}]}
    expect: [{name: Ann}]
  - name: a WITH query has none
    at: statement(0)
    given: {first: [{use: ann}]}
    expect: [{name: Ann}]
`,
      },
      "q",
    );
    expect(said).toMatchInlineSnapshot(`
      "✓ q.names: the whole
      ✓ q.names: a piece, whose tables may be given by factories too
      2 tests: 2 passed, in … s.
      pipelines/q/names.test.yaml:11:27 CTF851 factory "ann" is of p.people, not of first
        11 |     given: {first: [{use: ann}]}
           |                           ^^^
      1 error in what was to be tested: see above."
    `);
  });

  test("a file's text is written in the encoding of its source, if that has all of its characters", async () => {
    const said = await world.said(
      {
        "sources/files.yaml":
          'sources: [{name: name_files, file: "names.csv", format: csv, header: true, encoding: LATIN1}]\n',
        "names.yaml":
          "kind: load\ninputs: [{source: name_files}]\noutput: {table: p.names, columns: [{name: name, type: text}]}\n",
        "names.test.yaml": `tests:
  - name: an accent
    given: {name_files: {file: names.csv, text: "name\\nNúñez\\n"}}
    expect: [{name: Núñez}]
  - name: a Polish name
    given: {name_files: {file: names.csv, text: "name\\nWładysław\\n"}}
    expect: [{name: Władysław}]
`,
      },
      "names",
    );
    expect(said).toMatchInlineSnapshot(`
      "✓ p.names: an accent
      1 test: 1 passed, in … s.
      pipelines/p/names.test.yaml:6:13 CTF863 the text can't be written in LATIN1, the encoding of name_files: give a file by its path
        6 |     given: {name_files: {file: names.csv, text: "name\\nWładysław\\n"}}
          |             ^^^^^^^^^^
      1 error in what was to be tested: see above."
    `);
  });

  test("slips of form are told by what was meant", async () => {
    const slip = async (tests: string): Promise<string> =>
      (await world.said({ ...project, "seen.test.yaml": tests }, "seen", "--no-structural"))
        .split("\n")
        .filter((line) => /CTF|→/.test(line))
        .map((line) => line.trim().replace(/^pipelines\/p\/seen\.test\.yaml:/, ""))
        .join("\n");
    const one = (rest: string) => `tests:\n  - name: a\n    ${rest}\n`;
    expect(await slip("- name: a\n  expect: []\n")).toMatchInlineSnapshot(`
      "1:3 CTF103 the file must be keys with values, and this is a list
      → Begin the file with "tests:", and indent the list below it."
    `);
    expect(await slip("tests:\n  name: a\n  expect: []\n")).toMatchInlineSnapshot(`
      "2:3 CTF103 "tests" must be a list, and this is one test
      → Write "- " before its first line, and indent the others."
    `);
    expect(await slip(one("given:\n      - visits: []\n    expect: []"))).toMatchInlineSnapshot(`
      "4:9 CTF103 "given" must name the tables, each with its rows
      → Leave out "- " before the tables: given: {table: [{column: value}]}."
    `);
    expect(await slip(one("given: {visits: {person: 1}}\n    expect: []"))).toMatchInlineSnapshot(`
      "3:21 CTF103 "visits" must be a list of rows, and this is one row
      → Write "- " before it, or brackets around it: [{person: …}]."
    `);
    expect(await slip(one("expect: {person: 1}"))).toMatchInlineSnapshot(`
      "3:13 CTF103 "expect" must be a list of rows, and this is one row
      → Write "- " before it, or brackets around it: [{person: …}]."
    `);
    expect(await slip(one("expect: {p.seen: {person: 1}}"))).toMatchInlineSnapshot(`
      "3:22 CTF103 "p.seen" must be a list of rows, and this is one row
      → Write "- " before it, or brackets around it: [{person: …}]."
    `);
    expect(await slip(one("expect: 1"))).toMatchInlineSnapshot(`
      "3:13 CTF103 "expect" must be a list of rows
      → Write "- {column: value}" for each row, or [] for none."
    `);
    expect(await slip(one("expect_error: CTF512"))).toMatchInlineSnapshot(`
      "3:19 CTF103 an error is expected by its code, as CTF512 or as the SQLSTATE 22012, or by what its message has
      3 |     expect_error: CTF512
      → Write expect_error: {code: CTF512}."
    `);
    expect(await slip(`${one("expect: []")}  - {name: a, expect: []}\n`)).toMatchInlineSnapshot(`
      "4:12 CTF862 another test of this file has the same name
      → Say what tells them apart: -k finds a test by its name."
    `);
  });

  test("everything that is wrong in a file of tests is told at once", async () => {
    const said = await world.said({
      ...project,
      "seen.test.yaml": `tests:
  - name: misspelt
    given:
      vists: [{person: 1}]
      people: [{id: 1, nam: Ann}]
    vars: {run_day: 2018-01-01}
    expect: [{persn: 1}]
  - name: nothing expected
    given: {visits: []}
  - {name: unknown key, gven: {}, expect: []}
`,
      "nobody.test.yaml": "tests: [{name: lost, expect: []}]\n",
      "factories.yaml": "ann: {table: p.peple, name: Ann}\n",
    });
    expect(said).toMatchInlineSnapshot(`
      "pipelines/p/factories.yaml:1:14 CTF852 "p.peple" is neither an output nor a source of this project
        1 | ann: {table: p.peple, name: Ann}
          |              ^^^^^^^
        → Did you mean p.people?

      pipelines/p/nobody.test.yaml:1:16 CTF861 the file is called after nobody, and pipeline p has no such transform without errors
        1 | tests: [{name: lost, expect: []}]
          |                ^^^^
        → Possible here: people, seen, visits.

      pipelines/p/seen.test.yaml:10:25 CTF101 unknown key "gven" in entry 3 of "tests"
        10 |   - {name: unknown key, gven: {}, expect: []}
           |                         ^^^^
        → Did you mean "given"?

      pipelines/p/seen.test.yaml:4:7 CTF861 there is no table, transform or source vists
        4 |       vists: [{person: 1}]
          |       ^^^^^
        → Did you mean visits?

      pipelines/p/seen.test.yaml:5:24 CTF861 p.people has no column nam
        5 |       people: [{id: 1, nam: Ann}]
          |                        ^^^
        → Did you mean name?

      pipelines/p/seen.test.yaml:7:15 CTF861 p.seen has no column persn
        7 |     expect: [{persn: 1}]
          |               ^^^^^
        → Did you mean person?

      pipelines/p/seen.test.yaml:6:12 CTF861 the project has no variable run_day
        6 |     vars: {run_day: 2018-01-01}
          |            ^^^^^^^
        → Did you mean run_date?

      pipelines/p/seen.test.yaml:8:11 CTF862 the test expects nothing, so it could never fail
        8 |   - name: nothing expected
          |           ^^^^^^^^^^^^^^^^
        → Add "expect:" with the rows that must come out ([] for none), or "expect_error:"."
    `);
  });

  test("what would compare nothing, or with a value that nobody gave", async () => {
    const said = await world.said(
      {
        ...project,
        "ctf.yaml": "ctf: 1\nproject: test\nvars: {day: {type: date}}\n",
        "uneven.yaml":
          "kind: create_table_as\noutput: {table: p.uneven, columns: [{name: a, type: integer}, {name: day, type: date}]}\n",
        "uneven.sql": "SELECT 1 AS a, current_setting('ctf.day')::date AS day",
        "uneven.test.yaml": `tests:
  - name: the second row says less
    expect: [{a: 1, day: 2018-01-01}, {a: 2}]
  - name: the second row says more
    expect: [{a: 1}, {a: 2, day: ~}]
  - name: no day
    expect: [{a: 1}]
  - name: a day
    vars: {day: 2018-01-01}
    expect: [{day: 2018-01-01}]
`,
      },
      "uneven",
    );
    expect(said).toMatchInlineSnapshot(`
      "✗ p.uneven: no day
        pipelines/p/uneven.test.yaml:6:11 CTF862 the variable day is read, and has neither a default nor a value
          6 |   - name: no day
            |           ^^^^^^
          → Add "vars: {day: 2018-04-17}" to the test.

      ✓ p.uneven: a day
      2 tests: 1 failed, 1 passed, in … s.
      pipelines/p/uneven.test.yaml:3:39 CTF862 this row does not name day
        3 |     expect: [{a: 1, day: 2018-01-01}, {a: 2}]
          |                                       ^^^^^^
        → Name the same columns in every row: these are compared. NULL is written ~.

      pipelines/p/uneven.test.yaml:5:34 CTF862 the first row does not name day
        5 |     expect: [{a: 1}, {a: 2, day: ~}]
          |                                  ^
        → Name the same columns in every row: these are compared. NULL is written ~.
      2 errors in what was to be tested: see above."
    `);
  });

  test("values that a column can't hold are shown where they stand", async () => {
    const said = await world.said(
      {
        ...project,
        "seen.test.yaml": `tests:
  - name: no day
    given:
      visits:
        - {person: 1, day: 2018-02-28}
        - {person: 2, day: 2018-02-31}
    expect: []
  - name: not among those that the check allows
    given: {people: [{id: 1, sex: q}]}
    expect: []
  - name: no number expected
    given: {visits: [{person: 1}]}
    expect: [{person: one}]
  - name: twice the same key
    given: {people: [{id: 1}, {id: 1}]}
    expect: []
`,
      },
      "seen",
    );
    expect(said).toMatchInlineSnapshot(`
      "✗ p.seen: no day
        pipelines/p/seen.test.yaml:6:28 CTF863 p.visits can't have this row: date/time field value out of range: "2018-02-31"
          6 |         - {person: 2, day: 2018-02-31}
            |                            ^^^^^^^^^^
          → The column's type is date: write 2018-04-17.

      ✗ p.seen: not among those that the check allows
        pipelines/p/seen.test.yaml:9:13 CTF863 p.people can't have this row: new row for relation "people" violates check constraint "known_sex" (Failing row contains (1, juniper amber, q).)
          9 |     given: {people: [{id: 1, sex: q}]}
            |             ^^^^^^

      ✗ p.seen: no number expected
        pipelines/p/seen.test.yaml:13:23 CTF863 person can't be this: invalid input syntax for type bigint: "one"
          13 |     expect: [{person: one}]
             |                       ^^^
          → The column's type is bigint: write 1234.

      ✗ p.seen: twice the same key
        pipelines/p/seen.test.yaml:15:13 CTF863 p.people can't have this row: duplicate key value violates unique constraint "people_pkey" (Key (id)=(1) already exists.)
          15 |     given: {people: [{id: 1}, {id: 1}]}
             |             ^^^^^^

      4 tests: 4 failed, 0 passed, in … s."
    `);
  });
});
