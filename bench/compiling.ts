/**
 * `ctf check` with everything compiled on an empty warehouse, server running. The yardsticks: for all of it, the same tables
 * and EXPLAINs by a script that does nothing else; for what the cache spares, the same check without compiling.
 */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureServer } from "../src/warehouse/embedded/server.ts";
import { writeProject } from "./generate_project.ts";
import { measure, print, seconds, type Line, removeProject } from "./measure.ts";

export async function benchCompiling(ctf: string): Promise<void> {
  const lines: Line[] = [];
  for (const size of [800, 10_000]) {
    const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
    const server = { root, role: "scratch", major: 18 } as const;
    try {
      writeProject(root, size);
      const { url } = await ensureServer(server);
      const bare = [process.execPath, fileURLToPath(new URL("./bare_compile.js", import.meta.url)), url, root];
      const forget = () => rmSync(join(root, ".ctf", "cache"), { recursive: true, force: true });
      const touch = () => appendFileSync(join(root, "pipelines/pipeline_00003/transform_00170.sql"), "-- changed\n");
      const cases = [
        ["cold", forget, size === 800 ? "2 s" : "18 s", bare],
        ["nothing changed", () => {}, "", undefined],
        ["one file changed", touch, "1.5 s", undefined],
      ] as const;
      for (const [what, before, promised, script] of cases) {
        const options = { cwd: root, runs: 3, before };
        const yardstick = measure(script ?? [process.execPath, ctf, "check", "--no-compile"], options);
        const whole = measure([process.execPath, ctf, "check"], options);
        lines.push({
          what: `ctf check, ${size} transforms, ${what}`,
          measured: `${seconds(whole.seconds)}, ${Math.round(whole.peakMb)} MB`,
          yardstick: seconds(yardstick.seconds),
          ratio: (whole.seconds / yardstick.seconds).toFixed(2),
          promised: promised && `${promised} for compiling`,
        });
      }
    } finally {
      await removeProject(root, server);
    }
  }
  print("Compiling (yardstick: CREATE and EXPLAIN alone; with a cache, the same check without compiling)", lines);
}
