/** `ctf check` with everything compiled on an empty warehouse, server running. The yardstick is the same check without compiling. */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureServer, stopServer } from "../src/warehouse/embedded/server.ts";
import { writeProject } from "./generate_project.ts";
import { measure, print, seconds, type Line } from "./measure.ts";

export async function benchCompiling(ctf: string): Promise<void> {
  const lines: Line[] = [];
  for (const size of [800, 10_000]) {
    const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
    const server = { root, role: "scratch", major: 18 } as const;
    try {
      writeProject(root, size);
      await ensureServer(server);
      const forget = () => rmSync(join(root, ".ctf", "cache"), { recursive: true, force: true });
      const touch = () => appendFileSync(join(root, "pipelines/pipeline_00003/transform_00170.sql"), "-- changed\n");
      const cases = [
        ["cold", forget, size === 800 ? "2 s" : "18 s"],
        ["nothing changed", () => {}, ""],
        ["one file changed", touch, "1.5 s"],
      ] as const;
      for (const [what, before, promised] of cases) {
        const options = { cwd: root, runs: 3, before };
        const statically = measure([process.execPath, ctf, "check", "--no-compile"], options);
        const whole = measure([process.execPath, ctf, "check"], options);
        lines.push({
          what: `ctf check, ${size} transforms, ${what}`,
          measured: `${seconds(whole.seconds)}, ${Math.round(whole.peakMb)} MB`,
          yardstick: seconds(statically.seconds),
          ratio: (whole.seconds / statically.seconds).toFixed(2),
          promised: promised && `${promised} for compiling`,
        });
      }
    } finally {
      await stopServer(server);
      rmSync(root, { recursive: true, force: true });
    }
  }
  print("Compiling (yardstick: the same check without it)", lines);
}
