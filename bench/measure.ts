/** Whole processes, timed from outside: the median of several runs, and the peak memory that the system counted. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { serverStatus, stopServer, type ServerName } from "../src/warehouse/embedded/server.ts";

export interface Measured {
  readonly seconds: number;
  readonly peakMb: number;
}

/** Python's `resource` tells what the system counted for a child; Node has no way to ask. */
const watcher = `
import json, resource, subprocess, sys, time
begun = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
seconds = time.monotonic() - begun
print(json.dumps({"seconds": seconds, "peakMb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, "code": code}))
`;

function once(command: readonly string[], cwd: string, expected: number): Measured {
  const result = spawnSync("python3", ["-c", watcher, ...command], { cwd, encoding: "utf8" });
  const { code, ...measured } = JSON.parse(result.stdout) as Measured & { code: number };
  if (code !== expected) throw new Error(`${command.join(" ")} ended with ${code}`);
  return measured;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** `before` is done ahead of each run and not counted. */
export function measure(
  command: readonly string[],
  { cwd = process.cwd(), runs = 5, before = () => {} }: { cwd?: string; runs?: number; before?: () => void } = {},
): Measured {
  const all = Array.from({ length: runs }, () => {
    before();
    return once(command, cwd, 0);
  });
  return { seconds: median(all.map((one) => one.seconds)), peakMb: Math.max(...all.map((one) => one.peakMb)) };
}

export interface Line {
  readonly what: string;
  readonly measured: string;
  readonly yardstick: string;
  readonly ratio: string;
  readonly promised: string;
}

export const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`;

export function print(title: string, lines: readonly Line[]): void {
  const rows = [
    ["", "measured", "yardstick", "ratio", "promised"],
    ...lines.map((l) => [l.what, l.measured, l.yardstick, l.ratio, l.promised]),
  ];
  const widths = rows[0]!.map((_, n) => Math.max(...rows.map((row) => row[n]!.length)));
  console.log(`\n${title}`);
  for (const row of rows) console.log(`  ${row.map((cell, n) => cell.padEnd(widths[n]!)).join("  ")}`.trimEnd());
}

/** With its server's data, which live outside of the project when root starts it. */
export async function removeProject(root: string, server: ServerName): Promise<void> {
  const { dataDir } = serverStatus(server);
  await stopServer(server);
  if (dataDir) rmSync(dirname(dataDir), { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
}
