/** `ctf db fill`: what a pipeline reads is there on the first day, and no real person comes with it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";
import { runProject } from "../support/run_project.ts";

const CTF = "ctf: 1\nproject: test\ntargets:\n  local: {embedded: true}\n  prod: {url_env: WAREHOUSE_URL}\n";
const SOURCES = `sources:
  - name: members
    table: raw.members
    columns:
      - {name: member_id, type: bigint, phi: true}
      - {name: name, type: text, phi: true, not_null: true}
      - {name: plan_code, type: text, examples: [00A, 1E5]}
      - {name: birth_date, type: date, phi: true}
  - name: claims
    table: raw.claims
    columns:
      - {name: claim_id, type: text}
      - {name: member_id, type: bigint, not_null: true}
      - {name: amount, type: "numeric(8,2)", not_null: true}
      - {name: note, type: text, phi: true}
  - name: rates
    file: "incoming/rates_*.csv.gz"
`;
const PIPELINE = {
  "ctf.yaml": CTF,
  "sources/raw.yaml": SOURCES,
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
  "pipelines/p/rates.yaml": `kind: load
description: Rates
inputs: [{source: rates}]
rename: {Plan: plan_code}
output:
  table: p.rates
  columns:
    - {name: plan_code, type: text}
    - {name: rate, type: "numeric(6,4)"}
  primary_key: [plan_code]
  constraints: [{name: small, check: rate > 0 AND rate < 1}]
`,
  "pipelines/p/spent.yaml": `kind: create_table_as
description: What each member cost
inputs: [{source: members}, {source: claims}]
output:
  table: p.spent
  columns:
    - {name: member_id, type: bigint, phi: true}
    - {name: amount, type: numeric}
  primary_key: [member_id]
monitors: [{row_count: {min: 1}}]
`,
  "pipelines/p/spent.sql":
    "SELECT m.member_id, sum(c.amount) AS amount FROM raw.members m JOIN raw.claims c USING (member_id) GROUP BY 1\n",
};

async function local(root: string): Promise<pg.Client> {
  const { stdout } = await runCtf(["db", "url"], { cwd: root });
  return connect(stdout.trim());
}
const rowsOf = async (client: pg.Client, sql: string) => (await client.query({ text: sql, rowMode: "array" })).rows;

test("tables and files are made, joinable, and the pipeline runs", async () => {
  const { root } = scratchProject(PIPELINE);
  const filled = await runCtf(["db", "fill", "p", "--rows", "40"], { cwd: root });
  expect(filled.stderr.split("\n").filter((line) => !line.includes("PostgreSQL"))).toEqual([
    "  raw.members: 40 rows",
    "  raw.claims: 40 rows",
    "  incoming/rates_made.csv.gz: 40 rows",
    'Made 2 tables and 1 file. "ctf run p" has rows to work on.',
    "",
  ]);
  const client = await local(root);
  expect(await rowsOf(client, "SELECT count(*)::int FROM raw.claims JOIN raw.members USING (member_id)")).toEqual([
    [40],
  ]);
  expect(await rowsOf(client, "SELECT DISTINCT plan_code FROM raw.members ORDER BY 1")).toEqual([["00A"], ["1E5"]]);
  await runProject(["p"], { cwd: root });

  // What has rows or files is somebody's.
  const again = await runCtf(["db", "fill"], { cwd: root });
  expect({ ...again, stderr: again.stderr.split("\n") }).toEqual({
    code: 0,
    stdout: "",
    stderr: [
      "  rates has a file already",
      "  raw.members has rows already",
      "  raw.claims has rows already",
      'Nothing is missing. "ctf run --all" has rows to work on.',
      "",
    ],
  });
  // An emptied table is filled again, with rows that belong to those that are there.
  await client.query("TRUNCATE raw.claims; DELETE FROM raw.members WHERE member_id > 3");
  await runCtf(["db", "fill", "--rows", "10", "--seed", "2"], { cwd: root });
  expect(
    await rowsOf(
      client,
      "SELECT (SELECT count(*)::int FROM raw.members), count(*)::int FROM raw.claims WHERE member_id <= 3",
    ),
  ).toEqual([[3, 10]]);
});

test("other pipelines' outputs are made with their keys and checks; what is no table is told of", async () => {
  const { root } = scratchProject({
    ...PIPELINE,
    "pipelines/q/pipeline.yaml": "description: Q\nowners: [us]\n",
    "pipelines/q/top.yaml": `kind: create_table_as
description: T
inputs: [{pipeline: p, transform: spent}, {pipeline: p, transform: shown}]
output: {table: q.top, columns: [{name: member_id, type: bigint}]}
`,
    "pipelines/q/top.sql": "SELECT member_id FROM p.spent\n",
    "pipelines/p/shown.yaml": `kind: sql
description: V
inputs: [{transform: spent}]
outputs: [{view: p.shown, columns: [{name: member_id, type: bigint}]}]
`,
    "pipelines/p/shown.sql": "CREATE OR REPLACE VIEW p.shown AS SELECT member_id FROM p.spent;\n",
  });
  const { code, stdout } = await runCtf(["db", "fill", "q", "--rows", "5", "--json"], { cwd: root });
  expect({ code, ...JSON.parse(stdout) }).toEqual({
    code: 1,
    tables: [{ table: "p.spent", rows: 5 }],
    files: [],
    kept: [],
    others: [{ name: "p.shown", reason: 'it is a view; "ctf run p -e shown --upstream" makes it' }],
  });
});

test.each([
  [["nope"], "there is no pipeline nope"],
  [["--rows", "0"], "--rows must be a whole number from 1 to 1,000,000, not 0"],
  [["--from", "local"], "target local is the database on this machine"],
  [["--from", "prod"], "WAREHOUSE_URL, which is not set"],
])("%j is refused", async (args, words) => {
  const { root } = scratchProject(PIPELINE);
  const { code, stderr } = await runCtf(["db", "fill", ...args], { cwd: root });
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(words);
});

test.each(["parquet", "jsonl"])(
  "files of the format %s can be loaded, whatever their columns' types",
  async (ending) => {
    const { root } = scratchProject({
      "ctf.yaml": CTF,
      "sources/raw.yaml": `sources:\n  - {name: visits, file: "incoming/visits.${ending}"}\n`,
      "pipelines/p/pipeline.yaml": PIPELINE["pipelines/p/pipeline.yaml"],
      "pipelines/p/visits.yaml": `kind: load
description: Visits
inputs: [{source: visits}]
output:
  table: p.visits
  columns:
    - {name: id, type: bigint}
    - {name: on, type: date, not_null: true}
    - {name: cost, type: "numeric(8,2)"}
    - {name: paid, type: boolean, not_null: true}
    - {name: answers, type: jsonb, not_null: true}
  primary_key: [id]
`,
    });
    await runCtf(["db", "fill", "p", "--rows", "10"], { cwd: root });
    await runProject(["p"], { cwd: root });
    const client = await local(root);
    expect(await rowsOf(client, "SELECT DISTINCT jsonb_typeof(answers) FROM p.visits")).toEqual([["object"]]);
  },
);

test("a check that nothing fits is told of by its source, and nothing is made", async () => {
  const { root } = scratchProject({
    ...PIPELINE,
    "pipelines/p/rates.yaml": PIPELINE["pipelines/p/rates.yaml"].replace(
      "rate > 0 AND rate < 1",
      "md5(plan_code) < '000'",
    ),
  });
  const { stderr } = await runCtf(["db", "fill"], { cwd: root });
  expect(stderr).toContain("CTF855 source rates: no values of plan_code were found for which the check small holds");
  expect(
    await rowsOf(
      await local(root),
      "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ctf_fill%' OR nspname = 'raw'",
    ),
  ).toEqual([]);
  expect(existsSync(join(root, "incoming"))).toBe(false);
});

const CANARY = "Zanzibarowitz";

test("--from copies what is no PHI, keeps rows joinable, and no PHI comes along", async () => {
  const { root } = scratchProject(PIPELINE);
  const prod = await freshDatabase(18);
  const there = await connect(prod.url);
  await there.query(`CREATE SCHEMA raw;
    CREATE TABLE raw.members (member_id bigint, name text, plan_code text, birth_date date, undeclared text);
    CREATE TABLE raw.claims (claim_id text, member_id bigint, amount numeric(8,2), note text);
    INSERT INTO raw.members SELECT 7700000000 + n, '${CANARY} ' || n, 'plan ' || n % 3, date '1777-07-07' + n, '${CANARY}' FROM generate_series(1, 200) n;
    INSERT INTO raw.claims SELECT 'c' || n, 7700000000 + n % 150, n + 0.25, '${CANARY} note' FROM generate_series(1, 600) n`);
  const { code, stderr, stdout } = await runCtf(["db", "fill", "p", "--rows", "20", "--from", "prod"], {
    cwd: root,
    env: { WAREHOUSE_URL: prod.url },
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });

  const client = await local(root);
  const [[members, claims, joined]] = (await rowsOf(
    client,
    "SELECT (SELECT count(*)::int FROM raw.members), count(*)::int, count(m.member_id)::int FROM raw.claims c LEFT JOIN raw.members m USING (member_id)",
  )) as [[number, number, number]];
  expect(members).toBe(20);
  expect(claims).toBeGreaterThan(20);
  expect(joined).toBe(claims);
  // As many claims a member as there.
  expect(
    await rowsOf(client, "SELECT max(n)::int FROM (SELECT count(*) AS n FROM raw.claims GROUP BY member_id)  x"),
  ).toEqual([[4]]);
  expect(await rowsOf(client, "SELECT DISTINCT plan_code FROM raw.members ORDER BY 1")).toEqual([
    ["plan 0"],
    ["plan 1"],
    ["plan 2"],
  ]);
  expect(
    await rowsOf(client, "SELECT count(*)::int FROM raw.claims WHERE amount % 1 = 0.25 AND claim_id LIKE 'c%'"),
  ).toEqual([[claims]]);

  const dump = JSON.stringify(
    await rowsOf(client, "SELECT m::text FROM raw.members m UNION ALL SELECT c::text FROM raw.claims c"),
  );
  for (const text of [dump, stderr, stdout]) {
    expect(text).not.toContain(CANARY);
    expect(text).not.toMatch(/77000000|177[78]-/);
  }
  await runCtf(["db", "stop"], { cwd: root });
  const onDisk = filesBelow(join(root, ".ctf")).filter((file) => readFileSync(file).includes(CANARY));
  expect(onDisk).toEqual([]);
  // It only reads there, and the next fill of the same rows has other pseudonyms for nobody to compare.
  expect(await rowsOf(there, "SELECT count(*)::int FROM raw.members")).toEqual([[200]]);
});

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );

test("--from does not trust a project with errors", async () => {
  const { root } = scratchProject({ ...PIPELINE, "sources/raw.yaml": `${SOURCES}  - {name: x}\n` });
  const { stderr } = await runCtf(["db", "fill", "--from", "prod"], { cwd: root });
  expect(stderr).toContain("the project has 1 error, so it is not known for sure which columns hold PHI");
});
