/** postmaster.pid: PostgreSQL's own note of who serves a data directory (its format: src/include/utils/pidfile.h). */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { servesDataDirectory } from "./process.ts";

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: "starting" | "ready" | "stopping";
}

/** The running server of a data directory. A note left by a server that was killed is none, whoever has its pid now. */
export function runningPostmaster(dataDir: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return undefined;
  }
  const pid = Number.parseInt(lines[0] ?? "", 10);
  if (!(pid > 0) || !servesDataDirectory(pid, dataDir)) return undefined;
  const status = lines[7]?.trim();
  return {
    pid,
    port: Number.parseInt(lines[3] ?? "", 10),
    status: status === "ready" || status === "stopping" ? status : "starting",
  };
}

/** The server that is ready, after waiting for one that is just starting or stopping. */
export async function settledPostmaster(dataDir: string, signal?: AbortSignal): Promise<Postmaster | undefined> {
  for (;;) {
    const postmaster = runningPostmaster(dataDir);
    if (!postmaster || postmaster.status === "ready") return postmaster;
    await sleep(10, undefined, { signal });
  }
}

/** PostgreSQL would not start when another program happens to have the pid of a server that was killed. */
export function removeStaleNote(dataDir: string): void {
  if (!runningPostmaster(dataDir)) rmSync(join(dataDir, "postmaster.pid"), { force: true });
}
