/** A python transform that passes rows through, beside COPY out to nowhere and COPY in from one process. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { ensureServer } from "../src/warehouse/embedded/server.ts";
import { copyOut } from "../src/warehouse/read/copy_out.ts";
import { openWorkers } from "../src/worker/pool.ts";
import { measure, median, print, seconds, removeProject } from "./measure.ts";

const ROWS = 1_000_000;
const ROUNDS = 3;
const COLUMNS = "n bigint, d date, m numeric(12,2), t text, b boolean";
const NAMES = "n, d, m, t, b";

const BODIES = {
  rows: "for row in claims.rows():\n        yield row",
  arrow: "yield from claims.batches()",
} as const;

const PROMISED = { rows: "0.25", arrow: "0.6" } as const;

export async function benchPython(ctf: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
  const server = { root, role: "durable", major: 18 } as const;
  const python = join(process.cwd(), ".python/bin/python");
  try {
    const { url } = await ensureServer(server);
    process.env["BENCH_URL"] = url;
    writeProject(root, python);
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect();
    await client.query(`CREATE SCHEMA bench; CREATE TABLE bench.claims AS SELECT n::bigint AS n, date '2018-01-01' + n % 365 AS d,
      (n % 9973 / 100.0)::numeric(12,2) AS m, 'A' || n % 977 AS t, n % 2 = 0 AS b FROM generate_series(1, ${ROWS}) n`);
    const lines = [];
    for (const form of ["arrow", "rows"] as const) {
      const ours: number[] = [];
      const bare: number[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const one = measure([process.execPath, ctf, "run", "bench", "--only", form], { cwd: root, runs: 1 }).seconds;
        const other = await outAndIn(client);
        if (round === 0) continue;
        ours.push(one);
        bare.push(other);
      }
      lines.push({
        what: `${ROWS / 1e6} M rows through ${form}, whole command`,
        measured: seconds(median(ours)),
        yardstick: seconds(median(bare)),
        ratio: `${median(bare.map((value, n) => value / ours[n]!)).toFixed(2)} times as fast`,
        promised: PROMISED[form],
      });
    }
    await client.end();
    const start = await workerStart(root, python);
    lines.push({ what: "start of a worker", measured: seconds(start), yardstick: "-", ratio: "-", promised: "0.3 s" });
    print("Python (yardstick: COPY out to nowhere, then COPY in, from one process)", lines);
  } finally {
    await removeProject(root, server);
  }
}

function writeProject(root: string, python: string): void {
  mkdirSync(join(root, "pipelines/bench"), { recursive: true });
  mkdirSync(join(root, "sources"));
  const targets = "targets: {bench: {url_env: BENCH_URL}}\ndefault_target: bench\n";
  writeFileSync(join(root, "ctf.yaml"), `ctf: 1\nproject: bench\npython: ${python}\n${targets}`);
  writeFileSync(join(root, "sources/claims.yaml"), "sources:\n  - {name: claims, table: bench.claims}\n");
  writeFileSync(join(root, "pipelines/bench/pipeline.yaml"), "description: Bench.\nowners: [bench@clover.example]\n");
  const columns = COLUMNS.split(/, (?=[a-z])/).map((column) => column.split(" "));
  for (const [form, body] of Object.entries(BODIES)) {
    const declared = columns.map(([name, type]) => `    - {name: ${name}, type: "${type}"}\n`).join("");
    const definition = `kind: python\ninputs: [{source: claims}]\noutput:\n  table: bench.${form}\n  columns:\n${declared}`;
    writeFileSync(join(root, `pipelines/bench/${form}.yaml`), definition);
    writeFileSync(join(root, `pipelines/bench/${form}.py`), `def transform(claims):\n    ${body}\n`);
  }
}

/** Seconds of one after the other; what comes out is kept in memory for what goes in. */
async function outAndIn(client: pg.Client): Promise<number> {
  await client.query(`DROP TABLE IF EXISTS bench.again; CREATE TABLE bench.again (${COLUMNS})`);
  const kept: Buffer[] = [];
  const begun = performance.now();
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      kept.push(chunk);
      done();
    },
  });
  await pipeline(copyOut(client, `COPY (SELECT ${NAMES} FROM bench.claims) TO STDOUT`), sink);
  await pipeline(Readable.from(kept), client.query(copyFrom(`COPY bench.again (${NAMES}) FROM STDIN`)));
  return (performance.now() - begun) / 1000;
}

async function workerStart(root: string, python: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const workers = openWorkers({ root, python, env: process.env, secrets: [] });
    const begun = performance.now();
    const worker = await workers.take("python");
    if (round > 0) times.push((performance.now() - begun) / 1000);
    workers.give(worker, "python");
    await workers.close();
  }
  return median(times);
}
