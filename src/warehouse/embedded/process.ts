/** What the operating system says about a process; a number alone is soon reused for another one. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";

const linux = process.platform === "linux";

/** Names one process for good (its number and when it began); undefined when there is no such process, or only its zombie. */
export function processIdentity(pid: number): string | undefined {
  if (!linux) return ps(pid, "lstart=");
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold anything, so count from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : `${pid}@${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Whether this process is a PostgreSQL of that data directory: its working directory, even if it was moved since. */
export function servesDataDirectory(pid: number, dataDir: string): boolean {
  if (processIdentity(pid) === undefined) return false;
  if (!linux) return ps(pid, "command=")?.includes(`-D ${dataDir} `) ?? false;
  try {
    const cwd = statSync(`/proc/${pid}/cwd`);
    const data = statSync(dataDir);
    return cwd.ino === data.ino && cwd.dev === data.dev;
  } catch {
    return false;
  }
}

/** All processes of that data directory. Only Linux tells; elsewhere the list is empty. */
export function processesOf(dataDir: string): number[] {
  if (!linux) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => servesDataDirectory(pid, dataDir));
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function ps(pid: number, field: string): string | undefined {
  try {
    return execFileSync("ps", ["-ww", "-o", field, "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
