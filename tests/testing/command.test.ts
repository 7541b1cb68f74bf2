/** `ctf test` itself: what is run, and how it is told. */
import { spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import type { Files } from "../support/files.ts";
import { two } from "./two_tests.ts";
import { inWorld, masked } from "./world.ts";

inWorld(18, (world) => {
  test("a pipeline, a transform, a file, or by a part of the name", async () => {
    world.files({ ...two, "u.yaml": two["t.yaml"]!.toString().replace("p.t", "p.u"), "u.sql": two["t.sql"]! });
    const names = async (...args: string[]) => {
      const { stdout, stderr, code } = await world.ctfTest(...args);
      return [
        code,
        ...(stdout + stderr)
          .split("\n")
          .filter((line) => /^[✓✗e ]|CTF/.test(line) && !/^ +[-+I\d|→]/.test(line) && !/Look|not as/.test(line)),
      ];
    };
    expect(await names("p", "-k", "right")).toEqual([0, "✓ p.t: right"]);
    expect(await names("t")).toEqual([1, "✓ p.t: right", "✗ p.t: wrong"]);
    expect(await names("pipelines/p/t.test.yaml", "-k", "wrong")).toEqual([1, "✗ p.t: wrong"]);
    // Structural tests need nobody who writes them.
    expect(await names("u")).toEqual([0]);
    expect(await names("u", "-k", "right")).toEqual([2, "CTF862 u has no tests"]);
    expect(await names("-k", "nothing")).toEqual([
      2,
      'CTF862 the project has 2 tests, and none with "nothing" in its name',
    ]);
    expect(await names("t", "u", "-k", "right")).toEqual([0, "✓ p.t: right"]);
    expect(await names("u", "pipelines/p/t.test.yaml", "-k", "wrong")).toEqual([1, "✗ p.t: wrong"]);
    writeFileSync(join(world.root, "pipelines/p/u.test.yml"), "tests: []\n");
    expect((await world.ctfTest("u", "--no-structural")).stderr).toContain(
      "→ Tests are read from NAME.test.yaml beside the definition NAME.yaml; these are called otherwise: pipelines/p/u.test.yml.",
    );
    expect(await names("nobody")).toEqual([2, "CTF401 there is no transform nobody in the project"]);
  });

  test("--no-structural runs the written tests, --structural all others", async () => {
    const structural = async (...args: string[]) =>
      (await world.ctfTest(...args)).stdout.match(/^(\d+ tests|Structural)/gm);
    world.files(two);
    expect(await structural()).toEqual(["2 tests", "Structural"]);
    expect(await structural("--no-structural")).toEqual(["2 tests"]);
    expect(await structural("--structural")).toEqual(["Structural"]);
  });

  test("what can't be planned or made concerns the tests that need it, and is told once", async () => {
    const said = await world.said({
      ...two,
      "bad.yaml": "kind: create_table_as\noutput: {table: p.bad, columns: [{name: id, type: bigint}]}\n",
      "bad.sql": "SELECT 1 AS id FRM x",
      "bad.test.yaml": "tests: [{name: one, expect: []}, {name: two, expect: []}]\n",
      "odd.yaml": "kind: create_table_as\noutput: {table: p.odd, columns: [{name: id, type: bigit}]}\n",
      "odd.sql": "SELECT 1 AS id",
      "odd.test.yaml": "tests: [{name: one, expect: []}]\n",
      "reader.yaml":
        "kind: create_table_as\ninputs: [{transform: odd}]\noutput: {table: p.reader, columns: [{name: id, type: bigint}]}\n",
      "reader.sql": "SELECT id FROM p.odd",
      "reader.test.yaml": "tests: [{name: one, expect: []}]\n",
    });
    expect(said).toMatchInlineSnapshot(`
      "✗ p.bad: one
        pipelines/p/bad.sql:1:16 CTF301 SQL: syntax error at or near "FRM"
          1 | SELECT 1 AS id FRM x
            |                ^^^^^

      ✗ p.bad: two
        pipelines/p/bad.sql:1:16 CTF301, as above

      ✗ p.odd: one
        pipelines/p/odd.yaml:2:51 CTF867 PostgreSQL knows no type bigit (p.odd.id) (CTF340)
          2 | output: {table: p.odd, columns: [{name: id, type: bigit}]}
            |                                                   ^^^^^
          → Check the spelling. A type of an extension or of your own has to be made by a transform of kind sql.

      ✗ p.reader: one
        pipelines/p/odd.yaml:2:51 CTF867, as above

      ✓ p.t: right
      ✗ p.t: wrong
        pipelines/p/t.test.yaml:7:5 p.t is not as expected: 1 row with other values
           ID  NAME
        -  1   Bob      expected, line 7
        +  1   A & <B>

      6 tests: 5 failed, 1 passed, in … s."
    `);
  });

  test("an input whose definition is wrong is told, and the tests run all the same; another's mistake is only mentioned", async () => {
    const broken = "kind: create_table_as\noutput: {table: p.b, columns: [{name: id, type: bigint}], primary: [id]}\n";
    const files: Files = { ...two, "b.yaml": broken, "b.sql": "SELECT 1::bigint AS id" };
    expect(await world.said(files, "t", "-k", "right")).toMatchInlineSnapshot(`
      "✓ p.t: right
      1 test: 1 passed, in … s.
      1 error elsewhere in the project; "ctf check" shows it."
    `);
    const reads = two["t.yaml"]!.toString().replace("[{source: members}]", "[{source: members}, {transform: b}]");
    expect(await world.said({ ...files, "t.yaml": reads }, "t", "-k", "right")).toMatchInlineSnapshot(`
      "✓ p.t: right
      1 test: 1 passed, in … s.
      pipelines/p/b.yaml:2:59 CTF101 unknown key "primary" in "output"
        2 | output: {table: p.b, columns: [{name: id, type: bigint}], primary: [id]}
          |                                                           ^^^^^^^
        → Did you mean "primary_key"?
      1 error in what was to be tested: see above."
    `);
  });

  test("for programs: JSON, code review, JUnit", async () => {
    world.files(two);
    const json = JSON.parse((await world.ctfTest("--format", "json", "-k", "")).stdout) as {
      tests: { seconds: number }[];
    };
    expect({ ...json, tests: json.tests.map((one) => ({ ...one, seconds: 0 })) }).toMatchInlineSnapshot(`
      {
        "diagnostics": [],
        "summary": {
          "failed": 1,
          "notRun": 0,
          "passed": 1,
        },
        "tests": [
          {
            "failures": [],
            "file": "pipelines/p/t.test.yaml",
            "line": 2,
            "name": "right",
            "of": "p.t",
            "seconds": 0,
            "status": "passed",
          },
          {
            "failures": [
              {
                "changed": [
                  {
                    "actual": [
                      "1",
                      "A & <B>",
                    ],
                    "expected": [
                      "1",
                      "Bob",
                    ],
                    "line": 7,
                  },
                ],
                "columns": [
                  "id",
                  "name",
                ],
                "file": "pipelines/p/t.test.yaml",
                "line": 7,
                "message": "p.t is not as expected: 1 row with other values",
                "missing": [],
                "table": "p.t",
                "type": "rows",
                "unexpected": [],
              },
            ],
            "file": "pipelines/p/t.test.yaml",
            "line": 5,
            "name": "wrong",
            "of": "p.t",
            "seconds": 0,
            "status": "failed",
          },
        ],
      }
    `);
    expect((await world.ctfTest("--format", "github")).stdout).toMatchInlineSnapshot(`
      "::error file=pipelines/p/t.test.yaml,line=7,col=5,endLine=7,endColumn=10,title=CTF864::p.t: wrong: p.t is not as expected: 1 row with other values
      "
    `);
    await world.ctfTest("--junit", "junit.xml", "-k", "");
    const xml = readFileSync(join(world.root, "junit.xml"), "utf8");
    expect(xml.replace(/time="[^"]*"/g, 'time="0"')).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="ctf test" tests="2" failures="1" errors="0" time="0">
        <testsuite name="pipelines/p/t.test.yaml" tests="2" failures="1" errors="0" time="0">
          <testcase classname="p.t" name="right" file="pipelines/p/t.test.yaml" line="2" time="0"/>
          <testcase classname="p.t" name="wrong" file="pipelines/p/t.test.yaml" line="5" time="0">
            <failure message="p.t is not as expected: 1 row with other values">pipelines/p/t.test.yaml:7: p.t is not as expected: 1 row with other values</failure>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  test("--update writes what came out, and leaves all else to the letter", async () => {
    world.files({
      ...two,
      "t.test.yaml": `# What we know of t.
tests:
  - name: several rows   # a remark
    given:
      members:
        - {id: 1, name: Ann}
        - {id: 2, name: ~}
        - {id: 4, name: "007: x"}
    expect:
      # the first
      - {name: Ann, id: 1}   # stays
      - name: Bob            # changes
        id: 2
      # goes
      - {id: 3, name: Cy}
  - name: in brackets
    given: {members: [{id: 5, name: 5}]}
    expect: []
  - name: no row any more
    expect: [{id: 9, name: x}]
  - name: refused
    given: {members: [{id: 1}, {id: 1}]}
    expect: []
`,
    });
    const { stderr } = await world.ctfTest("--update", "-k", "r");
    expect(stderr).toMatchInlineSnapshot(`
      "3 expectations written anew: look at them before you commit. 1 test can't be: nothing there is a matter of rows written out.
      "
    `);
    expect(readFileSync(join(world.root, "pipelines/p/t.test.yaml"), "utf8")).toMatchInlineSnapshot(`
      "# What we know of t.
      tests:
        - name: several rows   # a remark
          given:
            members:
              - {id: 1, name: Ann}
              - {id: 2, name: ~}
              - {id: 4, name: "007: x"}
          expect:
            # the first
            - {name: Ann, id: 1}   # stays
            - name: null            # changes
              id: 2
            # goes
            - {name: "007: x", id: 4}
        - name: in brackets
          given: {members: [{id: 5, name: 5}]}
          expect: [{id: 5, name: 5}]
        - name: no row any more
          expect: []
        - name: refused
          given: {members: [{id: 1}, {id: 1}]}
          expect: []
      "
    `);
    expect(masked((await world.ctfTest("-k", "rows")).stdout)).toBe("✓ p.t: several rows\n1 test: 1 passed, in … s.");
  });

  test("--coverage, and min_coverage", async () => {
    const files: Files = {
      ...two,
      "u.yaml": `kind: create_table_as
inputs: [{source: members}]
output:
  table: p.u
  columns: [{name: id, type: bigint}, {name: name, type: text}]
monitors: [{row_count: {min: 1}}]
`,
      "u.sql": "WITH few AS (SELECT id, name FROM raw.members) SELECT id, name FROM few",
      "t.test.yaml": "tests: [{name: right, given: {members: [{id: 1}]}, expect: [{id: 1}]}]\n",
    };
    expect(await world.said(files, "--coverage")).toMatchInlineSnapshot(`
      "✓ p.t: right
      1 test: 1 passed, in … s.

      TRANSFORM  TESTS  COLUMNS WITHOUT  CTES WITHOUT  MONITORS WITHOUT
      p.t               name
      p.u        none   id, name         few           row_count {min: 1}

      25% has a test: 2 of 8 transforms, columns, functions, CTEs and monitors."
    `);
    const strict = { ...files, "ctf.yaml": "ctf: 1\nproject: test\nmin_coverage: 50\n" };
    expect(await world.said(strict, "--format", "text")).toMatchInlineSnapshot(`
      "✓ p.t: right
      1 test: 1 passed, in … s.
      ctf.yaml CTF868 25% of the project has a test, and ctf.yaml asks for 50%
        → "ctf test --coverage" lists what has none."
    `);
    const covered = {
      ...strict,
      "u.test.yaml": `tests:
  - {name: rows, given: {members: [{id: 1, name: A}]}, expect: [{id: 1, name: A}]}
  - {name: too few, expect_error: {code: CTF524}}
  - {name: the piece, at: cte(few), given: {members: [{id: 1}]}, expect: [{id: 1}]}
`,
    };
    expect(await world.said(covered, "--coverage")).toMatchInlineSnapshot(`
      "✓ p.t: right
      ✓ p.u: rows
      ✓ p.u: too few
      ✓ p.u: the piece
      4 tests: 4 passed, in … s.

      TRANSFORM  TESTS  COLUMNS WITHOUT  CTES WITHOUT  MONITORS WITHOUT
      p.t               name

      87% has a test: 7 of 8 transforms, columns, functions, CTEs and monitors."
    `);
  });

  test("--changed runs the tests of what changed since the branch began", async () => {
    world.files({
      ...two,
      "u.yaml": two["t.yaml"]!.toString().replace("p.t", "p.u"),
      "u.sql": two["t.sql"]!,
      "u.test.yaml": two["t.test.yaml"]!,
      ".gitignore": ".ctf\n",
    });
    const git = (...args: string[]) =>
      spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: world.root });
    git("init", "--initial-branch=main");
    git("add", "--all");
    git("commit", "--message=all");
    expect((await world.ctfTest("--changed")).stdout).toBe("Nothing to test has changed since the branch began.\n");
    writeFileSync(join(world.root, "pipelines/p/u.sql"), "SELECT id, upper(name) AS name FROM raw.members");
    expect((await world.ctfTest("--changed", "-k", "right")).stdout).toContain("✗ p.u: right");
  });

  test("--debug opens the database as the test left it, and drops it afterwards", async () => {
    world.files(two);
    const options = {
      cwd: world.root,
      input: "SELECT name FROM p.t;\nSELECT count(*) FROM raw.members;\n",
      env: { PATH: "" },
    };
    const { stdout } = await runCtf(["test", "-k", "wrong", "--debug"], { ...options, signals: new EventEmitter() });
    expect(stdout).toContain("A & <B>");
  });
});
