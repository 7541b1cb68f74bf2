import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import { ensureServer } from "../../src/warehouse/embedded/server.ts";
import { type CliResult, runCtf } from "../support/cli.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { scratchProject, type ScratchProject } from "../support/project.ts";

let project: ScratchProject;
beforeAll(() => {
  project = scratchProject({
    "ctf.yaml":
      "ctf: 1\nproject: test\ntargets:\n  live: {url_env: LIVE}\nvars:\n  run_date: {type: date, default: 2018-01-01}\n",
    "sources/raw.yaml": `sources:
  - name: people
    table: raw.people
    columns:
      - {name: id, type: bigint, description: Number of the person, phi: true}
      - {name: born_on, type: date, description: Day of birth, phi: true}
      - {name: plan, type: "varchar(20)", description: The plan's name}
`,
    "pipelines/members/pipeline.yaml": "description: Members\n",
    "pipelines/members/spans.yaml": `kind: no_op
output:
  table: members.spans
  columns:
    - {name: member_id, type: bigint, description: Our number for the member, phi: true}
    - {name: since, type: timestamptz, description: When it began}
  primary_key: [member_id, since]
`,
    "pipelines/claims/pipeline.yaml": "description: Claims\n",
  });
  execFileSync("git", ["init", "--quiet"], { cwd: project.root });
  execFileSync("git", ["config", "user.email", "ann@clover.example"], { cwd: project.root });
});
afterAll(() => project.remove());

const path = (file: string): string => join(project.root, "pipelines/claims", file);
const read = (file: string): string => readFileSync(path(file), "utf8");
const write = (file: string, text: string): void => writeFileSync(path(file), text);
const ctf = (args: string, env: Record<string, string> = {}): Promise<CliResult> =>
  runCtf(args.split(" "), { cwd: join(project.root, "pipelines/claims"), env });

describe("beside a SELECT", () => {
  test("inputs, columns, types, descriptions and PHI are filled in; gaps stay where a person must speak", async () => {
    write(
      "per_member.sql",
      `-- é: the first line has bytes that are no characters
WITH spans AS (SELECT * FROM members.spans)
SELECT s.member_id, s.since, p.plan AS product, p.born_on AS day, round(avg(1.5), 2)::numeric(12,2) AS cost, count(*) AS "Rows"
FROM spans s JOIN raw.people p ON p.id = s.member_id
WHERE s.since < current_setting('ctf.run_date')::date
GROUP BY 1, 2, 3, 4;
`,
    );
    const { code, stderr } = await ctf("start create_table_as table per_member.sql");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain("FILL IN");
    expect(read("per_member.yaml")).toBe(`# yaml-language-server: $schema=../../.ctf/schemas/transform.schema.json
kind: create_table_as
description: # FILL IN: what does one row stand for?
owners: [ann@clover.example]
inputs:
  - pipeline: members
    transform: spans
  - source: people
output:
  table: claims.per_member
  columns:
    - {name: member_id, type: bigint, description: Our number for the member, phi: true}
    - {name: since, type: timestamptz, description: When it began}
    - {name: product, type: varchar(20)} # FILL IN: description
    - {name: day, type: date, phi: true} # FILL IN: description
    - {name: cost, type: "numeric(12,2)"} # FILL IN: description
    - {name: Rows, type: bigint} # FILL IN: description
  # The columns that together name one row, if these are they; add not_null: true to others that are never empty:
  # primary_key: [member_id, since]
`);
    // The gap is all that is wrong with it.
    const { diagnostics } = await loadProject(project.root, kinds);
    expect(diagnostics.map((d) => d.message)).toEqual(['"description" is empty; it must be text']);
    write("per_member.yaml", read("per_member.yaml").replace(/description: # FILL IN.*/, "description: One each"));
    expect((await loadProject(project.root, kinds)).diagnostics).toEqual([]);
  });

  test("a definition with gaps is known to the next one", async () => {
    write("first.sql", "SELECT id AS one FROM raw.people");
    write("second.sql", "SELECT one FROM claims.first");
    await ctf("start create_table_as table first.sql");
    await ctf("start upsert table second.sql --output claims.other");
    expect(read("second.yaml")).toContain("inputs:\n  - transform: first\noutput:\n  table: claims.other\n");
    expect(read("second.yaml")).toContain("{name: one, type: bigint, phi: true}");
  });

  test("what nobody declares is a gap; a live table's columns are used all the same", async () => {
    write("late.sql", "SELECT t.amount, t.note FROM raw.payments t");
    const blind = await ctf("start create_table_as table late.sql");
    expect(blind).toMatchObject({ code: 0, stderr: expect.stringContaining("those of raw.payments are not known") });
    expect(read("late.yaml")).toContain(
      "  - source: # FILL IN: raw.payments is not declared yet: ctf source add raw.payments\n",
    );
    expect(read("late.yaml")).toContain("  columns: # FILL IN:");

    const { url } = await freshDatabase(18);
    const client = await connect(url);
    await client.query(`CREATE SCHEMA raw; CREATE TABLE raw.payments (amount numeric(9,2), note text);
      COMMENT ON COLUMN raw.payments.note IS 'Why it was paid'`);
    write("later.sql", "SELECT t.amount, t.note FROM raw.payments t");
    const seeing = await ctf("start create_table_as table later.sql", { LIVE: url });
    expect(seeing).toMatchObject({ code: 0, stderr: expect.stringContaining("ctf source add raw.payments") });
    expect(read("later.yaml")).toContain('    - {name: amount, type: "numeric(9,2)"} # FILL IN: description\n');
    expect(read("later.yaml")).toContain("    - {name: note, type: text, description: Why it was paid}\n");
  });

  test.each([
    ["syntax", "SELECT é,\n  FROM raw.people", "bad.sql:2:3 CTF301"],
    ["two", "SELECT 1 AS a;\nSELECT 2", "bad.sql:2:1 CTF302"],
    ["column", "-- é\nSELECT id,\n  'ü' || nme AS x FROM raw.people", "bad.sql:3:10 CTF"],
    ["unnamed", "SELECT 1", "bad.sql:1:1 CTF707"],
    ["twice", "SELECT 1 AS a, 2 AS a", "columns 1 and 2 of the SELECT are both called a"],
    ["Windows", Buffer.from("SELECT\n'caf\xe9' AS a", "latin1"), "bad.sql:2:5 CTF001"],
  ])("a mistake in the SQL is told at its place, and nothing is written: %s", async (_, text, expected) => {
    writeFileSync(path("bad.sql"), text);
    const { code, stderr } = await ctf("start create_table_as table bad.sql");
    expect(code).toBe(1);
    expect(stderr).toContain(expected);
    expect(existsSync(path("bad.yaml"))).toBe(false);
  });

  test.each([
    ["raw.poeple", "did you mean raw.people?"],
    ["people", "did you mean raw.people?"],
  ])("a table %s that nobody knows: %s", async (table, expected) => {
    write("near.sql", `SELECT id FROM ${table}`);
    expect(await ctf("start create_table_as table near.sql")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(expected),
    });
    rmSync(path("near.yaml"));
  });

  test("a function that only the warehouse has leaves the columns open", async () => {
    write("own.sql", "SELECT public.fiscal_year(born_on) AS year FROM raw.people");
    const { code, stderr } = await ctf("start create_table_as table own.sql");
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("public.fiscal_year") });
    expect(read("own.yaml")).toContain("inputs:\n  - source: people\n");
  });

  test("statements are run on empty tables", async () => {
    write(
      "shown.sql",
      `CREATE TABLE IF NOT EXISTS claims.step AS SELECT id, plan FROM raw.people;
CREATE OR REPLACE VIEW claims.shown AS SELECT plan, count(*) AS people FROM claims.step GROUP BY plan;
COMMENT ON COLUMN claims.shown.people IS 'How many';`,
    );
    expect(await ctf("start sql view shown.sql")).toMatchObject({ code: 0 });
    expect(read("shown.yaml")).toContain(`inputs:
  - source: people
output:
  view: claims.shown
  columns:
    - {name: plan, type: varchar(20)} # FILL IN: description
    - {name: people, type: bigint, description: How many}
`);
    write("unshown.sql", "CREATE VIEW claims.seen AS SELECT 1 AS a");
    const other = await ctf("start sql view unshown.sql");
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("--output claims.seen") });
    expect(await ctf("start sql none unshown.sql")).toMatchObject({ code: 0 });
    expect(read("unshown.yaml")).toContain("outputs: []\n");
  });

  test("no database is left on the scratch server", async () => {
    const { url } = await ensureServer({ root: project.root, role: "scratch", major: 18 });
    const client = await connect(url);
    const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'ctf\\_%'");
    expect(rows).toEqual([]);
  });
});

test("without a SQL file both are begun; once the SQL is written, the untouched definition is filled in", async () => {
  const begun = await ctf("start create_table_as table fresh");
  expect(begun).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("fresh.yaml and pipelines/claims/fresh.sql"),
  });
  expect(read("fresh.sql")).toMatch(/^-- FILL IN: the SQL for claims.fresh/);
  write("fresh.sql", `${read("fresh.sql")}SELECT plan FROM raw.people\n`);
  expect(await ctf("start create_table_as table fresh.sql")).toMatchObject({ code: 0 });
  expect(read("fresh.yaml")).toContain("{name: plan, type: varchar(20), description: The plan's name}");

  const text = read("fresh.yaml");
  const again = await ctf("start create_table_as table fresh.sql");
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("CTF702") });
  expect(read("fresh.yaml")).toBe(text);
});

test("a pipeline, and a transform in it before its gaps are filled", async () => {
  expect(await ctf("start pipeline pharmacy")).toMatchObject({ code: 0 });
  const text = readFileSync(join(project.root, "pipelines/pharmacy/pipeline.yaml"), "utf8");
  expect(text).toBe(`# yaml-language-server: $schema=../../.ctf/schemas/pipeline.schema.json
description: # FILL IN: what is it about?
owners: [ann@clover.example]
# schedule: "0 6 * * *"
`);
  expect(await ctf("start pipeline pharmacy")).toMatchObject({ code: 1, stderr: expect.stringContaining("CTF702") });
  expect(await ctf("start no_op table fills --pipeline pharmacy")).toMatchObject({ code: 0 });
  expect(existsSync(join(project.root, "pipelines/pharmacy/fills.yaml"))).toBe(true);
});

test("where git knows nobody, the pipeline's owners will do; only where it has none is somebody asked", async () => {
  const { root } = scratchProject({
    "ctf.yaml": "ctf: 1\nproject: test\n",
    "pipelines/owned/pipeline.yaml": "description: Owned\nowners: [claims-data@clover.example]\n",
    "pipelines/nobodys/pipeline.yaml": "description: Nobody's\n",
  });
  const env = { GIT_CONFIG_GLOBAL: "/dev/null" };
  const started = async (pipeline: string): Promise<string> => {
    await runCtf(["start", "no_op", "table", "fills", "--pipeline", pipeline], { cwd: root, env });
    return readFileSync(join(root, "pipelines", pipeline, "fills.yaml"), "utf8");
  };
  expect(await started("owned")).not.toContain("owners");
  expect(await started("nobodys")).toContain("owners: # FILL IN: [an e-mail address or a team]");
});

test("a load takes its columns from the header of the file that its source finds", async () => {
  const sources = join(project.root, "sources/vendor.yaml");
  writeFileSync(
    sources,
    "sources:\n  - {name: vendor, description: V, file: 'landing/*.csv'}\n  - {name: rates, description: R, file: gone.csv}\n",
  );
  mkdirSync(join(project.root, "landing"));
  writeFileSync(join(project.root, "landing/a.csv"), "\uFEFFID, Last Name ,Amount\n1,Smith,2.50\n");
  expect(await ctf("start load table vendor.yaml")).toMatchObject({ code: 0 });
  expect(read("vendor.yaml")).toContain(`inputs:
  - source: vendor
output:
  table: claims.vendor
  columns:
    - {name: id, type: text} # FILL IN: its type, and a description
    - {name: last name, type: text, phi: true} # phi by its name: confirm it, or take it out; FILL IN: its type, and a description
    - {name: amount, type: text} # FILL IN: its type, and a description
`);
  expect(await ctf("start load table third.yaml")).toMatchObject({ code: 0 });
  expect(read("third.yaml")).toContain("# inputs: what it reads");
  // Where there is only one that nothing reads yet, it is meant.
  writeFileSync(sources, "sources:\n  - {name: rates, description: R, file: gone.csv}\n");
  const other = await ctf("start load table other.yaml");
  expect(other).toMatchObject({ code: 0, stderr: expect.stringContaining("no file matches gone.csv") });
  expect(read("other.yaml")).toContain("  - source: rates\noutput:\n  table: claims.other\n  columns: # FILL IN:");
  rmSync(sources);
});

test("a load is named after itself, not after the file that it is to read", async () => {
  mkdirSync(join(project.root, "data"), { recursive: true });
  writeFileSync(join(project.root, "data/Claims 2018.csv"), "id\n");
  for (const file of ["Claims 2018.csv", "../../data/Claims 2018.csv", "data/Claims 2018.csv"]) {
    const { code, stderr } = await runCtf(["start", "load", "table", file], {
      cwd: join(project.root, "pipelines/claims"),
    });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '- {name: claims_2018, file: "data/Claims 2018.csv"}. Then: ctf start load table claims_2018',
      ),
    });
  }
});

test("a file is no table that a source can be read from", async () => {
  mkdirSync(join(project.root, "data"), { recursive: true });
  writeFileSync(join(project.root, "data/rates.csv"), "id\n");
  expect(await runCtf(["source", "add", "data/rates.csv"], { cwd: project.root })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'Write into sources/files.yaml, under sources: - {name: rates, file: "data/rates.csv"}',
    ),
  });
});

describe("asked for what can't be", () => {
  test.each([
    ["start create_tabel_as table x.sql", "Did you mean create_table_as?"],
    ["start create table x.sql", "Did you mean create_table_as?"],
    ["start table create_table_as x.sql", "ctf start create_table_as table x.sql"],
    ["start create_table_as", "Usage: ctf start KIND OUTPUT FILE"],
    ["start load view x", "can't have view as its output"],
    ["start create_table_as tabel x.sql", "Did you mean table?"],
    ["start create_table_as table", "the file is missing"],
    ["start create_table_as table Paid 2", "too many arguments"],
    ["start create_table_as table Paid.sql", "such as paid."],
    ["start pipeline Claims", "CTF705"],
    ["start create_table_as table x.sql --output x", "has no schema"],
    ["start create_table_as table x.sql --output raw.people", "declared as a source"],
    ["start create_table_as table x.sql --output members.spans", "made by members.spans"],
    ["start create_table_as table x.sql --pipeline clams", "Did you mean claims?"],
    ["start create_table_as table ../members/x.sql --pipeline claims", "is not in pipelines/claims"],
    ["start create_table_as table ../x.sql", "--pipeline claims"],
  ])("%s", async (args, expected) => {
    const { code, stderr } = await ctf(args);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(expected) });
    expect(existsSync(path("x.yaml"))).toBe(false);
  });

  test("outside of a project", async () => {
    const { code } = await runCtf(["start", "pipeline", "x"], { cwd: "/" });
    expect(code).not.toBe(0);
  });
});
