/** `ctf run --changed` runs exactly what changed, and `ctf check` says which pipelines that concerns. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { runProject } from "../support/run_project.ts";
import { testMajors } from "../support/servers.ts";
import { CLAIMS, edited, PAID, pipeline } from "./claims.ts";
import { repository } from "./repository.ts";

const PYTHON = ["pipelines/quality/scored.yaml", "pipelines/quality/scored.py", "helpers.py"];
const SQL_ONLY = Object.fromEntries(Object.entries(CLAIMS).filter(([path]) => !PYTHON.includes(path)));
const FILES = { ...SQL_ONLY, "ctf.yaml": "ctf: 1\nproject: test\ntargets:\n  test: {url_env: WAREHOUSE_URL}\n" };

const RAW = `
  CREATE SCHEMA raw;
  CREATE TABLE raw.payments (id bigint NOT NULL, member bigint, amount numeric(12,2), status text);
  INSERT INTO raw.payments VALUES (1, 1, 10, 'paid'), (2, 3, 5, 'paid'), (3, 2, 7, 'paid');`;

/** Ids in the plan that `--dry-run` prints. */
async function planned(root: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await runCtf(["run", ...args, "--dry-run", "--json"], { cwd: root });
  if (stdout === "") throw new Error(stderr);
  return (JSON.parse(stdout) as { readonly transforms: readonly { readonly id: string }[] }).transforms.map(
    ({ id }) => id,
  );
}

test("what is new or changed in logic or contract, and with --downstream what follows, within what is named", async () => {
  const { root, write } = repository(FILES);
  expect(await planned(root, "--changed")).toEqual([]);
  write({
    "pipelines/claims/totals.sql": edited(CLAIMS["pipelines/claims/totals.sql"], ["sum(amount)", "max(amount)"]),
    "pipelines/claims/paid.yaml": edited(PAID, ["Payments.", "All payments."], ["inputs:", "retries: 5\ninputs:"]),
    "pipelines/finance/copied.yaml": edited(CLAIMS["pipelines/finance/copied.yaml"], [
      "{name: member_id, type: bigint}",
      "{name: member_id, type: bigint, not_null: true}",
    ]),
    "pipelines/new/pipeline.yaml": pipeline("new"),
    "pipelines/new/members.yaml":
      "kind: create_table_as\ninputs:\n  - {pipeline: claims, transform: paid}\noutput:\n  table: new.members\n  columns:\n    - {name: member_id, type: bigint}\n",
    "pipelines/new/members.sql": "SELECT DISTINCT member_id FROM claims.paid\n",
  });
  expect(await planned(root, "--changed")).toEqual(["claims.totals", "finance.copied", "new.members"]);
  expect(await planned(root, "--changed", "--downstream")).toEqual([
    "claims.totals",
    "finance.copied",
    "finance.spend",
    "new.members",
  ]);
  expect(await planned(root, "finance", "--changed", "--downstream")).toEqual(["finance.copied", "finance.spend"]);
  expect(await planned(root, "-s", "claims.totals", "--changed")).toEqual(["claims.totals"]);
  expect(await planned(root, "-e", "claims.paid", "--changed")).toEqual([]);
  expect(await planned(root, "--changed", "HEAD")).toEqual(["claims.totals", "finance.copied", "new.members"]);

  const { stderr, code } = await runCtf(["run", "--changed", "nowhere"], { cwd: root });
  expect([code, stderr.split("\n", 1)[0]]).toEqual([1, "CTF442 the repository has no branch, tag or commit nowhere"]);
});

test("what changed and can't be read stops the run, and nothing that has not changed does", async () => {
  const { root, write } = repository({ ...FILES, "pipelines/claims/old.yaml": "kind: [\n" });
  write({
    "pipelines/claims/totals.sql": edited(CLAIMS["pipelines/claims/totals.sql"], ["sum(amount)", "max(amount)"]),
  });
  expect(await planned(root, "--changed", "--only", "totals")).toEqual(["claims.totals"]);
  write({ "pipelines/finance/spend.yaml": "kind: [\n" });
  const { code, stdout, stderr } = await runCtf(["run", "--changed", "--dry-run"], { cwd: root });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("pipelines/finance/spend.yaml:1:7 ");
  expect(stderr).not.toContain("old.yaml");
  expect(await planned(root, "claims", "--changed", "--only", "totals")).toEqual(["claims.totals"]);
});

test("a pipeline behind --changed is taken for a commit, and the message says where it goes", async () => {
  const { root } = repository(FILES);
  const { stderr } = await runCtf(["run", "--changed", "claims"], { cwd: root });
  expect(stderr).toContain('"ctf run claims --changed"');
});

test("a variable's default, a source of files and a module of Python are what is made of them", async () => {
  const { root, write } = repository({
    ...CLAIMS,
    "ctf.yaml": "ctf: 1\nproject: test\nvars:\n  as_of: {type: date, default: 2026-01-01}\n",
    "sources/files.yaml":
      "sources:\n  - name: files\n    file: data/*.csv\n    format: csv\n    columns:\n      - {name: a, type: text}\n",
    "pipelines/claims/loaded.yaml":
      "kind: load\ninputs:\n  - source: files\noutput:\n  table: claims.loaded\n  columns:\n    - {name: a, type: text}\n",
    "pipelines/finance/spend.sql":
      "SELECT sum(total) AS spent FROM claims.totals WHERE current_setting('ctf.as_of')::date > '2020-01-01'\n",
  });
  write({ "ctf.yaml": "ctf: 1\nproject: test\nvars:\n  as_of: {type: date, default: 2026-02-01}\n" });
  expect(await planned(root, "--changed")).toEqual(["finance.spend"]);
  write({
    "sources/files.yaml":
      "sources:\n  - name: files\n    file: data/*.txt\n    format: csv\n    columns:\n      - {name: a, type: text}\n",
    "helpers.py": "def weigh(rows):\n    return list(rows)\n",
  });
  expect(await planned(root, "--changed")).toEqual(["claims.loaded", "finance.spend", "quality.scored"]);
});

test.each(testMajors)("on PostgreSQL %i, the tables of what changed are built, and no others", async (major) => {
  const { root, write, commit } = repository(FILES);
  const database = await freshDatabase(major);
  const client = await connect(database.url);
  await client.query(RAW);
  const options = { cwd: root, env: { WAREHOUSE_URL: database.url } };
  await runProject(["--all"], options);
  commit({
    "pipelines/claims/totals.sql": edited(CLAIMS["pipelines/claims/totals.sql"], ["sum(amount)", "max(amount)"]),
  });

  const result = await runProject(["--changed", "--downstream"], options);
  expect(result.transforms.map(({ id, status }) => [id, status])).toEqual([
    ["claims.totals", "succeeded"],
    ["finance.spend", "succeeded"],
  ]);
  const { rows } = await client.query("SELECT spent::text FROM finance.spend");
  expect(rows).toEqual([{ spent: "22.00" }]);

  write({ "pipelines/claims/totals.sql": CLAIMS["pipelines/claims/totals.sql"] });
  const { code, stdout, stderr } = await runCtf(["run", "--changed"], options);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toMatch(/^Nothing to run: no transform of everything, changed since main \([0-9a-f]{7}\)\.\n$/);
});

test("what has no meaning together is refused", async () => {
  const { root } = repository(FILES);
  const refused = async (...args: readonly string[]) => {
    const { code, stderr } = await runCtf(["run", ...args], { cwd: root });
    return [code, stderr.split("\n", 1)[0]];
  };
  expect(await refused("claims", "--downstream")).toEqual([
    2,
    "error: --downstream goes with --changed; -s TRANSFORM runs a transform and what follows it",
  ]);
  expect(await refused("claims", "--changed", "--upstream")).toEqual([
    2,
    "error: --changed leaves out what has not changed, so --upstream has no meaning beside it",
  ]);
});

test("ctf check says which pipelines to run again, and is silent where there is nothing to say", async () => {
  const { root, write, git } = repository(FILES);
  const check = async (...args: readonly string[]) =>
    (await runCtf(["check", "--no-compile", ...args], { cwd: root })).stdout.trimEnd().split("\n").at(-1);
  const well = "1 warning.";
  expect(await check()).toBe(well);
  write({ "pipelines/claims/totals.sql": `-- words\n${CLAIMS["pipelines/claims/totals.sql"]}` });
  expect(await check()).toBe(well);

  write({
    "pipelines/claims/totals.sql": edited(CLAIMS["pipelines/claims/totals.sql"], ["sum(amount)", "max(amount)"]),
  });
  const line =
    'To run again for what changed since main: claims, then what reads from it: finance ("ctf run --changed --downstream").';
  expect(await check()).toBe(line);
  expect(await check()).toBe(line); // as it is kept
  expect(readdirSync(join(root, ".ctf/cache"))).toContain("rerun.json");
  expect(await check("--format", "json")).toBe("}");
  write({ "pipelines/claims/totals.sql": "SELEC 1\n" });
  expect(await check()).toBe("1 error and 1 warning.");
  write({ "pipelines/claims/totals.sql": CLAIMS["pipelines/claims/totals.sql"] });
  expect(await check()).toBe(well);

  write({
    "pipelines/claims/totals.sql": edited(CLAIMS["pipelines/claims/totals.sql"], ["sum(amount)", "max(amount)"]),
  });
  git("branch", "--quiet", "-D", "main");
  expect(await check()).toBe(well);
  expect(existsSync(join(root, ".git/index.lock"))).toBe(false);
});
