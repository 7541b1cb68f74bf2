import { readFileSync, readdirSync, readlinkSync } from "node:fs";

/** Set for every process that a test starts, so that a forgotten one can be found. */
export const MARK = "CTF_TEST_FOLDER";

/** Processes that work in the folder or were started for it (on Linux, where /proc tells). */
export function processesIn(folder: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        if (readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`${MARK}=${folder}`)) return true;
        return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
      } catch {
        return false; // ended meanwhile, or somebody else's
      }
    });
}

export function describeProcess(pid: number): string {
  try {
    return `${pid}: ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").slice(0, 200)}`;
  } catch {
    return String(pid);
  }
}
