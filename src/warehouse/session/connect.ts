/** Connections to a target. Everything that CTF opens goes through here, so that each carries the project's variables. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Project, Target } from "../../project/types.ts";
import { libpqUrl, place, reason, whatToDo } from "./address.ts";
import { batch, BatchError, type Statement } from "./batch.ts";
import { noConnection, noTargetUrl } from "./codes.ts";
import { sqlstate } from "../errors.ts";
import { loginRefused } from "../isolation/codes.ts";
import { localDatabase } from "../embedded/local.ts";
import { hangUp } from "./hang_up.ts";
import { behindPooler, isSharedSession } from "./pooled.ts";

/** Dates, ranges, numerics and the like stay PostgreSQL's own text; only what CTF counts with becomes a number. */
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));
for (const type of ["DATE", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"] as const) {
  pg.types.setTypeParser(pg.types.builtins[type], (text) => text);
}

/** A run's sessions are `ctf <run>` in pg_stat_activity; publishing waits for everybody else's snapshots, not for these. */
export const APPLICATION = "ctf";

/** A server that crashed as it took us on has forgotten us: it is asked again after this, … */
const CONNECT_MS = 10_000;
/** … and given up after this, … */
const SILENT_MS = 30_000;
/** … but for one that says that it starts, or replays its log after a crash, … */
const STARTING_MS = 60_000;
/** … or hangs up. */
const CRASHED_MS = 5_000;
const POLL_MS = 100;

export interface Address {
  readonly url: string;
}

/**
 * Where a target is; starts the embedded server if that is the target. The URL holds a password: never print it.
 * `signal` ends the waiting for it.
 */
export async function openTarget(
  project: Pick<Project, "root" | "postgres" | "name">,
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<Address> {
  if (target.type === "embedded") {
    return { url: (await localDatabase(project, { signal })).url };
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
  /** Ends the waiting for a server. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A connected session with the project's variables set. A server that is just starting is waited for.
 * @throws DiagnosticError when the server can't be reached; AbortError
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<pg.Client> {
  const begun = Date.now();
  const { signal } = options;
  for (;;) {
    const client = newClient(url, options);
    const giveUp = () => hangUp(client);
    signal?.addEventListener("abort", giveUp);
    try {
      await client.connect();
      await batch(client, sessionStart(options.variables ?? {}));
      return client;
    } catch (error) {
      // To end in good form, it would have to answer.
      hangUp(client);
      signal?.throwIfAborted();
      if (isSharedSession(error)) throw new DiagnosticError([behindPooler(url, "transaction")]);
      if (Date.now() - begun >= patienceWith(error)) throw refused(error, url, options);
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

function newClient(url: string, { as, applicationName }: ConnectOptions): pg.Client {
  const client = new pg.Client({
    ...(as ? asUser(url, as) : { connectionString: libpqUrl(url) }),
    application_name: applicationName ?? APPLICATION,
    connectionTimeoutMillis: CONNECT_MS,
  });
  // Without a listener a connection lost between two statements would end the process; the next statement reports it.
  client.on("error", () => {});
  return client;
}

function patienceWith(error: unknown): number {
  if (sqlstate(error) === "57P03") return STARTING_MS;
  const { message, code } = error as Error & { readonly code?: string };
  if (message === "timeout expired") return SILENT_MS;
  // It took us on, and crashed.
  return code === "ECONNRESET" || message === "Connection terminated unexpectedly" ? CRASHED_MS : 0;
}

function refused(error: unknown, url: string, { as }: ConnectOptions): unknown {
  // Once connected, what goes wrong is a statement's error.
  if (error instanceof BatchError) return error;
  const message = reason(error);
  const known = as && !MAY_PASS.has((error as { code?: string }).code ?? "");
  return new DiagnosticError([
    known
      ? loginRefused({
          message: `the warehouse at ${place(url)} does not let the role ${as.user} log in: ${message}`,
          hint: "CTF makes a role for what transforms run, with a password of one minute. Is there a line for it in pg_hba.conf, or a pooler in between that does not know it?",
        })
      : noConnection({
          message: `can't connect to the warehouse at ${place(url)}: ${message}`,
          hint: whatToDo(error, url),
        }),
  ]);
}

/** Reasons to refuse somebody that have nothing to do with who it is. */
const MAY_PASS = new Set(["53300", "57P03", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE"]);

/** Where the URL leads to, whoever it names. */
function asUser(url: string, who: { readonly user: string; readonly password: string }): pg.ClientConfig {
  const { host, port, database, ssl } = new pg.Client({ connectionString: libpqUrl(url) });
  return { host, port, ...(database === undefined ? {} : { database }), ssl, ...who };
}
