/** `load` of files beside a bare COPY of the same rows as CSV, from a process of the same kind. */
import { createWriteStream, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureServer } from "../src/warehouse/embedded/server.ts";
import { measure, median, print, seconds, removeProject } from "./measure.ts";

const ROWS = 2_000_000;
const ROUNDS = 3;

/** The values of row n: claim_id, member_id, service_date, amount, code. */
const row = (n: number): readonly string[] => [
  String(n),
  String((n * 7919) % 50_000),
  `2018-${String((n % 12) + 1).padStart(2, "0")}-15`,
  ((n % 9973) / 100).toFixed(2),
  `A${n % 977}`,
];
const columns = ["claim_id bigint", "member_id bigint", "service_date date", "amount numeric(12,2)", "code text"];
const names = columns.map((column) => column.split(" ")[0]!);
const widths = [9, 6, 10, 8, 4] as const;
const fields = widths.map((length, n) => {
  const start = widths.slice(0, n).reduce((sum, width) => sum + width, 1);
  return `{name: ${names[n]}, start: ${start}, length: ${length}}`;
});

interface Case {
  readonly name: string;
  readonly file: string;
  readonly source?: string;
  readonly header?: string;
  readonly line: (n: number) => string;
  readonly promised: string;
}

const csv = (n: number): string => `${row(n).join(",")}\n`;
const cases: readonly Case[] = [
  { name: "clean CSV", file: "claims.csv", header: `${names.join(",")}\n`, line: csv, promised: "0.8" },
  {
    name: "CSV with 1% bad rows",
    file: "bad.csv",
    header: `${names.join(",")}\n`,
    line: (n) => (n % 100 === 0 ? csv(n).replace("2018", "bad") : csv(n)),
    promised: "0.25",
  },
  {
    name: "fixed-width",
    file: "claims.txt",
    source: `, format: fixed_width, fields: [${fields.join(", ")}]`,
    line: (n) =>
      `${row(n)
        .map((value, i) => value.padEnd(widths[i]!))
        .join("")}\n`,
    promised: "0.25",
  },
  {
    name: "JSON lines",
    file: "claims.jsonl",
    line: (n) => {
      const [claim, member, day, amount, code] = row(n);
      return `{"claim_id":${claim},"member_id":${member},"service_date":"${day}","amount":${amount},"code":"${code}"}\n`;
    },
    promised: "0.2",
  },
];

async function write(path: string, { header = "", line }: Case): Promise<void> {
  const out = createWriteStream(path);
  let text = header;
  for (let n = 1; n <= ROWS; n++) {
    text += line(n);
    if (text.length < 1 << 18) continue;
    if (!out.write(text)) await once(out, "drain");
    text = "";
  }
  out.end(text);
  await once(out, "finish");
}

const declared = columns
  .map((column) => `    - {name: ${column.split(" ")[0]}, type: "${column.split(" ")[1]}"}\n`)
  .join("");

function writeProject(root: string): void {
  for (const folder of ["sources", ...cases.map((_, n) => `pipelines/bench_${n}`)])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, "ctf.yaml"),
    "ctf: 1\nproject: bench\ntargets: {bench: {url_env: BENCH_URL}}\ndefault_target: bench\n",
  );
  cases.forEach(({ file, source = "" }, n) => {
    writeFileSync(join(root, `sources/files_${n}.yaml`), `sources:\n  - {name: file_${n}, file: ${file}${source}}\n`);
    const folder = join(root, `pipelines/bench_${n}`);
    writeFileSync(join(folder, "pipeline.yaml"), "description: Bench.\nowners: [bench@clover.example]\n");
    writeFileSync(
      join(folder, `claims_${n}.yaml`),
      `kind: load\nmax_rejects: 2%\ninputs: [{source: file_${n}}]\noutput:\n  table: bench.claims_${n}\n  columns:\n${declared}`,
    );
  });
}

export async function benchLoading(ctf: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
  const server = { root, role: "durable", major: 18 } as const;
  try {
    for (const one of cases) await write(join(root, one.file), one);
    writeProject(root);
    const { url } = await ensureServer(server);
    process.env["BENCH_URL"] = url;
    const yardstick = [process.execPath, join(import.meta.dirname, "bare_copy.js"), url, join(root, "claims.csv")];
    const timed = (command: readonly string[]) => measure([...command], { cwd: root, runs: 1 }).seconds;
    const taken = cases.map(() => ({ ours: [] as number[], bare: [] as number[] }));
    for (let round = 0; round <= ROUNDS; round++) {
      cases.forEach((_, n) => {
        const ours = timed([process.execPath, ctf, "run", `bench_${n}`]);
        const bare = timed([...yardstick, columns.join(", ")]);
        if (round === 0) return;
        taken[n]!.ours.push(ours);
        taken[n]!.bare.push(bare);
      });
    }
    const lines = cases.map(({ name, promised }, n) => {
      const { ours, bare } = taken[n]!;
      return {
        what: `load of ${ROWS / 1e6} M rows, ${name}, whole command`,
        measured: seconds(median(ours)),
        yardstick: seconds(median(bare)),
        ratio: `${median(bare.map((value, i) => value / ours[i]!)).toFixed(2)} times as fast`,
        promised,
      };
    });
    print("Loading (yardstick: a bare COPY of the rows as CSV from Node, whole process)", lines);
  } finally {
    await removeProject(root, server);
  }
}
