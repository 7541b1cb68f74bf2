/**
 * An empty warehouse: a database of its own on the project's scratch server, where people's SQL is tried as a role that
 * may do nothing but use that database. It holds no data and is dropped at the end.
 */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { connect } from "../session/connect.ts";
import { ensureServer, serverStatus, stopServer, type ServerName } from "../embedded/server.ts";
import { sqlstate } from "../errors.ts";
import { identifier, literal } from "../names.ts";

/** The longest that one statement of a person's may take on tables without rows. */
const STATEMENT_SECONDS = 10;
/** Statements can lift their own timeout; a session of which none ends for this long is ended from outside. */
const SILENCE_MS = 30_000;
/** Parts of the planner don't hear of that either: a server process that goes on for this long is left alone. */
const DEAF_MS = 5_000;
const PREFIX = "ctf_compile_";

export interface EmptyWarehouse {
  /** A session as the unprivileged role, with the project's variables set; ended with the warehouse. */
  session(): Promise<Session>;
  /** Whether a session was given up that the server is still at: it holds the locks of all that it has made. */
  isStuck(): boolean;
}

export interface Session {
  readonly client: pg.Client;
  /** Work on this session alone, which is ended by force if one of its statements takes too long: then the work fails. */
  guarded<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Makes the database and the role, hands them over, and drops both again whatever happens. `notice` gets what takes time.
 * @throws DiagnosticError when there is no server to be had
 */
export async function withEmptyWarehouse<T>(
  server: ServerName,
  variables: Readonly<Record<string, string>>,
  notice: (text: string) => void,
  work: (warehouse: EmptyWarehouse) => Promise<T>,
): Promise<T> {
  if (serverStatus(server).state !== "running") notice("Starting a scratch PostgreSQL, to compile the SQL …");
  const { url } = await ensureServer(server, notice);
  const admin = await connect(url);
  const name = `${PREFIX}${randomBytes(6).toString("hex")}`;
  const sessions: pg.Client[] = [];
  let isStuck = false;
  try {
    // Held as long as the database is used: what nobody holds was left by a process that was killed.
    await rowsOf(admin, "SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1, 0))", [name]);
    await dropAbandoned(admin);
    const own = await make(admin, url, name, variables);
    return await work({
      async session() {
        const client = await connect(own);
        sessions.push(client);
        await batch(client, [{ text: "RESET ALL" }]); // to what `make` set for the role
        const guardedHere: Session["guarded"] = (doing) =>
          guarded(admin, client, doing, SILENCE_MS, DEAF_MS, () => (isStuck = true));
        return { client, guarded: guardedHere };
      },
      isStuck: () => isStuck,
    });
  } finally {
    await Promise.all(sessions.map((client) => client.end().catch(() => {})));
    const mayStop = isStuck && !(await isUsedByOthers(admin, name));
    if (!mayStop) await drop(admin, name).finally(() => admin.end());
    else await admin.end();
    // Such a process takes more memory by the minute. The server is started anew by whoever needs it.
    if (mayStop) await stopServer(server, { atOnce: true });
  }
}

async function isUsedByOthers(admin: pg.Client, name: string): Promise<boolean> {
  const [row] = await rowsOf(
    admin,
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.datname <> $1
       AND a.pid <> pg_catalog.pg_backend_pid() AND NOT ${stuck("a")}) AS used`,
    [name],
  );
  return row?.["used"] === true;
}

/** At one statement for longer than anybody waits. */
const stuck = (session: string): string =>
  `(${session}.state = 'active' AND ${session}.query_start < pg_catalog.clock_timestamp() - interval '1 minute')`;

/** A role without any rights outside of the databases that it is let into, whose statements may not take long. */
export async function makeRole(
  admin: pg.Client,
  name: string,
  password: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const id = identifier(name);
  const settings = {
    statement_timeout: `${STATEMENT_SECONDS}s`,
    lock_timeout: `${STATEMENT_SECONDS}s`,
    temp_file_limit: "256MB",
    ...Object.fromEntries(Object.entries(variables).map(([variable, value]) => [`ctf.${variable}`, value])),
  };
  await batch(admin, [
    {
      text: `CREATE ROLE ${id} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${literal(password)}`,
    },
    ...Object.entries(settings).map(([setting, value]) => ({
      text: `ALTER ROLE ${id} SET ${setting.split(".").map(identifier).join(".")} TO ${literal(value)}`,
    })),
  ]);
}

/** Lets the role into a database where it may make whatever it likes, and nobody else. */
export const letIn = (database: string, role: string): readonly Statement[] => [
  { text: `REVOKE ALL ON DATABASE ${identifier(database)} FROM PUBLIC` },
  { text: `GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${identifier(database)} TO ${identifier(role)}` },
];

/** The database and its role. Gives the role's URL. */
async function make(
  admin: pg.Client,
  adminUrl: string,
  name: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const password = randomBytes(18).toString("base64url");
  const id = identifier(name);
  await makeRole(admin, name, password, variables);
  await batch(admin, [{ text: `CREATE DATABASE ${id} TEMPLATE template0 STRATEGY file_copy` }]);
  await batch(admin, letIn(name, name));
  const inside = await connect(databaseUrl(adminUrl, name));
  await batch(inside, [{ text: `GRANT ALL ON SCHEMA public TO ${id}` }]).finally(() => inside.end());
  return databaseUrl(adminUrl, name, { name, password });
}

/** What pg's own types leave out. */
interface Backend {
  readonly processID: number;
  readonly connection: NodeJS.EventEmitter & { readonly stream: { destroy(): void } };
}

/** The server says so as each statement ends, also one that is only planned. */
const ENDED = ["commandComplete", "bindComplete", "readyForQuery"] as const;

/**
 * Work on a session that is ended from outside if it is silent for too long: then the work fails with a lost connection, even
 * where the server process does not end. Many statements may take their time together, as long as each of them ends.
 */
export async function guarded<T>(
  admin: pg.Client,
  client: pg.Client,
  work: () => Promise<T>,
  silence: number = SILENCE_MS,
  deaf: number = DEAF_MS,
  onDeaf: () => void = () => {},
): Promise<T> {
  const { processID, connection } = client as unknown as Backend;
  let leaving: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    rowsOf(admin, "SELECT pg_catalog.pg_terminate_backend($1::int)", [processID]).catch(() => {});
    leaving = setTimeout(() => {
      onDeaf();
      connection.stream.destroy();
    }, deaf);
  }, silence);
  const ended = () => void timer.refresh();
  for (const event of ENDED) connection.on(event, ended);
  try {
    return await work();
  } finally {
    for (const event of ENDED) connection.off(event, ended);
    clearTimeout(timer);
    clearTimeout(leaving);
  }
}

async function dropAbandoned(admin: pg.Client): Promise<void> {
  const rows = await rowsOf(
    admin,
    `SELECT r.rolname AS name FROM pg_catalog.pg_roles r WHERE pg_catalog.starts_with(r.rolname, $1) AND NOT EXISTS (
         SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datname = r.rolname AND ${stuck("a")})
       AND pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended(r.rolname, 0))`,
    [PREFIX],
  );
  for (const { name } of rows) {
    await drop(admin, name as string);
    await rowsOf(admin, "SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended($1, 0))", [name as string]);
  }
}

/** A database and the role of the same name; where a deaf server process is still at work, whoever comes after it does that. */
async function drop(admin: pg.Client, name: string): Promise<void> {
  try {
    await batch(admin, [{ text: `DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)` }]);
    await batch(admin, [{ text: `DROP ROLE IF EXISTS ${identifier(name)}` }]);
  } catch (error) {
    if (sqlstate(error) !== IN_USE) throw error;
  }
}
const IN_USE = "55006";

/** The same server, another database, and perhaps another role. */
export function databaseUrl(url: string, database: string, role?: { name: string; password: string }): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  if (role) [other.username, other.password] = [role.name, role.password];
  return other.href;
}
