/** A run of 200 small transforms beside the same statements from one client script, on the same server, in turn: whole processes. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureServer, type Role } from "../src/warehouse/embedded/server.ts";
import { measure, median, print, seconds, type Line, removeProject } from "./measure.ts";
import { query, TRANSFORMS } from "./small_tables.ts";

const ROUNDS = 5;

function writeProject(root: string): void {
  mkdirSync(join(root, "pipelines/bench"), { recursive: true });
  writeFileSync(
    join(root, "ctf.yaml"),
    "ctf: 1\nproject: bench\ntargets: {bench: {url_env: BENCH_URL}}\ndefault_target: bench\n",
  );
  writeFileSync(join(root, "pipelines/bench/pipeline.yaml"), "description: Bench.\nowners: [bench@clover.example]\n");
  for (let n = 0; n < TRANSFORMS; n++) {
    writeFileSync(join(root, `pipelines/bench/t${n}.sql`), `${query(n)}\n`);
    writeFileSync(
      join(root, `pipelines/bench/t${n}.yaml`),
      `kind: create_table_as
description: Small.
output:
  table: bench.t${n}
  columns:
    - {name: id, type: integer}
    - {name: day, type: date}
    - {name: amount, type: "numeric(12,2)"}
    - {name: plan, type: text}
  primary_key: [id]
  indexes: [{columns: [day]}]
`,
    );
  }
}

export async function benchRunning(ctf: string): Promise<void> {
  const lines: Line[] = [];
  for (const role of ["durable", "scratch"] as const satisfies readonly Role[]) {
    const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
    const server = { root, role, major: 18 } as const;
    try {
      writeProject(root);
      const { url } = await ensureServer(server);
      process.env["BENCH_URL"] = url;
      const ours: number[] = [];
      const bare: number[] = [];
      // The first round makes the tables, the others replace them.
      for (let round = 0; round <= ROUNDS; round++) {
        const one = measure([process.execPath, ctf, "run", "bench"], { cwd: root, runs: 1 });
        const other = measure([process.execPath, join(import.meta.dirname, "script.js"), url], { cwd: root, runs: 1 });
        if (round === 0) continue;
        ours.push(one.seconds);
        bare.push(other.seconds);
      }
      const ratio = median(ours.map((value, n) => value / bare[n]!));
      lines.push({
        what: `ctf run, ${TRANSFORMS} transforms, ${role} server`,
        measured: seconds(median(ours)),
        yardstick: seconds(median(bare)),
        ratio: ratio.toFixed(2),
        promised: role === "durable" ? "ratio 1.3" : "ratio 2",
      });
    } finally {
      await removeProject(root, server);
    }
  }
  print("Running (yardstick: the same statements from one client script)", lines);
}
