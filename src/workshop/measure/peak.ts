import { readFileSync } from "node:fs";

/** The most memory that this process ever had (resident), in bytes. */
export function peakBytes(): number {
  try {
    // Node's own figure begins with what its parent had when it started it.
    const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // only Linux has it
  }
  return process.resourceUsage().maxRSS * 1024;
}
