/** What each transform last did from this checkout, for `ctf ls`: a local file, so that listing needs no server. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Listener, TransformStatus } from "./events.ts";

export interface LastRun {
  readonly status: TransformStatus;
  /** ISO 8601 */
  readonly at: string;
  readonly target: string;
  readonly run: string;
  readonly seconds: number;
  readonly rows?: number;
}

export type LastRuns = Readonly<Record<string, LastRun>>;

/** The last one on each target is kept beside the last of all. */
const keyOn = (target: string, id: string): string => `${target}/${id}`;

const path = (root: string) => join(root, ".ctf", "last_runs.json");

/** By transform id, on one target if that is given; empty when nothing has run or the file can't be read. */
export function readLastRuns(root: string, target?: string): LastRuns {
  const all = readAll(root);
  if (target === undefined) return all;
  const start = keyOn(target, "");
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, run]) => (key.startsWith(start) ? [[key.slice(start.length), run]] : [])),
  );
}

function readAll(root: string): LastRuns {
  try {
    return JSON.parse(readFileSync(path(root), "utf8")) as LastRuns;
  } catch {
    return {};
  }
}

/** Adds to what is there; written under another name and renamed, so a reader never sees half of it. */
export function writeLastRuns(root: string, added: LastRuns): void {
  mkdirSync(join(root, ".ctf"), { recursive: true });
  const temporary = `${path(root)}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify({ ...readAll(root), ...added }));
  renameSync(temporary, path(root));
}

/** Writes what has finished at most once a second, and at the end. */
export function lastRunsListener(root: string, run: string, target: string): Listener {
  let pending: Record<string, LastRun> = {};
  let written = 0;
  return (event, at) => {
    if (event.type === "transform_finished") {
      const { id, status, seconds, counts } = event.result;
      const rows = counts.rows === undefined ? {} : { rows: counts.rows };
      const last = { status, at: at.toISOString(), target, run, seconds, ...rows };
      pending[id] = last;
      pending[keyOn(target, id)] = last;
    }
    if (event.type !== "run_finished" && at.getTime() - written < 1000) return;
    if (Object.keys(pending).length === 0) return;
    writeLastRuns(root, pending);
    written = at.getTime();
    pending = {};
  };
}
