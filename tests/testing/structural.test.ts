/** Structural tests: for each check a transform that fails it and one that passes, and how a finding is told. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CheckStatus, Finding } from "../../src/testing/structural/types.ts";
import type { Files } from "../support/files.ts";
import { inWorld, type World } from "./world.ts";

const SOURCES = `sources:
  - name: members
    table: raw.members
    columns:
      - {name: id, type: bigint, not_null: true}
      - {name: name, type: text}
      - {name: status, type: text, not_null: true}
      - {name: born, type: date, not_null: true}
      - {name: amount, type: "numeric(12,2)", not_null: true}
      - {name: share, type: float8, not_null: true}
      - {name: code, type: text, not_null: true}
  - name: spans
    table: raw.spans
    columns:
      - {name: member_id, type: bigint, not_null: true}
      - {name: plan, type: text, not_null: true}
      - {name: first_day, type: date, not_null: true}
`;

/** As `--format json` says it. */
interface Told {
  readonly of: string;
  readonly checks: Readonly<Record<string, CheckStatus>>;
  readonly findings: readonly Finding[];
}

interface Case {
  readonly columns: string;
  readonly sql: string;
  /** Of the output, or of the definition. */
  readonly more?: string;
  readonly kind?: string;
}

const definition = (name: string, { columns, more = "", kind = "create_table_as" }: Case): string =>
  `kind: ${kind}\ninputs: [{source: members}, {source: spans}]\n${kind === "upsert" ? "keys: [id]\n" : ""}output:\n  table: p.${name}\n  columns: [${columns}]\n${more}`;

const ID = "{name: id, type: bigint, not_null: true}";
const KEY = "  primary_key: [id]\n";

/** What is wrong, and the same as it should be. */
const CASES: Readonly<Record<string, { readonly wrong: Case; readonly right: Case }>> = {
  compiles: {
    wrong: { columns: ID, sql: "SELECT id FROM raw.members WHERE nobody = 1" },
    right: { columns: ID, sql: "SELECT id FROM raw.members WHERE amount = 1" },
  },
  declaration: {
    wrong: { columns: ID, sql: "SELECT id::text AS id FROM raw.members" },
    right: { columns: ID, sql: "SELECT id FROM raw.members" },
  },
  empty_inputs: {
    wrong: { columns: "{name: last, type: date, not_null: true}", sql: "SELECT max(born) AS last FROM raw.members" },
    right: { columns: "{name: last, type: date}", sql: "SELECT max(born) AS last FROM raw.members" },
  },
  generated_inputs: {
    wrong: {
      columns: `${ID}, {name: n, type: integer}`,
      sql: "SELECT id, substring(code, 1, 3)::integer AS n FROM raw.members",
    },
    right: { columns: `${ID}, {name: n, type: integer}`, sql: "SELECT id, code::integer AS n FROM raw.members" },
  },
  keys_and_checks: {
    wrong: {
      columns: ID,
      sql: "SELECT m.id FROM raw.members AS m CROSS JOIN generate_series(1, 2)",
      more: KEY,
    },
    right: { columns: ID, sql: "SELECT id FROM raw.members", more: KEY },
  },
  same_twice: {
    wrong: { columns: `${ID}, {name: r, type: float8}`, sql: "SELECT id, random() AS r FROM raw.members" },
    right: {
      columns: `${ID}, {name: r, type: date}, {name: s, type: timestamptz}`,
      sql: "SELECT id, CURRENT_DATE AS r, clock_timestamp() AS s FROM raw.members",
    },
  },
  second_upsert: {
    wrong: {
      kind: "upsert",
      columns: `${ID}, {name: r, type: float8}`,
      sql: "SELECT id, random() AS r FROM raw.members",
      more: KEY,
    },
    right: {
      kind: "upsert",
      columns: `${ID}, {name: name, type: text}, {name: at, type: timestamptz}`,
      sql: "SELECT id, name, now() AS at FROM raw.members",
      more: KEY,
    },
  },
  row_order: {
    wrong: {
      columns: '{name: id, type: bigint}, {name: plans, type: "text[]"}',
      sql: "SELECT member_id AS id, array_agg(plan) AS plans FROM raw.spans GROUP BY member_id",
      more: KEY,
    },
    // A sum of floating-point numbers depends on its order in the last digits.
    right: {
      columns: '{name: id, type: bigint}, {name: plans, type: "text[]"}, {name: share, type: float8}',
      sql: `SELECT s.member_id AS id, array_agg(s.plan ORDER BY s.plan, s.first_day) AS plans, sum(m.share / 3) AS share
            FROM raw.spans AS s JOIN raw.members AS m ON m.id = s.member_id GROUP BY s.member_id`,
      more: KEY,
    },
  },
  unusual_inputs: {
    wrong: { columns: "{name: name, type: text, not_null: true}", sql: "SELECT name FROM raw.members" },
    right: {
      columns: "{name: name, type: text, not_null: true}",
      sql: "SELECT coalesce(name, '') AS name FROM raw.members",
    },
  },
};

/** What is only noted, as nobody but the author knows whether it matters. */
const NOTES: Readonly<Record<string, Case>> = {
  "CTF875 exercised": { columns: ID, sql: "SELECT id FROM raw.members WHERE name = status AND length(name) > 500" },
  "CTF876 extreme_inputs": {
    columns: `${ID}, {name: x, type: numeric}`,
    sql: "SELECT id, 1 / amount AS x FROM raw.members",
  },
  "CTF877 keys_and_checks": {
    columns: ID,
    sql: "SELECT m.id FROM raw.members AS m JOIN raw.spans AS s ON s.member_id = m.id",
    more: KEY,
  },
};

function filesOf(cases: Readonly<Record<string, Case>>): Files {
  const files = Object.entries(cases).flatMap(([name, one]) => [
    [`${name}.yaml`, definition(name, one)],
    [`${name}.sql`, `${one.sql}\n`],
  ]);
  return { "sources/raw.yaml": SOURCES, ...Object.fromEntries(files) } as Files;
}

async function verdicts(world: World, cases: Readonly<Record<string, Case>>): Promise<readonly Told[]> {
  world.files(filesOf(cases));
  const { stdout } = await world.ctfTest("--structural", "--format", "json");
  return (JSON.parse(stdout) as { readonly structural: readonly Told[] }).structural;
}

const told = (all: readonly Told[]) =>
  Object.fromEntries(
    all.map(({ of, findings }) => [
      of.slice(2),
      findings.map(({ check, diagnostic }) => `${diagnostic.severity} ${check}`),
    ]),
  );

inWorld(18, (world) => {
  describe("what holds of every transform", () => {
    test("each check finds what is wrong", async () => {
      const wrong = Object.fromEntries(Object.entries(CASES).map(([name, one]) => [name, one.wrong]));
      const found = told(await verdicts(world, wrong));
      for (const name of Object.keys(CASES)) expect(found[name], name).toContain(`error ${name}`);
    });

    test("and nothing in what is right", async () => {
      const right = Object.fromEntries(Object.entries(CASES).map(([name, one]) => [name, one.right]));
      const found = told(await verdicts(world, right));
      for (const name of Object.keys(CASES))
        expect(
          found[name]?.filter((one) => one.startsWith("error")),
          name,
        ).toEqual([]);
    });

    test("what only the author can judge is a note", async () => {
      const names = Object.fromEntries(Object.entries(NOTES).map(([name, one], n) => [`t${n}`, { name, one }]));
      const all = await verdicts(world, Object.fromEntries(Object.entries(names).map(([t, { one }]) => [t, one])));
      for (const { of, findings } of all) {
        const { name } = names[of.slice(2)]!;
        expect(findings.map(({ check, diagnostic }) => `${diagnostic.code} ${check}`)).toContain(name);
        expect(findings.every(({ diagnostic }) => diagnostic.severity === "info")).toBe(true);
      }
    });
  });

  test("rows come through joins, filters and variables", async () => {
    const all = await verdicts(world, {
      joined: {
        columns: ID,
        sql: "SELECT m.id FROM raw.members AS m JOIN raw.spans AS s ON s.member_id = m.id WHERE s.plan = 'X99'",
      },
      using: { columns: ID, sql: "SELECT id FROM raw.members WHERE code IN (SELECT plan FROM raw.spans)" },
      dated: { columns: ID, sql: "SELECT id FROM raw.members WHERE born = current_setting('ctf.run_date')::date" },
      liked: { columns: ID, sql: "SELECT id FROM raw.members WHERE code LIKE 'Q7%' AND lower(status) = 'active'" },
      parsed: { columns: ID, sql: "SELECT id FROM raw.members WHERE to_date(code, 'YYYYMMDD') > '1990-01-01'" },
      in_cte: {
        columns: ID,
        sql: "WITH a AS (SELECT id, status AS s FROM raw.members) SELECT id FROM a WHERE s = 'rare one'",
      },
    });
    expect(Object.fromEntries(all.map(({ of, checks }) => [of, checks["exercised"]]))).toEqual({
      "p.joined": "passed",
      "p.using": "passed",
      "p.dated": "passed",
      "p.liked": "passed",
      "p.parsed": "passed",
      "p.in_cte": "passed",
    });
  });

  test("also where a check of an input fails with an error on some values", async () => {
    world.files({
      "sources/raw.yaml": SOURCES,
      "up.yaml": `kind: create_table_as\noutput:\n  table: p.up\n  columns: [{name: n, type: integer, not_null: true}]\n  constraints: [{name: more, check: "ln(n - 50) > 1"}]\n`,
      "up.sql": "SELECT 60 AS n",
      "t.yaml":
        "kind: create_table_as\ninputs: [{transform: up}]\noutput: {table: p.t, columns: [{name: n, type: integer}]}\n",
      "t.sql": "SELECT n FROM p.up",
    });
    const { stdout } = await world.ctfTest("t", "--structural", "--format", "json");
    const { structural } = JSON.parse(stdout) as { readonly structural: readonly Told[] };
    expect(structural[0]!.checks).toMatchObject({ generated_inputs: "passed", exercised: "passed" });
  });

  test("ranges may overlap, and nothing can be declared of that: a note", async () => {
    world.files({
      "sources/raw.yaml": SOURCES,
      "spans.yaml": `kind: create_table_as\noutput:\n  table: p.spans\n  columns: [{name: id, type: bigint, not_null: true}, {name: first_day, type: date, not_null: true}, {name: span, type: daterange, not_null: true}]\n  primary_key: [id, first_day]\n`,
      "spans.sql": "SELECT 1::bigint AS id, date '2018-01-01' AS first_day, daterange('2018-01-01', NULL) AS span",
      "people.yaml": `kind: create_table_as\noutput:\n  table: p.people\n  columns: [${ID}]\n${KEY}`,
      "people.sql": "SELECT 1::bigint AS id",
      "t.yaml": `kind: create_table_as\ninputs: [{transform: spans}, {transform: people}]\noutput:\n  table: p.t\n  columns: [${ID}]\n${KEY}`,
      "t.sql":
        "SELECT s.id FROM p.spans AS s JOIN p.people AS p ON p.id = s.id WHERE s.span @> current_setting('ctf.run_date')::date",
    });
    const codes: string[] = [];
    for (const seed of ["1", "2", "3"]) {
      const { stdout } = await world.ctfTest("t", "--structural", "--seed", seed, "--format", "json");
      const { structural } = JSON.parse(stdout) as { readonly structural: readonly Told[] };
      expect(structural[0]!.findings.map(({ diagnostic }) => diagnostic.severity)).not.toContain("error");
      codes.push(...structural[0]!.findings.map(({ diagnostic }) => diagnostic.code));
    }
    expect(codes).toContain("CTF877");
  });

  test("a finding comes with the smallest rows, as a test that fails for the same reason", async () => {
    const { wrong } = CASES["keys_and_checks"]!;
    world.files(filesOf({ t: wrong }));
    const { stdout, code } = await world.ctfTest("--structural");
    expect(code).toBe(1);
    expect(stdout.replace(/, in .*/, "")).toMatchInlineSnapshot(`
      "✗ p.t: keys, NOT NULLs and checks of its output hold
        pipelines/p/t.yaml:1:1 CTF871 on generated rows: p.t: rows come twice for the primary key (id)
          1 | kind: create_table_as
            | ^^^^^^^^^^^^^^^^^^^^^
        PostgreSQL: duplicate key value violates unique constraint "t_pkey"
        The smallest rows that show it, as a test for pipelines/p/t.test.yaml:
          - name: keys, NOT NULLs and checks of its output hold
            given:
              raw.members:
                - {}
            expect: []  # what should come out, or expect_error: {code: CTF512}

      Structural tests of 1 transform: 1 failed, 0 passed
      "
    `);
    const item = /as a test for .*:\n([^]*?)\n\n/.exec(stdout)![1]!;
    world.files({ ...filesOf({ t: wrong }), "t.test.yaml": `tests:\n${item}\n` });
    expect((await world.ctfTest("-k", "")).stdout).toContain("CTF512 p.t: rows come twice for the primary key (id)");
  });

  test("what can't be read at all is told, and the others are tested", async () => {
    const all = await verdicts(world, {
      broken: { columns: ID, sql: "SELECT id FROM" },
      whole: CASES["declaration"]!.right,
    });
    expect(all.map(({ of, checks }) => [of, checks["compiles"]])).toEqual([
      ["p.broken", "failed"],
      ["p.whole", "passed"],
    ]);
  });

  test("what can't be made stops those that need it, and nobody else", async () => {
    world.files({
      ...filesOf({ whole: CASES["declaration"]!.right }),
      "maker.yaml": "kind: sql\noutputs: [{function: p.twice}]\n",
      "maker.sql": "CREATE FUNCTION p.twice(n bigint) RETURNS bigint LANGUAGE sql RETURN n * nobody;\n",
      "needs.yaml": `kind: create_table_as\ninputs: [{source: members}]\noutput: {table: p.needs, columns: [${ID}]}\n`,
      "needs.sql": "SELECT p.twice(id) AS id FROM raw.members\n",
    });
    const { stdout } = await world.ctfTest("--structural", "--format", "json");
    const { structural } = JSON.parse(stdout) as { readonly structural: readonly Told[] };
    expect(
      structural.map(({ of, checks, findings }) => [of, checks["compiles"], findings[0]?.diagnostic.code]),
    ).toEqual([
      ["p.maker", "failed", "CTF867"],
      ["p.needs", "failed", "CTF867"],
      ["p.whole", "passed", undefined],
    ]);
    expect(structural[1]!.findings[0]!.diagnostic.span).toMatchObject({
      file: "pipelines/p/maker.sql",
      start: { line: 1 },
    });
  });

  test("a column that a check makes the sum of others is that", async () => {
    world.files({
      "sources/raw.yaml": SOURCES,
      "up.yaml": `kind: create_table_as\noutput:\n  table: p.up\n  columns:\n    - {name: paid, type: "numeric(8,2)", not_null: true}\n    - {name: denied, type: "numeric(8,2)", not_null: true}\n    - {name: total, type: "numeric(9,2)", not_null: true}\n  constraints: [{name: sum, check: "total = paid + denied"}, {name: other, check: "paid * 2 + 1 > denied - 100000"}]\n`,
      "up.sql": "SELECT 1::numeric(8,2) AS paid, 2::numeric(8,2) AS denied, 3::numeric(9,2) AS total",
      "t.yaml":
        'kind: create_table_as\ninputs: [{transform: up}]\noutput: {table: p.t, columns: [{name: total, type: "numeric(9,2)"}]}\n',
      "t.sql": "SELECT total FROM p.up WHERE denied > 0",
    });
    const { stdout } = await world.ctfTest("t", "--structural", "--format", "json");
    const { structural } = JSON.parse(stdout) as { readonly structural: readonly Told[] };
    expect(structural[0]!.checks).toMatchObject({ exercised: "passed", unusual_inputs: "passed" });
  });

  test("statements: their outputs, and what a second run adds", async () => {
    const sql = (body: string): Files => ({
      "sources/raw.yaml": SOURCES,
      "s.yaml": `kind: sql\ninputs: [{source: members}]\noutputs:\n  - {table: p.s, columns: [{name: id, type: bigint}]}\n`,
      "s.sql": `CREATE TABLE IF NOT EXISTS p.s (id bigint);\n${body}INSERT INTO p.s SELECT id FROM raw.members;\n`,
    });
    world.files(sql(""));
    expect((await world.ctfTest("--structural")).stdout).toContain(
      "CTF872 a second run on the same rows gives another id",
    );
    world.files(sql("DELETE FROM p.s;\n"));
    expect((await world.ctfTest("--structural")).stdout).toMatch(/^Structural tests of 1 transform: 1 passed/);
  });

  test("with the written ones; --seed gives other rows; what is known stays in a baseline", async () => {
    world.files({
      ...filesOf({ t: CASES["same_twice"]!.wrong, u: CASES["declaration"]!.right }),
      "u.test.yaml": "tests: [{name: right, given: {members: [{id: 1}]}, expect: [{id: 1}]}]\n",
    });
    const plain = await world.ctfTest();
    expect(plain.code).toBe(1);
    expect(plain.stdout).toContain("✓ p.u: right");
    expect(plain.stdout).toContain("CTF872");
    expect(plain.stdout).toMatch(/Structural tests of 2 transforms: 1 failed, 1 passed/);
    expect((await world.ctfTest("u")).code).toBe(0);
    expect((await world.ctfTest("--structural", "--seed", "7")).stdout).toContain("CTF872");

    const written = await world.ctfTest("--structural", "--baseline");
    expect([written.code, written.stderr]).toEqual([
      0,
      "Wrote 1 known problem to ctf_test_baseline.json. A test with --baseline reports only others.\n",
    ]);
    const known = readFileSync(join(world.root, "ctf_test_baseline.json"), "utf8");
    expect(known).toContain('"code":"CTF872"');
    const again = await world.ctfTest("--structural", "--baseline");
    expect([again.code, again.stderr]).toEqual([0, "1 known problem hidden, listed in ctf_test_baseline.json.\n"]);
    // Of what was not looked into nothing is forgotten.
    await world.ctfTest("u", "--structural", "--update-baseline");
    expect(readFileSync(join(world.root, "ctf_test_baseline.json"), "utf8")).toBe(known);
  });

  test("for programs: code review, JUnit", async () => {
    world.files(filesOf({ t: CASES["same_twice"]!.wrong }));
    expect((await world.ctfTest("--structural", "--format", "github")).stdout).toMatch(
      /^::error file=pipelines\/p\/t.sql,line=1,col=12,.*title=CTF872::/,
    );
    await world.ctfTest("--structural", "--junit", "junit.xml");
    const xml = readFileSync(join(world.root, "junit.xml"), "utf8");
    expect(xml).toContain('<testcase classname="p.t" name="structural: twice in a row gives the same"');
    expect(xml).toContain('<failure message="CTF872 ');
  });
});
