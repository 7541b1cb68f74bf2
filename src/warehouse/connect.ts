/** Connections to a target. Everything that CTF opens goes through here, so that each carries the project's variables. */
import pg from "pg";
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import type { Project, Target } from "../project/types.ts";
import { batch, rowsOf, type Statement } from "./batch.ts";
import { noConnection, noTargetUrl, pooler, unsupportedServer } from "./codes.ts";
import { isLostConnection } from "./errors.ts";
import { loginRefused } from "./isolation/codes.ts";
import { localDatabase } from "./embedded/local.ts";

/** Dates, ranges, numerics and the like stay PostgreSQL's own text; only what CTF counts with becomes a number. */
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));
for (const type of ["DATE", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"] as const) {
  pg.types.setTypeParser(pg.types.builtins[type], (text) => text);
}

/** A run's sessions are `ctf <run>` in pg_stat_activity; publishing waits for everybody else's snapshots, not for these. */
export const APPLICATION = "ctf";

/** A host that does not answer at all is given up after this. */
const CONNECT_MS = 30_000;

export interface Address {
  readonly url: string;
}

/** Where a target is; starts the embedded server if that is the target. The URL holds a password: never print it. */
export async function openTarget(
  project: Pick<Project, "root" | "postgres" | "name">,
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Address> {
  if (target.type === "embedded") {
    return { url: (await localDatabase(project)).url };
  }
  const url = env[target.urlEnv];
  if (url) return { url };
  throw new DiagnosticError([
    noTargetUrl({
      message: `target ${target.name} takes its address from the environment variable ${target.urlEnv}, which is not set`,
      hint: `export ${target.urlEnv}=postgresql://user@host:5432/database, or choose another --target.`,
    }),
  ]);
}

/** What every session begins with. */
export const sessionSettings = (variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  // A backend whose client was killed stops by itself.
  client_connection_check_interval: "1s",
  statement_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`ctf.${name}`, value])),
});

const sessionStart = (variables: Readonly<Record<string, string>>): readonly Statement[] =>
  Object.entries(sessionSettings(variables)).map(([name, value]) => ({
    text: "SELECT pg_catalog.set_config($1, $2, false)",
    values: [name, value],
  }));

interface ConnectOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly applicationName?: string;
  /** Instead of the user of the URL. */
  readonly as?: { readonly user: string; readonly password: string };
}

/** A connected session with the project's variables set. @throws DiagnosticError when the server can't be reached */
export async function connect(url: string, options: ConnectOptions = {}): Promise<pg.Client> {
  const settings = {
    application_name: options.applicationName ?? APPLICATION,
    connectionTimeoutMillis: CONNECT_MS,
  };
  const client = new pg.Client({ ...(options.as ? asUser(url, options.as) : { connectionString: url }), ...settings });
  // Without a listener a connection lost between two statements would end the process; the next statement reports it.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new DiagnosticError([
      options.as && !MAY_PASS.has((error as { code?: string }).code ?? "")
        ? loginRefused({
            message: `the warehouse at ${place(url)} does not let the role ${options.as.user} log in: ${reason(error)}`,
            hint: "CTF makes a role for what transforms run, with a password of one minute. Is there a line for it in pg_hba.conf, or a pooler in between that does not know it?",
          })
        : noConnection({
            message: `can't connect to the warehouse at ${place(url)}: ${reason(error)}`,
            hint: "Is the server up, and are the host, port, user and password of the address right?",
          }),
    ]);
  }
  await batch(client, sessionStart(options.variables ?? {}));
  return client;
}

/** Reasons to refuse somebody that have nothing to do with who it is. */
const MAY_PASS = new Set(["53300", "57P03", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE"]);

/** Where the URL leads to, whoever it names. */
function asUser(url: string, who: { readonly user: string; readonly password: string }): pg.ClientConfig {
  const { host, port, database, ssl } = new pg.Client({ connectionString: url });
  return { host, port, ...(database === undefined ? {} : { database }), ssl, ...who };
}

/** Host and database of a URL, without its user and password. */
function place(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    return "an address that is not a URL";
  }
}

function reason(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === "28P01") return "the password was refused";
  if (code === "28000") return "the server does not let this user in";
  if (code === "3D000") return "there is no such database";
  if (code === "53300") return "the server has no connection left";
  if (code === "57P03") return "the server is starting up or shutting down";
  return code ?? (error as Error).message;
}

/**
 * Refuses what runs can't be safe on: servers before 15, and poolers that give each transaction another backend, where
 * session locks silently protect nothing.
 */
export async function checkServer(url: string, client: pg.Client): Promise<{ readonly major: number }> {
  const [row] = await rowsOf(
    client,
    "SELECT pg_catalog.current_setting('server_version_num')::int / 10000 AS major, pg_catalog.pg_backend_pid() AS pid",
  );
  const major = row?.["major"] as number;
  if (major < 15) {
    throw new DiagnosticError([
      unsupportedServer({ message: `the warehouse runs PostgreSQL ${major}; CTF needs 15 or newer` }),
    ]);
  }
  // A server tells its own pid at the start of a session; a pooler in between makes one up.
  if ((client as unknown as { processID: number }).processID !== row?.["pid"])
    await refuseTransactionPooler(url, client);
  return { major };
}

/** Another session's open transaction takes the backend that a transaction pooler gave us a moment ago. */
async function refuseTransactionPooler(url: string, client: pg.Client): Promise<void> {
  const pidOf = async (session: pg.Client) =>
    (await rowsOf(session, "SELECT pg_catalog.pg_backend_pid() AS pid"))[0]?.["pid"] as number;
  const before = await pidOf(client);
  const other = new pg.Client({ connectionString: url, application_name: APPLICATION });
  other.on("error", () => {});
  await other.connect();
  const refusal = (mode: string) =>
    new DiagnosticError([
      pooler({
        message: `the warehouse at ${place(url)} is behind a pooler in ${mode} mode, where session locks protect nothing`,
        hint: "Point the target at PostgreSQL itself, or at a pool in session mode.",
      }),
    ]);
  try {
    // One that gives each statement another backend can't let a transaction begin.
    await batch(other, [{ text: "BEGIN" }]).catch((error: unknown) => {
      throw isLostConnection(error) ? refusal("statement") : error;
    });
    const others = await pidOf(other);
    const after = await pidOf(client);
    await batch(other, [{ text: "ROLLBACK" }]);
    if (others === before || after !== before) throw refusal("transaction");
  } finally {
    await other.end().catch(() => {});
  }
}
