import { spawn, type StdioOptions } from "node:child_process";
import { chmodSync, existsSync, lstatSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostics/diagnostic.ts";
import { connect as connectWarehouse } from "../../src/warehouse/session/connect.ts";
import { localDatabase } from "../../src/warehouse/embedded/local.ts";
import { findBinaries } from "../../src/warehouse/embedded/binaries.ts";
import { makeHome } from "../../src/warehouse/embedded/home.ts";
import { makeDataDirectory } from "../../src/warehouse/embedded/initdb.ts";
import { processesOf } from "../../src/warehouse/embedded/process.ts";
import { ensureServer, serverStatus, type ServerName, stopServer } from "../../src/warehouse/embedded/server.ts";
import { connect } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";
import { scratchServer } from "../support/servers.ts";

const scratch = (): ServerName => ({ root: scratchProject({}).root, role: "scratch", major: 18 });
const asRoot = process.getuid?.() === 0;

const repository = join(import.meta.dirname, "../..");
const SERVER = join(repository, "src/warehouse/embedded/server.ts");
/** A process of its own that may import our sources. */
const spawnNode = (script: string, stdio: StdioOptions, detached = false) =>
  spawn(
    process.execPath,
    ["--import", join(repository, "scripts/typescript.mjs"), "--input-type=module", "-e", script],
    { stdio, detached },
  );

async function ask(url: string, sql: string): Promise<unknown> {
  const client = await connect(url);
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
  await client.end();
  return rows[0]?.[0];
}

async function codesOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof DiagnosticError) return error.diagnostics.map(({ code }) => code);
  throw new Error(`no diagnostic: ${String(error)}`);
}

/** Ends when the process has. */
async function kill(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal);
  await expect.poll(() => existsSync(`/proc/${pid}/cwd`), { interval: 5 }).toBe(false);
}

test("several processes that start it at once get one server", async () => {
  const name = scratch();
  const script = `
    const { ensureServer } = await import(${JSON.stringify(SERVER)});
    console.log((await ensureServer(${JSON.stringify(name)})).pid);`;
  const pids = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = spawnNode(script, ["ignore", "pipe", "inherit"]);
      const chunks = await child.stdout!.toArray();
      return Buffer.concat(chunks).toString().trim();
    }),
  );
  // All of them have ended; the server goes on.
  expect(pids).toEqual(Array(4).fill(String(serverStatus(name).pid)));
  expect(serverStatus(name).state).toBe("running");
});

test.runIf(asRoot)("a user without a name, as in some containers, is told what PostgreSQL wants", async () => {
  const nobody = { uid: 54_321, gid: 54_321 };
  const { root } = scratchProject({});
  chmodSync(root, 0o755);
  const home = makeHome({ root, role: "scratch", major: 18 }, nobody);
  const binaries = await findBinaries(18, () => {});
  const making = makeDataDirectory(home, { role: "scratch", major: 18 }, binaries, nobody);
  await expect(making).rejects.toMatchObject({
    diagnostics: [{ code: "CTF903", hint: expect.stringContaining("give user 54321 a line in /etc/passwd") as string }],
  });
  expect(readdirSync(home.folder)).toEqual([]);
});

test("a ctf that is killed while it makes the data directory leaves nothing half-done", async () => {
  const name = scratch();
  const home = join(name.root, ".ctf", "scratch", "18");
  const script = `await (await import(${JSON.stringify(SERVER)})).ensureServer(${JSON.stringify(name)});`;
  const child = spawnNode(script, "ignore");
  await expect
    .poll(() => existsSync(home) && readdirSync(home).some((f) => f.startsWith("init-")), {
      timeout: 60_000,
      interval: 5,
    })
    .toBe(true);
  child.kill("SIGKILL");
  expect(existsSync(join(home, "data"))).toBe(false);

  const { url } = await ensureServer(name);
  expect(await ask(url, "SELECT 1")).toBe(1);
  expect(readdirSync(home).filter((file) => file.startsWith("init-"))).toEqual([]);
});

test("Ctrl-C in the terminal while the data directory is made is for ctf alone", async () => {
  const name = scratch();
  const script = `
    process.on("SIGINT", () => console.log("heard"));
    const { ensureServer } = await import(${JSON.stringify(SERVER)});
    console.log((await ensureServer(${JSON.stringify(name)})).pid);`;
  const child = spawnNode(script, ["ignore", "pipe", "inherit"], true);
  const folder = join(name.root, ".ctf/scratch/18");
  const isBeingMade = () =>
    existsSync(folder) &&
    readdirSync(folder).some((entry) => entry.startsWith("init-") && existsSync(join(folder, entry, "data")));
  await expect.poll(isBeingMade, { interval: 5, timeout: 30_000 }).toBe(true);
  process.kill(-child.pid!, "SIGINT");
  const said = Buffer.concat(await child.stdout!.toArray()).toString();
  expect(said).toBe(`heard\n${serverStatus(name).pid}\n`);
});

test("a killed server is replaced: while a backend still works, and when a stranger has its pid", async () => {
  const name = scratch();
  const before = await ensureServer(name);
  const client = await connect(before.url);
  const busy = client.query("SELECT count(*) FROM generate_series(1, 2000000000)").catch(() => "lost");
  await expect
    .poll(() => ask(before.url, "SELECT count(*)::int FROM pg_stat_activity WHERE query ~ 'generate'"))
    .toBe(2);
  await kill(before.pid, "SIGKILL");

  const after = await ensureServer(name);
  expect(after.pid).not.toBe(before.pid);
  expect(await ask(after.url, "SELECT 1")).toBe(1);
  expect(await busy).toBe("lost");

  const note = readFileSync(join(after.dataDir, "postmaster.pid"), "utf8");
  await kill(after.pid, "SIGKILL");
  const stranger = spawn("sleep", ["60"], { stdio: "ignore", ...(asRoot && ownerOf(after.dataDir)) });
  onTestFinished(() => void stranger.kill());
  writeFileSync(join(after.dataDir, "postmaster.pid"), note.replace(/^\d+/, String(stranger.pid)));
  expect(serverStatus(name).state).toBe("stopped");
  expect(await ask((await ensureServer(name)).url, "SELECT 1")).toBe(1);
  expect(stranger.exitCode).toBeNull();
});

const ownerOf = (path: string) => {
  const { uid, gid } = lstatSync(path);
  return { uid, gid };
};

test("the project's database belongs to a role that is no superuser, and outlives its server", async () => {
  const { root } = scratchProject({});
  const name = { root, role: "durable", major: 18 } as const;
  const project = { root, postgres: 18, name: "my-warehouse" } as const;
  const [one, other] = await Promise.all([localDatabase(project), localDatabase(project)]);
  expect(other.url).toBe(one.url);
  const { dataDir } = one.server;
  const who = "SELECT current_database() || ' ' || usesuper FROM pg_user WHERE usename = current_user";
  expect(await ask(one.url, who)).toBe("my-warehouse false");
  await ask(one.url, "CREATE TABLE kept AS SELECT 42 AS answer");

  expect(await stopServer(name)).toBe(true);
  expect(processesOf(dataDir)).toEqual([]);
  expect(await stopServer(name)).toBe(false);
  expect(await ask((await localDatabase(project)).url, "SELECT answer FROM kept")).toBe(42);
  if (asRoot) expect(ownerOf(dataDir).uid).not.toBe(0);
});

/** Every other process is sent away then, and nobody is let in until the log is replayed. */
async function crash(url: string): Promise<void> {
  const [victim, witness] = [await connect(url), await connect(url)];
  const hears = new Promise((heard) => witness.once("end", heard));
  for (const client of [victim, witness]) client.on("error", () => {});
  const { rows } = await victim.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  process.kill(rows[0]!.pid, "SIGKILL");
  await hears;
}

test("a server that replays its log after a crash is waited for", async () => {
  const project = { ...scratchProject({}), postgres: 18, name: "warehouse" } as const;
  const { url } = await localDatabase(project);
  await crash(url);
  expect(await ask((await localDatabase(project)).url, "SELECT 42")).toBe(42);
  await crash(url);
  const session = await connectWarehouse(url);
  expect((await session.query("SELECT 42 AS n")).rows).toEqual([{ n: 42 }]);
  await session.end();
});

test("a data directory of another major is left alone", async () => {
  const { root } = scratchProject({ ".ctf/postgres/data/PG_VERSION": "15\n" });
  expect(await codesOf(ensureServer({ root, role: "durable", major: 18 }))).toEqual(["CTF905"]);
  expect(readdirSync(join(root, ".ctf", "postgres"))).toEqual(["data"]);
});

test("status starts nothing and makes nothing", () => {
  const name = scratch();
  expect(serverStatus(name)).toEqual({ role: "scratch", major: 18, state: "absent" });
  expect(readdirSync(name.root)).toEqual(["ctf.yaml"]);
});

test("a file where the folder should be is told with the system's own code", async () => {
  const { root } = scratchProject({ ".ctf": "in the way" });
  await expect(ensureServer({ root, role: "scratch", major: 18 })).rejects.toThrow(/ENOTDIR|EEXIST/);
});

test.runIf(asRoot)("lives elsewhere when its user cannot enter the project", async () => {
  const name = scratch();
  chmodSync(name.root, 0o700);
  const server = await ensureServer(name);
  onTestFinished(async () => {
    await stopServer(name);
    rmSync(dirname(server.dataDir), { recursive: true });
  });
  expect(server.dataDir).toMatch(/^\/var\/lib\/ctf-postgres\//);
  expect(lstatSync(join(name.root, ".ctf", "scratch", "18")).isSymbolicLink()).toBe(true);
  expect(await ask(server.url, "SELECT 1")).toBe(1);
  expect((await ensureServer(name)).pid).toBe(server.pid);
});

describe.each([15, 18] as const)("PostgreSQL %i", (major) => {
  test("is UTF8, sorts by code point, lives in UTC and listens on 127.0.0.1 with a password", async () => {
    const { url } = await ensureServer(scratchServer(inject("testFolder"), major));
    const settings = `SELECT array_agg(setting ORDER BY name COLLATE "C") FROM pg_settings
      WHERE name IN ('TimeZone', 'client_connection_check_interval', 'listen_addresses', 'server_encoding')`;
    expect(await ask(url, settings)).toEqual(["UTC", "1000", "127.0.0.1", "UTF8"]);
    expect(await ask(url, "SELECT 'Z' < 'a' AND upper('ä') = 'Ä'")).toBe(true);
    const wrong = new URL(url);
    wrong.password = "guess";
    await expect(connect(wrong.href)).rejects.toThrow(/password authentication failed/);
  });

  test("writes no value and no statement to its log", async () => {
    const { url, log } = await ensureServer(scratchServer(inject("testFolder"), major));
    const client = await connect(url);
    await client.query(`CREATE TEMP TABLE t (v text PRIMARY KEY, n int CHECK (n > 0));
      INSERT INTO t VALUES ('canary1', 1)`);
    const failing = [
      "INSERT INTO t VALUES ('canary1')",
      "INSERT INTO t VALUES ('canary2', -1)",
      "SELECT 'canary3'::int",
      "SELECT canary4",
      "DO $$ BEGIN RAISE WARNING 'canary5'; RAISE 'canary6'; END $$",
      "COPY t FROM PROGRAM 'echo canary7; false'",
    ];
    for (const sql of failing) await expect(client.query(sql)).rejects.toThrow();
    await expect(connect(url.replace("/postgres?", "/no_such?"))).rejects.toThrow();
    const text = readFileSync(log, "utf8");
    expect(text).toContain("ready to accept connections");
    expect(text).not.toContain("canary");
  });
});
