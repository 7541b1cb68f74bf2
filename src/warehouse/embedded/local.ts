/** The database of target `local`: on the durable server, named after the project, with an owner who is no superuser. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Project } from "../../project/types.ts";
import { isLostConnection } from "../errors.ts";
import { identifier, literal } from "../names.ts";
import { hangUp } from "../session/hang_up.ts";
import { ensureServer, type Server, serverStatus } from "./server.ts";

const OWNER = "ctf";
/** Any number will do, if only every ctf takes the same. */
const LOCK = 4_836_251;
/** After one of its processes was killed a server replays its log, and lets nobody in meanwhile. */
const RECOVERY_MS = 300_000;
const POLL_MS = 50;
/** Whom the server takes on as it crashes, it may forget for a minute. */
const CONNECT_MS = 5_000;

export interface LocalDatabase {
  readonly server: Server;
  /** Of its owner; it holds the password. */
  readonly url: string;
}

export interface Waiting {
  /** Gets what takes longer than usual. */
  readonly notice?: ((text: string) => void) | undefined;
  /** Ends the waiting; a server that is starting goes on doing so. */
  readonly signal?: AbortSignal | undefined;
}

/** Starts the durable server if need be, and makes the database when it is not there. Throws as ensureServer does. */
export async function localDatabase(
  project: Pick<Project, "root" | "postgres" | "name">,
  { notice, signal }: Waiting = {},
): Promise<LocalDatabase> {
  const name = { root: project.root, role: "durable", major: project.postgres } as const;
  const server = await ensureServer(name, notice, signal);
  const url = new URL(server.url);
  url.username = OWNER;
  url.pathname = `/${encodeURIComponent(project.name)}`;
  if (!(await letsIn(url.href, () => serverStatus(name).state === "running", signal)))
    await make(server.url, project.name, url.password);
  return { server, url: url.href };
}

function newClient(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // Without a listener a server that dies while nothing is asked of it would end the process.
  client.on("error", () => {});
  return client;
}

async function letsIn(url: string, isUp: () => boolean, signal: AbortSignal | undefined): Promise<boolean> {
  for (const deadline = Date.now() + RECOVERY_MS; ; await sleep(POLL_MS, undefined, { signal })) {
    const client = newClient(url);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch (error) {
      // To end in good form, it would have to answer.
      hangUp(client);
      const { code, message } = error as Error & { code?: string };
      if (code === "3D000" || code === "28P01") return false; // no such database; no such role (told as a wrong password)
      const isBusy = isLostConnection(error) || message === "timeout expired";
      if (!isBusy || !isUp() || Date.now() > deadline) throw error;
    }
  }
}

async function make(superuserUrl: string, name: string, password: string): Promise<void> {
  const client = newClient(superuserUrl);
  await client.connect();
  try {
    await client.query(`SELECT pg_catalog.pg_advisory_lock(${LOCK})`); // two ctf may be here at once
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1) AS role,
              EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $2) AS database`,
      [OWNER, name],
    );
    const owner = identifier(OWNER);
    if (!rows[0]?.role) {
      await client.query(`CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD ${literal(password)} IN ROLE pg_monitor`);
    }
    await client.query(
      rows[0]?.database
        ? `ALTER DATABASE ${identifier(name)} OWNER TO ${owner}`
        : `CREATE DATABASE ${identifier(name)} OWNER ${owner}`,
    );
  } finally {
    await client.end();
  }
}
