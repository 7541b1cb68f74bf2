/** kill -9 at any moment, of ctf and of PostgreSQL, while every kind is at work. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { processesOf } from "../../src/warehouse/embedded/process.ts";
import { localDatabase } from "../../src/warehouse/embedded/local.ts";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";
import { testPython } from "../support/python.ts";
import { until, warehouse, type Warehouse } from "../support/warehouse.ts";
import { AFTER, BEFORE, CHANGE, changedFiles, files, lives, SETUP } from "./kinds.ts";
import { allGone, block, closedSchemas, closeGate, recorded, stateOf } from "./world.ts";

const ALL = ["run", "--all", "--json", "--concurrency", "10"];
const everyOne = lives.map(({ name }) => name);
const blocked = lives.filter(({ blockedBy }) => blockedBy);

type States = Record<string, Awaited<ReturnType<typeof stateOf>>>;

async function statesOf(w: Warehouse): Promise<States> {
  const states: States = {};
  for (const name of everyOne) states[name] = await stateOf(w, name);
  return states;
}

const each = (status: (name: string) => string) => Object.fromEntries(everyOne.map((name) => [name, status(name)]));
const afterwards = (name: string): unknown[] =>
  name === "by_upsert" ? [BEFORE[0], ...AFTER] : name === "made_elsewhere" ? BEFORE : AFTER;

async function allBuilt(): Promise<Warehouse> {
  const w = await warehouse(18, files, SETUP);
  await w.publish({ concurrency: 10 });
  await w.client.query(CHANGE);
  w.write(changedFiles);
  return w;
}

test("ctf killed in the builds: the old outputs stand, the server clears up by itself, the next run builds all", async () => {
  const w = await allBuilt();
  const before = await statesOf(w);
  const gate = await closeGate(w);
  const ctf = await spawnCtf(ALL, { cwd: w.root, env: { WAREHOUSE_URL: w.url } });
  await gate.arrived(everyOne.length);
  ctf.child.kill("SIGKILL");
  await ctf.ended;
  // The gate is still closed: what waits there is ended by the server, not by what it waits for.
  await allGone(w);
  await gate.open();
  expect(await statesOf(w)).toEqual(before);
  expect(await closedSchemas(w)).toEqual([]);
  const locks = `SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  expect(await w.value(locks)).toBe(0);
  expect(await recorded(w)).toEqual(each(() => "running"));

  const resumed = await w.publish({ resume: true, concurrency: 10 });
  expect(resumed.transforms.map(({ attempts }) => attempts)).toEqual(everyOne.map(() => 1));
  for (const name of everyOne) expect((await stateOf(w, name)).rows, name).toEqual(afterwards(name));
  const statuses = await w.rows("SELECT status FROM ctf.run ORDER BY id");
  expect(statuses.map(({ status }) => status)).toEqual(["succeeded", "interrupted", "succeeded"]);
  await allGone(w);
});

test("ctf killed in the publishes: --resume publishes what is built, and does nothing twice", async () => {
  const w = await allBuilt();
  const before = await statesOf(w);
  const release = await block(w, Object.fromEntries(blocked.map(({ name, blockedBy }) => [name, blockedBy!])));
  const ctf = await spawnCtf(ALL, { cwd: w.root, env: { WAREHOUSE_URL: w.url } });
  const status = (name: string) => (blocked.some((life) => life.name === name) ? "built" : "succeeded");
  await until(async () => isDeepStrictEqual(await recorded(w), each(status)), "that all is built");
  ctf.child.kill("SIGKILL");
  await ctf.ended;
  await allGone(w);
  await release();
  const states = await statesOf(w);
  for (const { name } of blocked) expect(states[name]).toEqual(before[name]);
  expect(await closedSchemas(w)).toHaveLength(blocked.length);

  const resumed = await w.publish({ resume: true, concurrency: 10 });
  const attempts = Object.fromEntries(resumed.transforms.map((t) => [t.id.slice(2), t.attempts]));
  expect(attempts).toEqual(Object.fromEntries(everyOne.map((name) => [name, status(name) === "built" ? 1 : 0])));
  expect(resumed.transforms.filter(({ phases }) => phases.build !== undefined)).toEqual([]);
  for (const name of everyOne) expect((await stateOf(w, name)).rows, name).toEqual(afterwards(name));
  expect(await closedSchemas(w)).toEqual([]);
  await allGone(w);
});

test("a run after a kill cleans up what the killed one had built and nobody resumes", async () => {
  const w = await allBuilt();
  const release = await block(w, { by_swap: "ACCESS SHARE" });
  const ctf = await spawnCtf(["run", "--only", "by_swap", "--json"], { cwd: w.root, env: { WAREHOUSE_URL: w.url } });
  await ctf.saw(/"type":"waiting"/);
  ctf.child.kill("SIGKILL");
  await ctf.ended;
  await release();
  expect(await closedSchemas(w)).toHaveLength(1);
  await w.publish({ only: ["by_swap"] });
  expect(await closedSchemas(w)).toEqual([]);
  // A table put aside by a swap whose run was killed right after it.
  await w.client.query("CREATE SCHEMA ctf_old_1; CREATE TABLE ctf_old_1.by_swap (); CREATE SCHEMA ctf_old_other");
  await w.publish({ only: ["by_swap"] });
  expect(await closedSchemas(w)).toEqual(["ctf_old_other"]);
  await allGone(w);
});

test("PostgreSQL killed, in builds and in publishes: the old outputs stand, and --resume goes on", async () => {
  const { root } = scratchProject({
    ...(Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path.includes("/") ? path : `pipelines/p/${path}`, text]),
    ) as Record<string, string>),
    "./ctf.yaml": `ctf: 1\nproject: test\npython: ${testPython()}\ndefaults: {retries: 0}\n`,
    "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
  });
  const open = async () => {
    const { url, server } = await localDatabase({ root, postgres: 18, name: "test" });
    const client = await connect(url);
    const rows = async (sql: string, values?: unknown[]) => (await client.query(sql, values)).rows;
    const value = async (sql: string, values?: unknown[]) => Object.values((await rows(sql, values))[0] ?? {})[0];
    return { server, client, world: { url, client, rows, value } as unknown as Warehouse };
  };
  const killServer = async (dataDir: string): Promise<void> => {
    for (const pid of processesOf(dataDir)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {} // it has ended in between
    }
    await until(() => processesOf(dataDir).length === 0, "that the server is dead");
  };
  const first = await open();
  await first.client.query(SETUP);
  expect((await runCtf(ALL, { cwd: root })).code).toBe(0);
  const before = await statesOf(first.world);
  await first.client.query(CHANGE);

  {
    const gate = await closeGate(first.world);
    const ctf = await spawnCtf(ALL, { cwd: root });
    await gate.arrived(everyOne.length);
    await killServer(first.server.dataDir);
    const { code, stdout } = await ctf.ended;
    expect(code).toBe(1);
    const { result } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
    const codes = result.transforms.map((t: { diagnostics: { code: string }[] }) => t.diagnostics[0]?.code);
    expect(codes).toEqual(everyOne.map(() => "CTF518"));
    expect(existsSync(join(root, ".ctf", "runs", `${result.run}.jsonl`))).toBe(true);
  }

  const second = await open();
  expect(await statesOf(second.world)).toEqual(before);
  const names = Object.fromEntries(blocked.map(({ name, blockedBy }) => [name, blockedBy!]));
  await block(second.world, names);
  const ctf = await spawnCtf([...ALL, "--resume"], { cwd: root });
  const expected = each((name) => (name in names ? "built" : "succeeded"));
  await until(async () => isDeepStrictEqual(await recorded(second.world), expected), "all that can be done");
  // Builds commit without waiting for the disk; with this commit they have reached it. (Lost ones would be built again.)
  await second.client.query("CREATE TABLE lab.reached ()");
  await killServer(second.server.dataDir);
  expect((await ctf.ended).code).toBe(1);

  const third = await open();
  for (const { name } of blocked) expect((await stateOf(third.world, name)).oid).toBe(before[name]?.oid);
  const { code, stdout, stderr } = await runCtf([...ALL, "--resume"], { cwd: root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { result } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  expect(result.transforms.filter((t: { phases: object }) => "build" in t.phases)).toEqual([]);
  for (const name of everyOne) {
    const rows = name === "by_load" ? BEFORE : afterwards(name);
    expect((await stateOf(third.world, name)).rows, name).toEqual(rows);
  }
  expect(await closedSchemas(third.world)).toEqual([]);
  expect(readFileSync(third.server.log, "utf8")).toContain("database system was not properly shut down");
});
