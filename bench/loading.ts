/** `load` of a clean CSV beside a bare COPY of the same file, from a process of the same kind. */
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureServer, stopServer } from "../src/warehouse/embedded/server.ts";
import { measure, median, print, seconds } from "./measure.ts";

const ROWS = 4_000_000;
const ROUNDS = 3;

async function writeCsv(path: string): Promise<void> {
  const out = createWriteStream(path);
  out.write("claim_id,member_id,service_date,amount,code\n");
  let text = "";
  for (let n = 1; n <= ROWS; n++) {
    text += `${n},${(n * 7919) % 50_000},2018-${String((n % 12) + 1).padStart(2, "0")}-15,${(n % 9973) / 100},A${n % 977}\n`;
    if (text.length < 1 << 18) continue;
    if (!out.write(text)) await once(out, "drain");
    text = "";
  }
  out.end(text);
  await once(out, "finish");
}

const columns = "claim_id bigint, member_id bigint, service_date date, amount numeric(12,2), code text";

export async function benchLoading(ctf: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
  const server = { root, role: "durable", major: 18 } as const;
  try {
    const file = join(root, "claims.csv");
    await writeCsv(file);
    mkdirSync(join(root, "pipelines/bench"), { recursive: true });
    mkdirSync(join(root, "sources"));
    writeFileSync(
      join(root, "ctf.yaml"),
      "ctf: 1\nproject: bench\ntargets: {bench: {url_env: BENCH_URL}}\ndefault_target: bench\n",
    );
    writeFileSync(
      join(root, "sources/files.yaml"),
      "sources:\n  - {name: claims_file, file: claims.csv, format: csv, description: Claims.}\n",
    );
    writeFileSync(join(root, "pipelines/bench/pipeline.yaml"), "description: Bench.\nowners: [bench@clover.example]\n");
    writeFileSync(
      join(root, "pipelines/bench/claims.yaml"),
      `kind: load\ndescription: Claims.\ninputs: [{source: claims_file}]\noutput:\n  table: bench.claims\n  columns:\n${columns
        .split(/, (?=[a-z])/)
        .map((column) => `    - {name: ${column.split(" ")[0]}, type: "${column.split(" ")[1]}"}\n`)
        .join("")}`,
    );
    const { url } = await ensureServer(server);
    process.env["BENCH_URL"] = url;
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const one = measure([process.execPath, ctf, "run", "bench"], { cwd: root, runs: 1 }).seconds;
      const yardstick = [process.execPath, join(import.meta.dirname, "bare_copy.js"), url, file, columns];
      const other = measure(yardstick, { cwd: root, runs: 1 }).seconds;
      if (round === 0) continue;
      ours.push(one);
      bare.push(other);
    }
    const ratio = median(bare.map((value, n) => value / ours[n]!));
    const line = {
      what: `load of ${ROWS / 1e6} M rows, whole command`,
      measured: seconds(median(ours)),
      yardstick: seconds(median(bare)),
      ratio: `${ratio.toFixed(2)} times as fast`,
      promised: "0.8",
    };
    print("Loading (yardstick: a bare COPY from Node, whole process)", [line]);
  } finally {
    await stopServer(server);
    rmSync(root, { recursive: true, force: true });
  }
}
