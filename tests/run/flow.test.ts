/** How a run goes on when something in it fails, waits or is stopped. */
import { readFileSync } from "node:fs";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { logPath } from "../../src/run/log.ts";
import { runPlan } from "../../src/run/run.ts";
import type { RunResult } from "../../src/run/events.ts";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import type { Files } from "../support/files.ts";
import { definition, problems, until, warehouse, type Warehouse } from "../support/warehouse.ts";

/** A chain of tables: each reads the ones that are named, and gives one row. */
const tables = (
  graph: Readonly<Record<string, readonly string[]>>,
  sql: Readonly<Record<string, string>> = {},
  top = "",
): Files =>
  Object.fromEntries(
    Object.entries(graph).flatMap(([name, inputs]) => [
      [
        `${name}.yaml`,
        definition(
          `lab.${name}`,
          { n: "int" },
          "",
          `inputs: [${inputs.map((input) => `{transform: ${input}}`).join(", ")}]\n${top}`,
        ),
      ],
      [`${name}.sql`, sql[name] ?? "SELECT 1 AS n"],
    ]),
  );

const SETUP = `CREATE SCHEMA lab;
  CREATE FUNCTION lab.gate() RETURNS int LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN 1; END'`;
const FAILS = "SELECT 1 / (n - 1) AS n FROM generate_series(1, 1) n";
const GATED = "SELECT lab.gate() AS n";

const statuses = (result: RunResult) =>
  Object.fromEntries(result.transforms.map((t) => [t.id.slice(2), t.because ? `${t.status}: ${t.because}` : t.status]));
const waitingAtGate = (w: Warehouse) =>
  until(
    () =>
      w.value(`SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE a.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 77 AND NOT l.granted)`),
    "a build at the gate",
  );

async function closedGate(w: Warehouse): Promise<() => Promise<void>> {
  const keeper = await connect(w.url);
  await keeper.query("SELECT pg_advisory_lock(77)");
  return async () => {
    await keeper.query("SELECT pg_advisory_unlock(77)");
  };
}

test("what needs a failed transform is skipped and says because of which; the rest goes on", async () => {
  const graph = { a: [], b: ["a"], c: ["b"], d: ["c", "x"], x: [], y: ["x"] };
  const w = await warehouse(18, tables(graph, { a: FAILS }), SETUP);
  const result = await w.run();
  expect(result.status).toBe("failed");
  expect(statuses(result)).toEqual({
    a: "failed",
    b: "skipped: p.a",
    c: "skipped: p.a",
    d: "skipped: p.a",
    x: "succeeded",
    y: "succeeded",
  });
  expect(await w.rows("SELECT split_part(transform, '.', 2) AS t, status FROM ctf.transform_run ORDER BY 1")).toEqual([
    { t: "a", status: "failed" },
    { t: "b", status: "skipped" },
    { t: "c", status: "skipped" },
    { t: "d", status: "skipped" },
    { t: "x", status: "succeeded" },
    { t: "y", status: "succeeded" },
  ]);
});

test("with --fail-fast nothing begins after the first failure", async () => {
  const w = await warehouse(18, tables({ a: [], b: [], c: [] }, { a: FAILS }), SETUP);
  const args = ["run", "--all", "--fail-fast", "--concurrency", "1"];
  const { code, stderr } = await runCtf(args, { cwd: w.root, env: { WAREHOUSE_URL: w.url } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/p\.b +skipped because p\.a failed/);
  expect(await w.value("SELECT to_regclass('lab.c')")).toBeNull();
});

test("a run of nothing succeeds, and a listener that throws breaks nothing", async () => {
  const w = await warehouse(18, tables({ a: [] }), SETUP);
  const plan = { ...(await w.plan()), transforms: [] };
  const never = new AbortController().signal;
  const result = await runPlan(plan, {
    root: w.root,
    target: { name: "test", type: "url", urlEnv: "WAREHOUSE_URL" },
    postgres: 18,
    concurrency: 1,
    failFast: false,
    resume: false,
    rebuildViews: false,
    interrupt: never,
    kill: never,
    env: { WAREHOUSE_URL: w.url },
    listeners: [
      () => {
        throw new Error("a listener that fails");
      },
    ],
  });
  expect(result).toMatchObject({ status: "succeeded", transforms: [] });
});

test("Ctrl-C: what runs is cancelled, what follows does not begin, the exit code is 130, --resume goes on", async () => {
  const w = await warehouse(18, tables({ a: [], b: ["a"], c: ["b"] }, { b: GATED }), SETUP);
  const open = await closedGate(w);
  const signals = new EventEmitter();
  const io = { cwd: w.root, env: { WAREHOUSE_URL: w.url } };
  const going = runCtf(["run", "p"], { ...io, signals });
  await waitingAtGate(w);
  signals.emit("SIGINT");
  const { code, stderr } = await going;
  expect(code).toBe(130);
  expect(stderr).toContain("Interrupting: cancelling what runs.");
  expect(stderr).toMatch(/p\.b +interrupted/);
  expect(stderr).toContain("1 interrupted, 1 succeeded, 1 not started");
  const recorded = "SELECT string_agg(status, ' ' ORDER BY transform) FROM ctf.transform_run";
  expect(await w.value(recorded)).toBe("succeeded interrupted interrupted");
  await open();
  const resumed = await runCtf(["run", "p", "--resume", "--json"], io);
  const { result } = JSON.parse(resumed.stdout.trimEnd().split("\n").at(-1)!);
  expect(result.transforms.map((t: { attempts: number }) => t.attempts)).toEqual([0, 1, 1]);
});

const STUBBORN = `CREATE FUNCTION lab.stubborn() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$`;
const ASLEEP =
  "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";

test("a backend that does not react to being cancelled is said to be stuck; a second Ctrl-C leaves it", async () => {
  const w = await warehouse(18, tables({ a: [] }, { a: "SELECT lab.stubborn() AS n" }), `${SETUP}; ${STUBBORN}`);
  const ctf = await spawnCtf(["run", "--all"], { cwd: w.root, env: { WAREHOUSE_URL: w.url } });
  await until(async () => (await w.value(ASLEEP)) === 1, "asleep");
  ctf.child.kill("SIGINT");
  await ctf.saw(/p\.a waits: backend \d+, which does not react to being cancelled \(stuck\)/);
  ctf.child.kill("SIGINT");
  const { code, stderr } = await ctf.ended;
  expect(code).toBe(130);
  expect(stderr).toContain("Stopping at once.");
  // It ends when the server notices that nobody is there any more.
  await until(async () => (await w.value(ASLEEP)) === 0, "the backend is gone");
  expect(await w.rows("SELECT r.status, t.status AS t FROM ctf.run r, ctf.transform_run t")).toEqual([
    { status: "interrupted", t: "interrupted" },
  ]);
});

test("two runs that want the same output: the second waits, and says for whom", async () => {
  const w = await warehouse(18, tables({ a: [] }, { a: GATED }), SETUP);
  const open = await closedGate(w);
  const first = await w.start();
  await waitingAtGate(w);
  const second = await w.start();
  const waiting = await second.saw(({ type }) => type === "waiting");
  const started = first.events.find(({ type }) => type === "run_started") as { run: string };
  expect(waiting).toMatchObject({
    what: expect.stringMatching(new RegExp(`^ctf ${started.run} \\(backend \\d+, \\w+\\), which is making lab\\.a$`)),
  });
  await open();
  expect([(await first.result).status, (await second.result).status]).toEqual(["succeeded", "succeeded"]);
  // Neither took the other for a dead run.
  expect(await w.rows("SELECT status FROM ctf.run")).toEqual([{ status: "succeeded" }, { status: "succeeded" }]);
});

test("waiting for another run ends with Ctrl-C", async () => {
  const w = await warehouse(18, tables({ a: [] }, { a: GATED }), SETUP);
  const open = await closedGate(w);
  const first = await w.start();
  await waitingAtGate(w);
  const ctrlC = new AbortController();
  const second = await w.start({ interrupt: ctrlC.signal });
  await second.saw(({ type }) => type === "waiting");
  ctrlC.abort();
  expect((await second.result).status).toBe("interrupted");
  await open();
  expect((await first.result).status).toBe("succeeded");
});

test("the log in .ctf/runs holds all that happened", async () => {
  const w = await warehouse(18, tables({ a: [], b: ["a"] }, { b: FAILS }), SETUP);
  const result = await w.run();
  const events = readFileSync(logPath(w.root, result.run), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: "run_started", run: result.run, transforms: ["p.a", "p.b"] });
  expect(events.at(-1)).toMatchObject({ type: "run_finished", result: { status: "failed" } });
  expect(events.filter(({ type }) => type === "transform_finished").map((e) => e.result.id)).toEqual(["p.a", "p.b"]);
  for (const { at } of events) expect(new Date(at).toISOString()).toBe(at);
  expect(problems(result)).toEqual(["p.b CTF515 division by zero (SQLSTATE 22012)"]);
});
