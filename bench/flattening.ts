/**
 * `flatten` by both engines, on the workshop's forms, beside CREATE TABLE AS SELECT of the rows that they make, and beside
 * two of the workshop's processors: row by row, and chunks of rows to one INSERT.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { ensureServer } from "../src/warehouse/embedded/server.ts";
import { shippedConf } from "../src/workshop/config/read.ts";
import { processDatabase } from "../src/workshop/process.ts";
import { type Engine, flattenDefinition } from "../src/workshop/processors/flatten.ts";
import { fillScenario } from "../src/workshop/scenarios/fill.ts";
import { newMeter } from "../src/workshop/session/meter.ts";
import { openSession } from "../src/workshop/session/session.ts";
import { measure, median, print, seconds, type Line, type Measured, removeProject } from "./measure.ts";

/** Three submissions, one of each form, have 143 answers. */
const SIZES = [
  { submissions: 2400, rounds: 5 },
  { submissions: 21_000, rounds: 3 },
  { submissions: 63_000, rounds: 3 },
  { submissions: 210_000, rounds: 1 },
] as const;
const eventsOf = (submissions: number): number => (submissions / 3) * 143;
const PROMISED = 63_000;
/** So many times the memory that the stream takes for the least of them is still the same. */
const SAME_PEAK = 1.1;
/** Row by row, it would take the whole day. */
const NAIVE_SUBMISSIONS = 300;
/** One submission in so many has an answer that its form does not know. */
const BAD = 100;

const engines = ["sql", "stream"] as const satisfies readonly Engine[];

function writeProject(root: string): void {
  for (const folder of ["sources", "pipelines/bench"]) mkdirSync(join(root, folder), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  write("ctf.yaml", "ctf: 1\nproject: bench\ntargets: {bench: {url_env: BENCH_URL}}\ndefault_target: bench\n");
  write("pipelines/bench/pipeline.yaml", "description: Bench.\nowners: [bench@clover.example]\n");
  write(
    "sources/app.yaml",
    "sources:\n  - {name: submissions, table: app.submissions}\n  - {name: forms, table: app.forms}\n",
  );
  for (const engine of engines)
    write(`pipelines/bench/${engine}_events.yaml`, flattenDefinition(engine, `dwh.${engine}_events`));
}

export async function benchFlattening(ctf: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
  const server = { root, role: "durable", major: 18 } as const;
  try {
    writeProject(root);
    const { url } = await ensureServer(server);
    const naive = await processor(url, "naive", NAIVE_SUBMISSIONS);
    const peaks: number[] = [];
    for (const size of SIZES) {
      const events = millions(size.submissions);
      const { lines, peak } = await one(url, root, ctf, { ...size, naive });
      print(`Flattening ${events} (yardstick: CREATE TABLE AS SELECT of the same rows)`, lines);
      peaks.push(peak);
    }
    print(
      `Memory of the stream (yardstick: that of ${millions(SIZES[0].submissions)})`,
      SIZES.slice(1).map(({ submissions }, n) => growthLine(submissions, peaks[n + 1]!, peaks[0]!)),
    );
  } finally {
    await removeProject(root, server);
  }
}

const millions = (submissions: number): string => `${(eventsOf(submissions) / 1e6).toFixed(1)} M events`;

const growthLine = (submissions: number, peak: number, least: number): Line => ({
  what: `${millions(submissions)}, whole command`,
  measured: `${peak.toFixed(0)} MB`,
  yardstick: `${least.toFixed(0)} MB`,
  ratio: `${(peak / least).toFixed(2)} times as much`,
  promised: String(SAME_PEAK),
});

/** A scenario in a database of its own. */
async function filled<T>(url: string, submissions: number, use: (database: string) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query("CREATE DATABASE bench");
    const database = url.replace("/postgres?", "/bench?");
    const session = await openSession(database, { meter: newMeter(), log: undefined });
    await fillScenario(session, { users: 400, forms: 3, submissions }, { documents: "jsonb", seed: 1 });
    await session.end();
    return await use(database);
  } finally {
    await admin.query("DROP DATABASE IF EXISTS bench WITH (FORCE)");
    await admin.end();
  }
}

/** Events a second of one of the workshop's processors. */
const processor = (url: string, name: "naive" | "chunks", submissions: number): Promise<number> =>
  filled(url, submissions, (database) => rate(database, name));

async function rate(database: string, name: "naive" | "chunks"): Promise<number> {
  const known = shippedConf().processors.get(name);
  if (!known) throw new Error(`the workshop has no processor ${name}`);
  const { events, seconds: taken } = await processDatabase(database, known.processor);
  return events / taken;
}

interface Asked {
  readonly submissions: number;
  readonly rounds: number;
  /** Events a second. */
  readonly naive: number;
}

interface Seen {
  readonly lines: readonly Line[];
  /** Of the stream, in MB; the median, as the first run of all fills caches, too. */
  readonly peak: number;
}

const one = (url: string, root: string, ctf: string, { submissions, rounds, naive }: Asked): Promise<Seen> =>
  filled(url, submissions, async (database) => {
    const chunks = submissions === PROMISED ? await rate(database, "chunks") : undefined;
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    await client.query(`UPDATE app.submissions SET responses = responses || '{"gone": 1}' WHERE id % ${BAD} = 0`);
    await client.query("VACUUM ANALYZE app.submissions");
    process.env["BENCH_URL"] = database;
    const taken: Record<(typeof engines)[number], Measured[]> = { sql: [], stream: [] };
    const limits: number[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const engine of engines) {
        taken[engine].push(
          measure([process.execPath, ctf, "run", "bench", "--only", `${engine}_events`], { cwd: root, runs: 1 }),
        );
      }
      const begun = performance.now();
      await client.query("CREATE TABLE dwh.flat AS SELECT * FROM dwh.sql_events");
      limits.push((performance.now() - begun) / 1000);
      await client.query("DROP TABLE dwh.flat");
    }
    await client.end();
    const lines = engines.flatMap((engine) =>
      linesOf(engine, submissions, taken[engine], limits, { naive, ...(chunks !== undefined && { chunks }) }),
    );
    return { lines, peak: median(taken.stream.map(({ peakMb }) => peakMb)) };
  });

function linesOf(
  engine: (typeof engines)[number],
  submissions: number,
  runs: readonly Measured[],
  limits: readonly number[],
  { naive, chunks }: { readonly naive: number; readonly chunks?: number },
): readonly Line[] {
  const events = eventsOf(submissions);
  const own = median(runs.map((run) => run.seconds));
  const peak = Math.max(...runs.map(({ peakMb }) => peakMb));
  const what = engine === "sql" ? "inside PostgreSQL" : `streamed (peak ${peak.toFixed(0)} MB)`;
  const promised = submissions === PROMISED;
  const ratio = median(runs.map((run, n) => run.seconds / limits[n]!));
  const beside = (name: string, eventsASecond: number, least: string): Line => ({
    what: `  beside the workshop's ${name}`,
    measured: `${thousands(events / own)} events/s`,
    yardstick: `${thousands(eventsASecond)} events/s`,
    ratio: `${(events / own / eventsASecond).toFixed(1)} times as fast`,
    promised: least,
  });
  return [
    {
      what: `${what}, whole command`,
      measured: `${seconds(own)} (${((own / events) * 1e6).toFixed(1)} µs an event)`,
      yardstick: seconds(median(limits)),
      ratio: `${ratio.toFixed(1)} times as long`,
      promised: promised ? (engine === "sql" ? "4" : "5, 250 MB") : "",
    },
    ...(chunks === undefined
      ? []
      : [beside("chunks", chunks, engine === "sql" ? "3" : "2"), beside("naive", naive, "20")]),
  ];
}

const thousands = (value: number): string => `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} k`;
