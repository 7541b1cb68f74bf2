/** PHI follows the data. The example of CTF240 shows the plain case; here is the rest. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { check, type Files } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";

const sources: Files = {
  "sources/raw.yaml": `sources:
  - name: people
    table: raw.people
    columns:
      - {name: id, type: bigint}
      - {name: ssn, type: text, description: Social security number, phi: true}
      - {name: state, type: text, description: Where they live}
`,
};

/** A table of claims.`name` with these columns (YAML), from this SELECT. */
const table = (name: string, columns: string, sql: string, input = "source: people"): Files => ({
  [`pipelines/claims/${name}.yaml`]: `kind: create_table_as\ninputs:\n  - ${input}\noutput:\n  table: claims.${name}\n  columns:\n${columns}`,
  [`pipelines/claims/${name}.sql`]: `${sql}\n`,
});
const column = (name: string, more = ""): string => `    - {name: ${name}, type: text${more}}\n`;
const messages = async (...files: Files[]) =>
  (await check(Object.assign({}, sources, ...files))).diagnostics.map(({ code, message }) => `${code} ${message}`);

describe("what takes its value from PHI is PHI", () => {
  test.each([
    ["renamed", "SELECT ssn AS x FROM raw.people"],
    ["computed with", "SELECT right(ssn, 4) AS x FROM raw.people"],
    ["hashed", "SELECT md5(ssn) AS x FROM raw.people"],
    ["counted", "SELECT count(ssn)::text AS x FROM raw.people"],
    ["through a WITH query and a star", "WITH p AS (SELECT ssn AS x FROM raw.people) SELECT * FROM p"],
    ["one of the queries of a UNION", "SELECT state AS x FROM raw.people UNION ALL SELECT ssn FROM raw.people"],
    ["what a function of somebody's own gives", "SELECT f.* FROM raw.people p, LATERAL ops.parts(p.ssn) f"],
    ["a field of it", "SELECT f.x FROM raw.people p, LATERAL ops.parts(p.ssn) AS f"],
    [
      "what it gives, beside a built-in one",
      "SELECT r.* FROM raw.people p, jsonb_populate_record(NULL::ops.t, to_jsonb(p.ssn)) r",
    ],
  ])("%s", async (_, sql) => {
    expect(await messages(table("t", column("x"), sql))).toEqual([
      'CTF240 column "x" is made from PHI, but is not marked as PHI: claims.t.x ← raw.people.ssn',
    ]);
  });

  test.each([
    ["it only filters", "SELECT state AS x FROM raw.people WHERE ssn IS NOT NULL"],
    ["it only chooses", "SELECT CASE WHEN ssn LIKE '9%' THEN state END AS x FROM raw.people"],
    ["rows are counted", "SELECT count(*)::text AS x FROM raw.people GROUP BY ssn"],
  ])("but not where %s", async (_, sql) => {
    expect(await messages(table("t", column("x"), sql))).toEqual([]);
  });

  test("a view of a sql transform, too", async () => {
    const view: Files = {
      "pipelines/claims/t.yaml": `kind: sql\ninputs:\n  - source: people\noutputs:\n  - view: claims.v\n    columns:\n  ${column("x")}`,
      "pipelines/claims/t.sql": "CREATE VIEW claims.v (x) AS SELECT ssn FROM raw.people;\n",
    };
    expect(await messages(view)).toEqual([expect.stringContaining("claims.v.x ← raw.people.ssn")]);
  });
});

test("it goes through a view that declares no columns", async () => {
  const view: Files = {
    "pipelines/claims/v.yaml": "kind: sql\ninputs:\n  - source: people\noutput: {view: claims.v}\n",
    "pipelines/claims/v.sql": "CREATE VIEW claims.v AS SELECT ssn AS y FROM raw.people;\n",
  };
  expect(await messages(view, table("t", column("x"), "SELECT y AS x FROM claims.v", "transform: v"))).toEqual([
    'CTF240 claims.v has a column "y" made from PHI, and declares no columns: claims.v.y ← raw.people.ssn',
    'CTF240 column "x" is made from PHI, but is not marked as PHI: claims.t.x ← claims.v.y ← raw.people.ssn',
  ]);
});

describe("the path", () => {
  const two = [
    table("t", column("x"), "SELECT ssn AS x\nFROM raw.people"),
    table("u", column("y"), "SELECT\n  upper(x) AS y\nFROM claims.t", "transform: t"),
  ];

  test("is told from the column to where PHI is declared, with the place of each step", async () => {
    const { diagnostics } = await check(Object.assign({}, sources, ...two));
    expect(diagnostics.map(({ message }) => message)).toContain(
      'column "y" is made from PHI, but is not marked as PHI: claims.u.y ← claims.t.x ← raw.people.ssn',
    );
    const labels = diagnostics.find(({ transform }) => transform === "claims.u")!.labels!;
    expect(
      labels.map(({ span, message }) => `${span.file}:${span.start?.line}:${span.start?.column} ${message}`),
    ).toEqual([
      "pipelines/claims/t.sql:1:8 claims.t.x is made from raw.people.ssn here",
      "pipelines/claims/u.sql:2:3 claims.u.y is made from claims.t.x here",
      "sources/raw.yaml:6:75 declared PHI here",
    ]);
  });

  test("--fix marks every column on it, and changes nothing else", async () => {
    const block = "    - name: x # as it came\n      type: text\n      description: The number\n";
    const { root } = scratchProject({
      ...sources,
      "pipelines/claims/pipeline.yaml": "owners: [claims@clover.example]\n",
      ...table("t", block, "SELECT ssn AS x FROM raw.people"),
      ...two[1],
    });
    expect(await runCtf(["check", "--fix", "--no-compile"], { cwd: root })).toMatchObject({ code: 0 });
    const text = (name: string) => readFileSync(join(root, `pipelines/claims/${name}.yaml`), "utf8");
    expect(text("t")).toContain(
      "    - name: x # as it came\n      type: text\n      phi: true\n      description: The number\n",
    );
    expect(text("u")).toContain("    - {name: y, type: text, phi: true}\n");
  });
});

describe("declassified", () => {
  const hashed = (more: string) => table("t", column("x", more), "SELECT md5(ssn) AS x FROM raw.people");

  test("with a reason it is no PHI, nor is what is made from it", async () => {
    const next = table("u", column("y"), "SELECT x AS y FROM claims.t", "transform: t");
    expect(await messages(hashed(', phi: false, declassified: "A hash"'), next)).toEqual([]);
  });

  test("without a reason it is an error of its own, that --fix leaves to people", async () => {
    const { diagnostics } = await check({ ...sources, ...hashed(", phi: false") });
    expect(diagnostics).toMatchObject([{ code: "CTF240", span: { start: { line: 7 } } }]);
    expect(diagnostics[0]!.message).toContain('says "phi: false", but not why');
    expect(diagnostics[0]).not.toHaveProperty("fix");
  });

  test("a reason needs its phi: false", async () => {
    expect(await messages(hashed(', declassified: "A hash"'))).toContainEqual(
      expect.stringMatching(/^CTF112 column "x" is "declassified" but does not say "phi: false"/),
    );
  });
});

test("of python only ctf phi says that it is possible", async () => {
  const { root } = scratchProject({
    ...sources,
    "pipelines/claims/pipeline.yaml": "owners: [claims@clover.example]\n",
    "pipelines/claims/p.yaml": `kind: python\ninputs:\n  - source: people\noutput:\n  table: claims.p\n  columns:\n${column("x")}${column("n", ", phi: false")}  grants: {analysts: [select]}\n`,
    "pipelines/claims/p.py": "def p(people):\n    return people\n",
  });
  const { stdout } = await runCtf(["phi", "--json"], { cwd: root });
  expect(JSON.parse(stdout)).toMatchObject({
    columns: [
      { column: "raw.people.ssn", how: "declared" },
      { column: "claims.p.x", how: "possible", from: "raw.people.ssn", readers: ["analysts"] },
    ],
  });
});

describe("hints", () => {
  const star = "SELECT * FROM raw.people WHERE state = NULL";
  const columns = column("id") + column("ssn", ", phi: true") + column("state");
  const codes = async (sql: string) => (await messages(table("t", columns, sql))).map((text) => text.slice(0, 6));

  test("are warnings of the check", async () => {
    expect(await codes(star)).toEqual(["CTF333", "CTF332"]);
  });

  test("are silenced on their line with a reason, and only with one", async () => {
    expect(await codes(`-- ctf: allow CTF333, CTF332 because it is a mirror\n${star}`)).toEqual([]);
    expect(await codes(`-- ctf: allow CTF333, CTF332\n${star}`)).toEqual(["CTF330", "CTF333", "CTF332"]);
  });
});

describe("a column without a description", () => {
  test("has that of what it is a copy of", async () => {
    const { root } = scratchProject({
      ...sources,
      "pipelines/claims/pipeline.yaml": "owners: [claims@clover.example]\n",
      ...table("t", column("x", ", phi: true") + column("low"), "SELECT ssn AS x, lower(state) AS low FROM raw.people"),
      ...table("u", column("y", ", phi: true"), "SELECT x AS y FROM claims.t", "transform: t"),
    });
    const shown = async (name: string) =>
      (JSON.parse((await runCtf(["show", name, "--json"], { cwd: root })).stdout) as { outputs: object[] }).outputs[0];
    expect(await shown("u")).toMatchObject({ columns: [{ name: "y", description: "Social security number" }] });
    expect(await shown("t")).toMatchObject({
      columns: [
        { description: "Social security number" },
        expect.not.objectContaining({ description: expect.anything() }),
      ],
    });
    const { stdout } = await runCtf(["run", "--all", "--dry-run", "--json"], { cwd: root });
    expect(stdout.match(/"description": "Social security number"/g)).toHaveLength(2);
  });
});
