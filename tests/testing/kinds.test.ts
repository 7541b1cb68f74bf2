/** Every kind of transform is tested the same way: rows in, rows out. */
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import type { Files } from "../support/files.ts";
import { inWorld } from "./world.ts";

const members: Files = {
  "adults.yaml": `kind: create_table_as
inputs: [{source: members}]
output:
  table: p.adults
  columns: [{name: id, type: bigint, not_null: true}, {name: name, type: text}]
  primary_key: [id]
`,
  "adults.sql":
    "SELECT id, name FROM raw.members WHERE born <= current_setting('ctf.run_date')::date - interval '18 years'",
};

const known: Files = {
  ...members,
  "known.yaml": `kind: upsert
inputs: [{transform: adults}]
output:
  table: p.known
  columns:
    - {name: number, type: bigint, not_null: true, identity: always}
    - {name: id, type: bigint, not_null: true}
    - {name: name, type: text}
    - {name: seen, type: timestamptz, default: now()}
  primary_key: [id]
`,
  "known.sql": "SELECT id, name FROM p.adults",
};

for (const major of testMajors) {
  inWorld(major, (world) => {
    test("upsert: rows before, rows after, the counts, and a second run that changes nothing", async () => {
      const said = await world.said({
        ...known,
        "known.test.yaml": `tests:
  - name: changed, unchanged and new
    now: 2018-01-01T00:00:00Z
    given:
      adults: [{id: 1, name: A}, {id: 2, name: B}, {id: 3, name: C}]
    before: [{id: 1, name: A, seen: 2017-01-01}, {id: 2, name: X, seen: 2017-01-01}]
    expect:
      - {id: 1, name: A, seen: 2017-01-01}
      - {id: 2, name: B, seen: 2017-01-01}
      - {id: 3, name: C, seen: 2018-01-01T00:00:00Z}
    counts: {inserted: 1, updated: 1, unchanged: 1, deleted: 0}
  - name: numbers begin at 1 in every test
    given: {adults: [{id: 7, name: A}]}
    expect: [{number: 1, id: 7}]
  - name: numbers begin at 1 in every test, again
    given: {adults: [{id: 8, name: A}]}
    expect: [{number: 1, id: 8}]
  - name: wrong counts
    given: {adults: [{id: 1, name: A}]}
    counts: {inserted: 0, unchanged: 1}
`,
        "restless.yaml": `kind: upsert
inputs: [{transform: adults}]
output:
  table: p.restless
  columns: [{name: id, type: bigint, not_null: true}, {name: at, type: text}]
  primary_key: [id]
`,
        "restless.sql": "SELECT id, random()::text AS at FROM p.adults",
        "restless.test.yaml": `tests:
  - name: another value each time
    given: {adults: [{id: 1, name: A}]}
    expect: [{id: 1}]
  - name: and that is fine
    twice: false
    given: {adults: [{id: 1, name: A}]}
    expect: [{id: 1}]
`,
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.known: changed, unchanged and new
        ✓ p.known: numbers begin at 1 in every test
        ✓ p.known: numbers begin at 1 in every test, again
        ✗ p.known: wrong counts
          pipelines/p/known.test.yaml:20:5 counted inserted 1, unchanged 0, expected inserted 0, unchanged 1

        ✗ p.restless: another value each time
          pipelines/p/restless.test.yaml:2:11 a second run on the same rows still changed some: inserted 0, updated 1, deleted 0

        ✓ p.restless: and that is fine
        6 tests: 2 failed, 4 passed, in … s."
      `);
    });

    test("sql: all outputs, and what is there before", async () => {
      const said = await world.said({
        ...members,
        "both.yaml": `kind: sql
inputs: [{transform: adults}]
outputs:
  - table: p.log
    columns: [{name: id, type: bigint}]
  - view: p.shown
    columns: [{name: id, type: bigint}]
`,
        "both.sql": `CREATE TABLE IF NOT EXISTS p.log (id bigint);
INSERT INTO p.log SELECT id FROM p.adults;
CREATE OR REPLACE VIEW p.shown AS SELECT id + 1 AS id FROM p.log;
`,
        "both.test.yaml": `tests:
  - name: both outputs
    given: {adults: [{id: 1}]}
    before: {p.log: [{id: 5}]}
    expect:
      p.log: [{id: 1}, {id: 5}]
      p.shown: [{id: 2}, {id: 6}]
  - name: one of them is wrong
    given: {adults: [{id: 1}]}
    expect:
      p.log: [{id: 1}]
      p.shown: [{id: 3}]
`,
        "reader.yaml": `kind: create_table_as
inputs: [{transform: both}]
output: {table: p.reader, columns: [{name: id, type: bigint}]}
`,
        "reader.sql": "SELECT id FROM p.shown",
        "reader.test.yaml": "tests:\n  - {name: rows for a view, given: {p.shown: [{id: 9}]}, expect: [{id: 9}]}\n",
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.both: both outputs
        ✗ p.both: one of them is wrong
          pipelines/p/both.test.yaml:12:7 p.shown is not as expected: 1 row missing, 1 row too many
             ID
          -  3   expected, line 12
          +  2

        ✓ p.reader: rows for a view
        3 tests: 1 failed, 2 passed, in … s."
      `);
    });

    test("python: what it raises for bad input is expected in its own words", async () => {
      const said = await world.said({
        "t.yaml":
          "kind: python\ninputs: [{source: members}]\noutput: {table: p.t, columns: [{name: id, type: bigint}]}\n",
        "t.py":
          "def transform(members):\n    for m in members.rows():\n        raise ValueError(f'no amount of {m.id}')\n    return []\n",
        "t.test.yaml": `tests:
  - name: no amount
    given: {members: [{id: 7}]}
    expect_error: {code: CTF604, like: no amount of 7}
`,
      });
      expect(said).toBe("✓ p.t: no amount\n1 test: 1 passed, in … s.");
    });

    test("python: a table, and a file, which is written nowhere", async () => {
      const python = (output: string) =>
        `kind: python\ninputs: [{transform: adults}]\noutput:\n  ${output}\n  columns: [{name: id, type: bigint}, {name: day, type: date}]\n`;
      const said = await world.said({
        ...members,
        "scored.yaml": python("table: p.scored"),
        "scored.py": `def transform(adults, ctx):
    for row in adults:
        yield {"id": 10 // row.id, "day": ctx.now.date()}
`,
        "scored.test.yaml": `tests:
  - name: the function's rows
    now: 2018-01-01T12:00:00Z
    given: {adults: [{id: 2}, {id: 5}]}
    expect: [{id: 5, day: 2018-01-01}, {id: 2, day: 2018-01-01}]
  - name: the function fails
    given: {adults: [{id: 0}]}
    expect: []
`,
        "sent.yaml": python("file: out/sent.csv\n  format: csv"),
        "sent.py": 'def transform(adults):\n    return [{"id": row.id, "day": None} for row in adults]\n',
        "sent.test.yaml":
          "tests:\n  - {name: the file's rows, given: {adults: [{id: 2}]}, expect: [{id: 2, day: ~}]}\n",
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.scored: the function's rows
        ✗ p.scored: the function fails
          pipelines/p/scored.py:3:22 CTF604 ZeroDivisionError in transform()
            3 |         yield {"id": 10 // row.id, "day": ctx.now.date()}
              |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          Python: integer division or modulo by zero
          → If this is what must happen: expect_error: {code: CTF604}

        ✓ p.sent: the file's rows
        3 tests: 1 failed, 2 passed, in … s."
      `);
    });

    test("load: files in the test, rows and rejects", async () => {
      const said = await world.said({
        "sources/files.yaml": 'sources: [{name: claim_files, file: "data/claims_*.csv"}]\n',
        "claims.yaml": `kind: load
inputs: [{source: claim_files}]
max_rejects: 1
classify: [{match: "claims_(?<year>\\\\d+)\\\\.csv$"}]
output:
  table: p.claims
  columns: [{name: id, type: bigint}, {name: day, type: date}, {name: year, type: integer}]
`,
        "claims.test.yaml": `tests:
  - name: one good row and one bad
    given:
      claim_files:
        file: data/claims_2018.csv
        text: |
          id,day
          1,2018-01-01
          2,2018-02-31
    expect: [{id: 1, day: 2018-01-01, year: 2018}]
    expect_rejects: [{line: 3, column_name: day}]
    counts: {read: 2, rejected: 1}
  - name: more bad rows than allowed
    given:
      claim_files: {file: claims_2018.csv, text: "id,day\\nx,y\\nx,y\\n"}
    expect_error: {code: CTF830}
  - name: nothing to load
    expect: []
  - name: no file, which a run refuses
    given: {claim_files: []}
    expect_error: {code: CTF801, like: no file matches data/claims_*.csv}
`,
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.claims: one good row and one bad
        ✓ p.claims: more bad rows than allowed
        ✓ p.claims: nothing to load
        ✓ p.claims: no file, which a run refuses
        4 tests: 4 passed, in … s."
      `);
    });

    test("load: rows, of which only what matters is named, in the format of their source", async () => {
      const load = (source: string) => `kind: load
inputs: [{source: ${source}}]
max_rejects: 1
rename: {"Member ID": member_id}
output:
  table: p.${source}
  columns:
    - {name: member_id, type: bigint, not_null: true}
    - {name: day, type: date, not_null: true}
    - {name: cost, type: "numeric(10,2)"}
    - {name: status, type: text, default: "'new'"}
  primary_key: [member_id]
  constraints: [{name: costs, check: "cost >= 0"}]
`;
      const tests = (source: string, expected: string) => `tests:
  - name: what is left out is made up
    given: {${source}: {file: visits, rows: [{Member ID: 7, cost: 1.50}, {member_id: 8, cost: ~}]}}
    expect: [{member_id: 7, cost: 1.5, status: new}, {member_id: 8, cost: ~, status: new}]
  - name: what is named is written as it stands
    given: {${source}: [{file: one, rows: [{member_id: 1, cost: -1}]}, {file: two, rows: [{member_id: 2}, {member_id: 3}]}]}
    expect: [{member_id: 2}, {member_id: 3}]
    expect_rejects: [{${expected}}]
`;
      const said = await world.said({
        "sources/files.yaml": `sources:
  - {name: csv, file: "*", format: csv, delimiter: "|"}
  - {name: lines, file: "*", format: json_lines}
`,
        "a.yaml": load("csv"),
        "a.test.yaml": `${tests("csv", "line: 2")}  - name: no such column
    given: {csv: {file: visits, rows: [{member: 1}]}}
    expect: []
  - name: two contents
    given: {csv: {file: visits, rows: [], text: ""}}
    expect: []
`,
        "b.yaml": load("lines"),
        "b.test.yaml": tests("lines", "line: 1"),
        "c.yaml":
          "kind: python\ninputs: [{source: lines}]\noutput: {table: p.c, columns: [{name: id, type: bigint}]}\n",
        "c.py": "def transform(lines):\n    return []\n",
        "c.test.yaml": "tests: [{name: nobody loads it, given: {lines: {file: x, rows: [{id: 1}]}}, expect: []}]\n",
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.a: what is left out is made up
        ✓ p.a: what is named is written as it stands
        ✗ p.a: no such column
          pipelines/p/a.test.yaml:10:49 CTF861 a file of csv has no column member
            10 |     given: {csv: {file: visits, rows: [{member: 1}]}}
               |                                                 ^
            → Possible here: member_id, day, cost, status, Member ID.

        ✓ p.b: what is left out is made up
        ✓ p.b: what is named is written as it stands
        ✗ p.c: nobody loads it
          pipelines/p/c.test.yaml:1:58 CTF862 rows can't be written as a file of lines: nothing that is run loads it into a table
            1 | tests: [{name: nobody loads it, given: {lines: {file: x, rows: [{id: 1}]}}, expect: []}]
              |                                                          ^^^^
            → Give the file's text, or a path.

        6 tests: 2 failed, 4 passed, in … s.
        pipelines/p/a.test.yaml:13:13 CTF862 csv is a source of files: give each as {file: NAME, rows: […]}, {file: NAME, text: …} or {file: NAME, path: …}
          13 |     given: {csv: {file: visits, rows: [], text: ""}}
             |             ^^^
        1 error in what was to be tested: see above."
      `);
    });

    test("flatten: documents from files are the test's alone, whatever lies where a run would look", async () => {
      const said = await world.said({
        "sources/files.yaml": 'sources: [{name: forms, file: "data/*.jsonl", format: json_lines}]\n',
        "data/real.jsonl": '{"id": 9, "answers": {"a": "of a real person"}}\n',
        "answers.yaml": `kind: flatten
inputs: [{source: forms}]
flatten:
  documents: {from: forms, column: answers, key: id, carry: [id]}
  schema: {paths: [{path: a}]}
output:
  table: p.answers
  columns: [{name: id, type: bigint}, {name: schema_path, type: text}, {name: value, type: text}]
`,
        "answers.test.yaml": `tests:
  - name: the test's own
    given: {forms: {file: forms.jsonl, text: '{"id": 1, "answers": {"a": "x"}}'}}
    expect: [{id: 1, schema_path: a, value: x}]
  - name: nothing to read
    expect: []
  - name: no file
    given: {forms: []}
    expect_error: {code: CTF801}
`,
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p.answers: the test's own
        ✓ p.answers: nothing to read
        ✓ p.answers: no file
        3 tests: 3 passed, in … s."
      `);
    });

    test("a pipeline, with only its sources given", async () => {
      const said = await world.said({
        ...known,
        "p.test.yaml": `tests:
  - name: from the source to the end
    run: {pipeline: p}
    vars: {run_date: 2000-01-01}
    given:
      members: [{id: 1, name: Ann, born: 1982-01-01}, {id: 2, name: Bob, born: 1982-01-02}]
    expect:
      p.adults: [{id: 1}]
      p.known: [{id: 1, name: Ann}]
  - name: a part of it
    run: {pipeline: p, start: known}
    given:
      p.adults: [{id: 1, name: Ann}]
    expect:
      p.known: [{id: 1, name: Bob}]
`,
      });
      expect(said).toMatchInlineSnapshot(`
        "✓ p: from the source to the end
        ✗ p: a part of it
          pipelines/p/p.test.yaml:15:7 p.known is not as expected: 1 row with other values
             ID  NAME
          -  1   Bob   expected, line 15
          +  1   Ann

        2 tests: 1 failed, 1 passed, in … s."
      `);
    });
  });
}
