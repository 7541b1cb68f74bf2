/** `flatten` of nested documents by both engines, beside CREATE TABLE AS SELECT of the rows that they make. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { ensureServer, stopServer } from "../src/warehouse/embedded/server.ts";
import { measure, median, print, seconds, type Line } from "./measure.ts";

const ROUNDS = 3;
/** Of each form: two sections of three, each with ten questions. */
const ANSWERS = 60;
const EVENTS = [100_000, 1_000_000, 3_000_000];
/** One document in so many has an answer that does not fit, and one that its form does not know. */
const BAD = 100;

const question = (n: number) => ({
  slug: `q${n}`,
  answerType: ["text", "number", "boolean", "date"][n % 4],
  tag: `t${n % 3}`,
});
const section = (slug: string, children: readonly unknown[]) => ({ slug, children });
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const form = section(
  "form",
  numbers(2).map((s) =>
    section(
      `s${s}`,
      numbers(3).map((k) => section(`k${k}`, numbers(10).map(question))),
    ),
  ),
);

const value = (q: number) =>
  [
    "to_jsonb('some words ' || i * 7 + s + k)",
    "to_jsonb(i % 977 + s)",
    "to_jsonb(i % 2 = 0)",
    "to_jsonb((date '2018-01-01' + (i + k) % 365)::text)",
  ][q % 4]!;
const object = (names: readonly string[], values: readonly string[]) =>
  `jsonb_build_object(${names.map((name, n) => `'${name}', ${values[n]}`).join(", ")})`;
const documents = (count: number) => {
  const names = numbers(10).map((q) => `q${q}`);
  const innermost = (s: number, k: number) =>
    object(
      names,
      numbers(10).map((q) =>
        value(q)
          .replaceAll(/\bs\b(?!ome)/g, String(s))
          .replaceAll(/\bk\b/g, String(k)),
      ),
    );
  const sections = numbers(2).map((s) =>
    object(
      numbers(3).map((k) => `k${k}`),
      numbers(3).map((k) => innermost(s, k)),
    ),
  );
  const bad = `CASE WHEN i % ${BAD} = 0 THEN '{"gone": 1}'::jsonb ELSE '{}' END`;
  return `INSERT INTO bench.documents SELECT i, 1, i % 400, now(), ${object(["s1", "s2"], sections)} || ${bad} FROM generate_series(1, ${count}) i`;
};

const COLUMNS = `    - {name: id, type: int}
    - {name: form, type: int}
    - {name: user_id, type: int}
    - {name: created, type: timestamptz}
    - {name: processed_on, type: timestamptz}
    - {name: schema_path, type: text}
    - {name: item_index, type: "integer[]"}
    - {name: value, type: text}
    - {name: answer_type, type: text}
    - {name: tag, type: text}
    - {name: value_number, type: numeric}
`;
const engines = ["sql", "stream"] as const;

function writeProject(root: string): void {
  for (const folder of ["sources", "pipelines/bench"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, "ctf.yaml"),
    "ctf: 1\nproject: bench\ntargets: {bench: {url_env: BENCH_URL}}\ndefault_target: bench\n",
  );
  writeFileSync(join(root, "pipelines/bench/pipeline.yaml"), "description: Bench.\nowners: [bench@clover.example]\n");
  writeFileSync(
    join(root, "sources/bench.yaml"),
    "sources:\n  - {name: documents, table: bench.documents}\n  - {name: forms, table: bench.forms}\n",
  );
  for (const engine of engines) {
    writeFileSync(
      join(root, `pipelines/bench/${engine}_events.yaml`),
      `kind: flatten
inputs: [{source: documents}, {source: forms}]
flatten:
  engine: ${engine}
  documents: {from: bench.documents, column: document, key: id, schema_key: form, carry: [user_id, created]}
  schema: {from: bench.forms, column: schema, key: id}
output:
  table: bench.${engine}_events
  columns:
${COLUMNS}`,
    );
  }
}

export async function benchFlattening(ctf: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
  const server = { root, role: "durable", major: 18 } as const;
  try {
    writeProject(root);
    const { url } = await ensureServer(server);
    process.env["BENCH_URL"] = url;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`CREATE SCHEMA bench; CREATE TABLE bench.forms (id int, schema jsonb);
      CREATE TABLE bench.documents (id int, form int, user_id int, created timestamptz, document jsonb)`);
    await client.query("INSERT INTO bench.forms VALUES (1, $1)", [JSON.stringify(form)]);
    const lines: Line[] = [];
    for (const events of EVENTS) lines.push(...(await size(client, root, ctf, events)));
    await client.end();
    print("Flattening (yardstick: CREATE TABLE AS SELECT of the same rows)", lines);
  } finally {
    await stopServer(server);
    rmSync(root, { recursive: true, force: true });
  }
}

async function size(client: pg.Client, root: string, ctf: string, events: number): Promise<readonly Line[]> {
  await client.query("TRUNCATE bench.documents");
  await client.query(documents(Math.round(events / ANSWERS)));
  await client.query("ANALYZE bench.documents");
  const taken = engines.map(() => [] as { readonly seconds: number; readonly peakMb: number }[]);
  const limit: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    engines.forEach((engine, n) => {
      taken[n]!.push(
        measure([process.execPath, ctf, "run", "bench", "--only", `${engine}_events`], { cwd: root, runs: 1 }),
      );
    });
    const begun = performance.now();
    await client.query("CREATE TABLE bench.flat AS SELECT * FROM bench.sql_events");
    limit.push((performance.now() - begun) / 1000);
    await client.query("DROP TABLE bench.flat");
  }
  return engines.map((engine, n) => {
    const own = taken[n]!.map((one) => one.seconds);
    const peak = Math.max(...taken[n]!.map(({ peakMb }) => peakMb));
    return {
      what: `${events / 1e6} M events, ${engine === "sql" ? "inside PostgreSQL" : `streamed (peak ${peak.toFixed(0)} MB)`}, whole command`,
      measured: seconds(median(own)),
      yardstick: seconds(median(limit)),
      ratio: `${median(own.map((value, i) => value / limit[i]!)).toFixed(1)} times as long`,
      promised: events < 3_000_000 ? "" : engine === "sql" ? "4" : "5, 250 MB",
    };
  });
}
