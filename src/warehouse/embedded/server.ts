/** The embedded PostgreSQL servers of a project: start, stop, look. Several processes may do so at once. */
import { existsSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { PostgresMajor } from "../../project/types.ts";
import { stopAbandoned } from "./abandoned.ts";
import { serverAccount, type Account } from "./account.ts";
import { findBinaries } from "./binaries.ts";
import { diskFull, noPermission, notStarted } from "./codes.ts";
import { checkMajor, findHome, makeHome, type Home, type Role, type ServerName, SHARED_FOLDER } from "./home.ts";
import { makeDataDirectory, readPassword, SUPERUSER } from "./initdb.ts";
import { launch } from "./launch.ts";
import { withLock } from "./lock.ts";
import { removeStaleNote, runningPostmaster, settledPostmaster, type Postmaster } from "./pidfile.ts";
import { runnable } from "./programs.ts";
import { processIdentity, signal as sendSignal } from "./process.ts";

export type { Role, ServerName } from "./home.ts";

/** A running server. `url` is that of its superuser, at database `postgres`; it holds the password. */
export interface Server {
  readonly role: Role;
  readonly major: PostgresMajor;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly log: string;
}

export interface ServerStatus {
  readonly role: Role;
  readonly major: PostgresMajor;
  /** absent: never started, or its data were removed. */
  readonly state: "running" | "starting" | "stopping" | "stopped" | "absent";
  readonly port?: number;
  readonly pid?: number;
  readonly dataDir?: string;
  readonly log?: string;
}

const STOP_MS = 60_000;
const POLL_MS = 10;

/**
 * The server, started if it does not run. It goes on when ctf ends.
 * `notice` gets what takes longer than usual (installing another major). `signal` ends the waiting; the server starts all the same.
 * Throws DiagnosticError with CTF901 to CTF908.
 */
export async function ensureServer(
  name: ServerName,
  notice: (text: string) => void = () => {},
  signal?: AbortSignal,
): Promise<Server> {
  return explainingSystemErrors(name, async () => {
    const existing = findHome(name);
    if (existing) {
      checkMajor(existing, name);
      const postmaster = runningPostmaster(existing.data);
      if (postmaster?.status === "ready") return serverOf(name, existing, postmaster);
    }
    const account = (existing && dataOwner(existing)) ?? (await serverAccount());
    const home = makeHome(name, account);
    const started = async () => {
      checkMajor(home, name);
      const running = await settledPostmaster(home.data, signal);
      return serverOf(name, home, running ?? (await start(name, home, account, { notice, signal })));
    };
    return withLock(home.folder, started, signal);
  });
}

/**
 * Stops the server and waits until it is down. Gives false when it did not run. Its data stay. `atOnce` ends also processes
 * that react to nothing any more.
 */
export async function stopServer(name: ServerName, { atOnce = false } = {}): Promise<boolean> {
  const home = findHome(name);
  if (!home || !runningPostmaster(home.data)) return false;
  const stop = () => stopPostmaster(home, atOnce);
  return explainingSystemErrors(name, () =>
    withLock(home.folder, stop).catch((error: unknown) => {
      // On a full disk there is no lock to be had, and nobody starts a server either.
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return stop();
      throw error;
    }),
  );
}

async function stopPostmaster(home: Home, atOnce: boolean): Promise<boolean> {
  const postmaster = runningPostmaster(home.data);
  if (!postmaster) return false;
  sendSignal(postmaster.pid, atOnce ? "SIGQUIT" : "SIGINT"); // SIGINT is "fast": open transactions are rolled back
  if (await ended(postmaster.pid)) return true;
  sendSignal(postmaster.pid, "SIGQUIT");
  if (await ended(postmaster.pid)) return true;
  throw new DiagnosticError([
    notStarted({
      message: `PostgreSQL (process ${postmaster.pid}) does not stop.`,
      hint: `Its log is ${home.log}.`,
    }),
  ]);
}

/** What is known of the server without starting or asking it. */
export function serverStatus(name: ServerName): ServerStatus {
  const { role, major } = name;
  const home = findHome(name);
  if (!home || !existsSync(home.data)) return { role, major, state: "absent" };
  const place = { role, major, dataDir: home.data, log: home.log };
  const postmaster = runningPostmaster(home.data);
  if (!postmaster) return { ...place, state: "stopped" };
  const { pid, port, status } = postmaster;
  return { ...place, state: status === "ready" ? "running" : status, pid, port };
}

async function start(
  name: ServerName,
  home: Home,
  account: Account | undefined,
  { notice, signal }: { readonly notice: (text: string) => void; readonly signal: AbortSignal | undefined },
): Promise<Postmaster> {
  if (home.folder.startsWith(SHARED_FOLDER)) stopAbandoned();
  const binaries = runnable(await findBinaries(name.major, notice), account);
  if (!existsSync(home.data)) await makeDataDirectory(home, name, binaries, account);
  removeStaleNote(home.data);
  return launch(home, name.role, { binaries, account, signal });
}

async function ended(pid: number): Promise<boolean> {
  const identity = processIdentity(pid);
  for (const deadline = Date.now() + STOP_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if (processIdentity(pid) !== identity || identity === undefined) return true;
  }
  return false;
}

function serverOf({ role, major }: ServerName, home: Home, { port, pid }: Postmaster): Server {
  // It has no TLS and needs none; PGSSLMODE is for other servers.
  const url = `postgresql://${SUPERUSER}:${readPassword(home)}@127.0.0.1:${port}/postgres?sslmode=disable`;
  return { role, major, url, port, pid, dataDir: home.data, log: home.log };
}

/** When root runs ctf in somebody's project (sudo), the server goes on under the name of whoever made its data. */
function dataOwner(home: Home): Account | undefined {
  if (process.getuid?.() !== 0 || !existsSync(home.data)) return undefined;
  const { uid, gid } = statSync(home.data);
  return { uid, gid };
}

async function explainingSystemErrors<T>(name: ServerName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC") {
      throw new DiagnosticError([diskFull({ message: `The disk of ${path ?? name.root} is full.` })]);
    }
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
      throw new DiagnosticError([
        noPermission({
          message: `ctf may not use ${path ?? name.root}, where the embedded PostgreSQL is to live (${code}).`,
          hint: "Run ctf as the user who owns the project, or take the folder over with chown.",
        }),
      ]);
    }
    throw error;
  }
}
