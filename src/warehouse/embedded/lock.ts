/**
 * A lock between processes that outlives a kill -9 of its holder.
 *
 * It is a row of numbered files, `lock.1`, `lock.2`, …: the highest number counts, and its text names the process that
 * holds it ("" = free). To take a lock whose holder is gone, one makes the next number, which succeeds for one process
 * only; deleting and making the same name again could let two in. The highest file is never deleted.
 */
import { existsSync, linkSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockHeld } from "./codes.ts";
import { processIdentity } from "./process.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";

const WAIT_MS = 360_000;
const POLL_MS = 15;

/** Runs `work` while holding the lock of this folder. Throws CTF908 when it is not to be had within six minutes. */
export async function withLock<T>(folder: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const held = await acquire(folder, Date.now() + WAIT_MS, signal);
  try {
    return await work();
  } finally {
    // Where the folder itself has gone there is nothing to give back.
    if (existsSync(held)) writeFileSync(held, "");
  }
}

async function acquire(folder: string, deadline: number, signal: AbortSignal | undefined): Promise<string> {
  for (;;) {
    const highest = lockNumbers(folder).at(-1) ?? 0;
    const holder = highest === 0 ? undefined : liveHolder(lockFile(folder, highest));
    if (holder === undefined) {
      const mine = take(folder, highest + 1);
      if (mine !== undefined) return mine;
    } else if (Date.now() > deadline) {
      throw new DiagnosticError([
        lockHeld({ message: `Process ${holder} has been starting or stopping the server in ${folder} for long.` }),
      ]);
    } else {
      await sleep(POLL_MS, undefined, { signal });
    }
  }
}

function take(folder: string, number: number): string | undefined {
  const mine = lockFile(folder, number);
  const draft = join(folder, `.lock-${randomBytes(6).toString("hex")}`);
  try {
    writeFileSync(draft, processIdentity(process.pid) ?? String(process.pid));
    linkSync(draft, mine); // whole text or nothing, and only if nobody has that number
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return undefined;
  } finally {
    rmSync(draft, { force: true });
  }
  const numbers = lockNumbers(folder);
  if (numbers.at(-1) !== number) {
    // We looked long ago: others have come and gone since, and the number was free again.
    rmSync(mine, { force: true });
    return undefined;
  }
  for (const old of numbers) if (old < number) rmSync(lockFile(folder, old), { force: true });
  return mine;
}

function liveHolder(file: string): string | undefined {
  let holder: string;
  try {
    holder = readFileSync(file, "utf8");
  } catch {
    return "?"; // a higher number has just replaced it: look again
  }
  if (holder === "") return undefined;
  const pid = Number.parseInt(holder, 10);
  return processIdentity(pid) === holder ? String(pid) : undefined;
}

const lockFile = (folder: string, number: number): string => join(folder, `lock.${number}`);

function lockNumbers(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
