/** The database of target `local`: on the durable server, named after the project, with an owner who is no superuser. */
import pg from "pg";
import type { Project } from "../../project/types.ts";
import { identifier, literal } from "../names.ts";
import { ensureServer, type Server } from "./server.ts";

const OWNER = "ctf";
/** Any number will do, if only every ctf takes the same. */
const LOCK = 4_836_251;

export interface LocalDatabase {
  readonly server: Server;
  /** Of its owner; it holds the password. */
  readonly url: string;
}

/** Starts the durable server if need be, and makes the database when it is not there. Throws as ensureServer does. */
export async function localDatabase(
  project: Pick<Project, "root" | "postgres" | "name">,
  notice?: (text: string) => void,
): Promise<LocalDatabase> {
  const server = await ensureServer({ root: project.root, role: "durable", major: project.postgres }, notice);
  const url = new URL(server.url);
  url.username = OWNER;
  url.pathname = `/${encodeURIComponent(project.name)}`;
  if (!(await letsIn(url.href))) await make(server.url, project.name, url.password);
  return { server, url: url.href };
}

async function letsIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "3D000" || code === "28P01") return false; // no such database; no such role (told as a wrong password)
    throw error;
  } finally {
    await client.end();
  }
}

async function make(superuserUrl: string, name: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
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
