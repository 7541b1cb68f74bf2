/** Schema ctf in the warehouse: how it comes to be, and what a run leaves in it. */
import { hostname, userInfo } from "node:os";
import { expect, test } from "vitest";
import { VERSION } from "../../src/project/version.ts";
import { lockNumber, RUN_LOCK } from "../../src/warehouse/session/locks.ts";
import { runCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { definition, until, warehouse } from "../support/warehouse.ts";

const FILES = {
  "good.yaml": definition("lab.good", { n: "int" }),
  "good.sql": "SELECT generate_series(1, 3) AS n",
  "bad.yaml": definition("lab.bad", { n: "int" }),
  "bad.sql": "SELECT nope AS n",
};

test("one row for a run, one for each transform: who, what, how long, how many, and why not", async () => {
  const w = await warehouse(18, FILES);
  const plan = await w.plan();
  const result = await w.run();
  expect(
    await w.rows(
      "SELECT id, project, target, selection, variables, status, who, host, ctf_version, finished_at > started_at AS took FROM ctf.run",
    ),
  ).toEqual([
    {
      id: result.run,
      project: "test",
      target: "test",
      selection: plan.selection,
      variables: {},
      status: "failed",
      who: userInfo().username,
      host: hostname(),
      ctf_version: VERSION,
      took: true,
    },
  ]);
  const rows = await w.rows("SELECT * FROM ctf.transform_run ORDER BY transform");
  expect(rows[1]).toMatchObject({
    run: result.run,
    transform: "p.good",
    kind: "create_table_as",
    outputs: ["lab.good"],
    code_version: plan.transforms.find(({ id }) => id === "p.good")?.codeVersion,
    status: "succeeded",
    attempts: 1,
    build_schema: null,
    row_count: 3,
    inserted: null,
    diagnostics: [],
  });
  expect(Object.keys(rows[1]?.["phases"] as object).sort()).toEqual(["analyze", "build", "explain", "publish"]);
  expect(rows[1]?.["explain"]).toMatchObject([{ Plan: { "Node Type": "ProjectSet" } }]);
  expect(rows[0]).toMatchObject({ transform: "p.bad", status: "failed", attempts: 1, row_count: null, explain: null });
  expect(rows[0]?.["diagnostics"]).toEqual([
    {
      code: "CTF515",
      name: "query-failed",
      severity: "error",
      message: 'column "nope" does not exist (SQLSTATE 42703)',
      span: { file: "pipelines/p/bad.sql", start: { line: 1, column: 8 } },
      transform: "p.bad",
    },
  ]);
});

test("two first runs at once make it once", async () => {
  const w = await warehouse(18, { "good.yaml": FILES["good.yaml"], "good.sql": FILES["good.sql"] });
  const runs = await Promise.all([w.run(), w.run(), w.run()]);
  expect(runs.map(({ status }) => status)).toEqual(["succeeded", "succeeded", "succeeded"]);
  const versions = await w.rows("SELECT version FROM ctf.migration ORDER BY version");
  expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a schema that somebody made, or a migration that was cut off, is completed", async () => {
  const w = await warehouse(
    18,
    { "good.yaml": FILES["good.yaml"], "good.sql": FILES["good.sql"] },
    "CREATE SCHEMA ctf",
  );
  await w.publish();
  const other = await warehouse(
    18,
    { "good.yaml": FILES["good.yaml"], "good.sql": FILES["good.sql"] },
    "CREATE SCHEMA ctf; CREATE TABLE ctf.migration (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
  );
  await other.publish();
  expect(await other.value("SELECT count(*)::int FROM ctf.run")).toBe(1);
});

test("records of a newer CTF are left alone", async () => {
  const w = await warehouse(18, { "good.yaml": FILES["good.yaml"], "good.sql": FILES["good.sql"] });
  await w.publish();
  await w.client.query("INSERT INTO ctf.migration VALUES (99)");
  const { code, stderr } = await runCtf(["run", "--all"], { cwd: w.root, env: { WAREHOUSE_URL: w.url } });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^CTF505 schema ctf in the warehouse is at version 99, and this CTF knows \d+\n {2}→ Update CTF\.\n$/,
  );
  expect(await w.value("SELECT count(*)::int FROM ctf.run")).toBe(1);
});

test("a role that may not make schemas is told so, and leaves no connection", async () => {
  const w = await warehouse(18, FILES);
  const role = `poor_${process.pid}`;
  await w.client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'poor'`);
  const url = new URL(w.url);
  url.username = role;
  url.password = "poor";
  const { code, stderr } = await runCtf(["run", "--all"], { cwd: w.root, env: { WAREHOUSE_URL: url.href } });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^CTF537 permission denied for database test_\w+\n/),
  });
  await until(
    async () => (await w.value("SELECT count(*)::int FROM pg_stat_activity WHERE usename = $1", [role])) === 0,
    "gone",
  );
  await w.client.query(`DROP ROLE ${role}`);
});

test("a run whose session is gone is set to interrupted by the next; one that lives is left alone", async () => {
  const w = await warehouse(18, { "good.yaml": FILES["good.yaml"], "good.sql": FILES["good.sql"] });
  await w.publish();
  const living = await connect(w.url);
  for (const run of ["1-dead", "2-living"]) {
    await w.client.query(
      "INSERT INTO ctf.run (id, project, target, selection, variables, status, who, host, ctf_version) VALUES ($1, 'p', 't', 's', '{}', 'running', 'w', 'h', '0')",
      [run],
    );
    for (const status of ["waiting", "running", "succeeded"]) {
      await w.client.query(
        "INSERT INTO ctf.transform_run (run, transform, kind, outputs, code_version, status, finished_at) VALUES ($1, $2, 'sql', '{}', '', $2, CASE WHEN $2 = 'succeeded' THEN now() END)",
        [run, status],
      );
    }
  }
  await living.query("SELECT pg_advisory_lock($1, $2)", [RUN_LOCK, lockNumber("2-living")]);
  await w.publish();
  expect(await w.rows("SELECT id, status FROM ctf.run ORDER BY id LIMIT 2")).toEqual([
    { id: "1-dead", status: "interrupted" },
    { id: "2-living", status: "running" },
  ]);
  const statuses = "SELECT string_agg(status, ' ' ORDER BY transform) FROM ctf.transform_run WHERE run = $1";
  expect(await w.value(statuses, ["1-dead"])).toBe("interrupted succeeded interrupted");
  expect(await w.value(statuses, ["2-living"])).toBe("running succeeded waiting");
});
