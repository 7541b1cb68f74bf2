import pg from "pg";
import { afterAll, beforeAll, inject, onTestFinished, TestRunner } from "vitest";
import { ensureServer } from "../../src/warehouse/embedded/server.ts";
import { scratchServer, type TestMajor } from "./servers.ts";

export interface Database {
  /** As superuser. */
  readonly url: string;
  readonly name: string;
  /** Fails when somebody is still connected. */
  drop(): Promise<void>;
}

let count = 0;

/**
 * An empty database on the run's scratch server, dropped at the end of the test.
 * In beforeAll there is no such end: call drop() in afterAll.
 */
export async function freshDatabase(major: TestMajor): Promise<Database> {
  const server = await ensureServer(scratchServer(inject("testFolder"), major));
  const name = `test_${process.pid}_${++count}`;
  // Copying files is the faster way where nothing waits for the disk.
  await execute(server.url, `CREATE DATABASE ${name} STRATEGY file_copy`);
  let dropped = false;
  const drop = async (): Promise<void> => {
    if (dropped) return;
    dropped = true;
    try {
      await execute(server.url, `DROP DATABASE ${name}`); // waits some seconds for connections that are just ending
    } catch (error) {
      await execute(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
      throw error;
    }
  };
  if (TestRunner.getCurrentTest()) onTestFinished(drop);
  return { url: databaseUrl(server.url, name), name, drop };
}

/** A connection, closed at the end of the test (in beforeAll: end() it in afterAll). */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // a connection lost between two statements is reported by the next one
  await client.connect();
  if (TestRunner.getCurrentTest()) onTestFinished(() => client.end());
  return client;
}

/** A session in a database that all tests of a file or a `describe` share, from their beginning on. `setup` fills it. */
export function sharedClient(major: TestMajor, setup: string): () => pg.Client {
  let database: Database | undefined;
  let client: pg.Client | undefined;
  beforeAll(async () => {
    database = await freshDatabase(major);
    client = await connect(database.url);
    await client.query(setup);
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });
  return () => client!;
}

/** The same server, another database. */
function databaseUrl(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(name)}`;
  return other.href;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
