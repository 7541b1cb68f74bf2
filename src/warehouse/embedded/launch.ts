/** Starts a server process that outlives ctf, and waits until it takes connections. */
import { spawn } from "node:child_process";
import { chownSync, closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { diskFull, notStarted } from "./codes.ts";
import type { Home, Role } from "./home.ts";
import { runningPostmaster, settledPostmaster, type Postmaster } from "./pidfile.ts";
import { processesOf, signal } from "./process.ts";
import { settingArguments } from "./settings.ts";

/** After a crash the server replays its log first, which may take a while. */
const READY_MS = 300_000;
const POLL_MS = 5;
const TRIES = 10;

interface Start {
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined;
}

/** Only under the server's lock, with no server running. Throws CTF904, CTF906. */
export async function launch(home: Home, role: Role, start: Start): Promise<Postmaster> {
  let complaint = "";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const result = await tryLaunch(home, role, start);
    if (typeof result !== "string") return result;
    complaint = result;
    if (complaint.includes("already exists")) {
      // A ctf that was killed had just started one.
      const other = await settledPostmaster(home.data, start.signal);
      if (other) return other;
    }
    if (complaint.includes("still in use")) {
      // The postmaster was killed and some of its backends have not noticed yet; they serve nobody any more.
      for (const pid of processesOf(home.data)) signal(pid, "SIGQUIT");
      await sleep(200 * (attempt + 1));
    } else if (!complaint.includes("could not bind")) {
      break; // only a port that somebody took in the meantime is worth another try
    }
  }
  throw new DiagnosticError([
    complaint.includes("No space left on device")
      ? diskFull({ message: `The disk of ${home.folder} is full: PostgreSQL cannot start.` })
      : notStarted({
          message: `PostgreSQL did not start: ${complaint || "it ended without a word"}`,
          hint: `Its log is ${home.log}.`,
        }),
  ]);
}

/** The running server, or the last lines of what it complained about. */
async function tryLaunch(
  home: Home,
  role: Role,
  { binaries, account, signal: stop }: Start,
): Promise<Postmaster | string> {
  const log = openSync(home.log, "a", 0o600);
  if (account) chownSync(home.log, account.uid, account.gid);
  const logged = fstatSync(log).size;
  const child = spawn(
    join(binaries.folder, "bin", "postgres"),
    ["-D", home.data, "-p", String(await freePort()), ...settingArguments(role)],
    {
      ...account,
      cwd: "/",
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
      detached: true, // its own session: neither the end of ctf nor Ctrl-C in the terminal reaches it
      stdio: ["ignore", log, log],
    },
  );
  let refused: string | undefined;
  child.once("error", (error) => (refused = error.message));
  child.unref();
  closeSync(log);

  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (refused !== undefined) return refused;
    if (child.exitCode !== null || child.signalCode !== null) return lastLines(home.log, logged);
    const postmaster = runningPostmaster(home.data);
    if (postmaster?.status === "ready") return postmaster;
    await sleep(POLL_MS, undefined, { signal: stop });
  }
  return `it was not ready after ${READY_MS / 1000} seconds`;
}

function lastLines(log: string, from: number): string {
  const lines = readFileSync(log).subarray(from).toString("utf8").trim().split("\n");
  return lines
    .map((line) => line.replace(/^[-\d]+ [\d:.]+ \w+ \[\d+\] /, ""))
    .slice(-4)
    .join(" ");
}

/** A TCP port of 127.0.0.1 that is free just now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
