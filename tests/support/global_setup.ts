/**
 * One folder for each `vitest run`. Tests start the scratch servers in it when they first need one (database.ts).
 * The end stops them, and fails the run if a test left a connection, process, database or temporary table behind.
 */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { ensureServer, serverStatus, stopServer } from "../../src/warehouse/embedded/server.ts";
import { scratchServer, majors } from "./servers.ts";
import { describeProcess, processesIn } from "./processes.ts";

declare module "vitest" {
  interface ProvidedContext {
    testFolder: string;
  }
}

export default function setup(project: TestProject): () => Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ctf-test-")));
  chmodSync(folder, 0o755); // the server's user has to get in when the tests run as root
  project.provide("testFolder", folder);
  return async () => {
    const leftovers: string[] = [];
    for (const major of majors) {
      const name = scratchServer(folder, major);
      const { state, dataDir } = serverStatus(name);
      if (state === "running") leftovers.push(...(await leftInServer((await ensureServer(name)).url, major)));
      await stopServer(name);
      if (dataDir) rmSync(dirname(dataDir), { recursive: true });
    }
    const processes = await settle(() => processesIn(folder));
    leftovers.push(...processes.map((pid) => `process ${describeProcess(pid)}`));
    for (const pid of processes) process.kill(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    if (leftovers.length === 0) return;
    process.exitCode = 1; // vitest only prints what a teardown throws
    throw new Error(`The tests left behind:\n  ${leftovers.join("\n  ")}`);
  };
}

async function leftInServer(url: string, major: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const found = await settle(async () => {
    const { rows } = await client.query<{ what: string }>(`
      SELECT format('connection %s of %s to %s', pid, usename, datname) AS what
      FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
      UNION ALL
      SELECT 'database ' || datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')
      UNION ALL
      SELECT 'temporary table ' || relname FROM pg_class WHERE relpersistence = 't' AND relkind IN ('r', 'v', 'S')`);
    return rows.map(({ what }) => `${what} (PostgreSQL ${major})`);
  });
  await client.end();
  return found;
}

/** What is killed takes a moment to be gone: asks until nothing is left, for some seconds at most. */
async function settle<T>(ask: () => T[] | Promise<T[]>): Promise<T[]> {
  for (let left = 50; ; left--) {
    const found = await ask();
    if (found.length === 0 || left === 0) return found;
    await sleep(100);
  }
}
