/**
 * Makes a project of N transforms to measure with: pipelines of 50, SELECTs of 15 lines, 8 described columns, 1 to 3 inputs.
 * The same N gives the same files. `node bench/generate_project.ts 10000 FOLDER`
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const PIPELINE_SIZE = 50;

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

interface Place {
  readonly pipeline: string;
  readonly name: string;
  readonly table: string;
}

export function* generateProject(transforms: number): Generator<GeneratedFile> {
  yield { path: "ctf.yaml", text: "ctf: 1\nproject: generated\n" };
  yield {
    path: "sources/raw.yaml",
    text: `sources:\n  - name: events\n    table: raw.events\n    description: What happened.\n    columns: [{name: id, type: bigint}, {name: happened_on, type: date}]\n`,
  };
  const random = randomNumbers(transforms);
  for (let i = 0; i < transforms; i++) {
    const place = placeOf(i);
    if (i % PIPELINE_SIZE === 0) {
      yield {
        path: `pipelines/${place.pipeline}/pipeline.yaml`,
        text: `description: Pipeline number ${i / PIPELINE_SIZE + 1}.\nowners: [team-${(i / PIPELINE_SIZE) % 7}@clover.example]\nschedule: "0 ${(i / PIPELINE_SIZE) % 24} * * *"\ndefaults: {retries: 1, timeout: 2h}\n`,
      };
    }
    const inputs = inputsOf(i, random);
    const path = `pipelines/${place.pipeline}/${place.name}`;
    yield { path: `${path}.yaml`, text: definition(place, inputs) };
    yield { path: `${path}.sql`, text: select(inputs) };
  }
}

const number = (n: number): string => String(n).padStart(5, "0");

export function placeOf(index: number): Place {
  const pipeline = `pipeline_${number(Math.floor(index / PIPELINE_SIZE))}`;
  const name = `transform_${number(index)}`;
  return { pipeline, name, table: `${pipeline}.${name}` };
}

/** Transforms before it: mostly near ones, sometimes of the pipeline before. None: it reads the source. */
function inputsOf(index: number, random: () => number): readonly Place[] {
  const wanted = 1 + Math.floor(random() * 3);
  const chosen = new Set<number>();
  for (let i = 0; i < wanted; i++) {
    const back = 1 + Math.floor(random() * (random() < 0.1 ? 80 : 20));
    if (index - back >= 0) chosen.add(index - back);
  }
  return [...chosen].sort((a, b) => a - b).map(placeOf);
}

/** Of every generated table: name, type, description. */
export const COLUMNS = [
  ["id", "bigint", "Its number, the same in all tables"],
  ["happened_on", "date", "The day on which it happened"],
  ["member_id", "bigint", "The member whom it is about"],
  ["amount", "numeric(12,2)", "What was paid for it, in dollars"],
  ["status", "text", "Where it stands now"],
  ["code", "varchar(10)", "What kind of event it was, by its code"],
  ["updated_at", "timestamptz", "When it last changed"],
  ["is_final", "boolean", "Whether it will change no more"],
] as const;

function definition(place: Place, inputs: readonly Place[]): string {
  const reads = inputs.map((input) =>
    input.pipeline === place.pipeline
      ? `  - transform: ${input.name}\n`
      : `  - pipeline: ${input.pipeline}\n    transform: ${input.name}\n`,
  );
  const columns = COLUMNS.map(
    ([name, type, description], i) =>
      `    - name: ${name}\n      type: ${type}\n      description: ${description}\n${i === 2 ? "      phi: true\n" : ""}`,
  );
  return `kind: create_table_as
description: Events of ${place.name}, with what is known of them so far.
inputs:
${reads.length > 0 ? reads.join("") : "  - source: events\n"}output:
  table: ${place.table}
  columns:
${columns.join("")}  primary_key: [id]
  indexes:
    - {columns: [happened_on]}
monitors:
  - {row_count: {min: 1}}
`;
}

/** Fifteen lines. */
function select(inputs: readonly Place[]): string {
  const [first, ...others] = inputs;
  const joins = [0, 1].map((i) => {
    const other = others[i];
    return other ? `LEFT JOIN ${other.table} AS o${i} ON o${i}.id = e.id` : `-- input ${i + 2} is not needed here`;
  });
  const value = (column: string, otherwise: string) => (first ? `e.${column}` : otherwise);
  return `-- What is known of each event, from all that was read before.
SELECT
  e.id,
  e.happened_on,
  ${value("member_id", "e.id % 1000 AS member_id")},
  ${value("amount", "1.5::numeric(12,2) AS amount")},
  ${value("status", "'new' AS status")},
  ${value("code", "'A01'::varchar(10) AS code")},
  ${value("updated_at", "now() AS updated_at")},
  ${value("is_final", "false AS is_final")}
FROM ${first?.table ?? "raw.events"} AS e
${joins.join("\n")}
WHERE e.happened_on >= date '2018-01-01'
  AND e.id IS NOT NULL
`;
}

/** Numbers between 0 and 1 that are the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function writeProject(root: string, transforms: number): void {
  const made = new Set<string>();
  for (const { path, text } of generateProject(transforms)) {
    const file = join(root, path);
    const folder = join(file, "..");
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    writeFileSync(file, text);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [, , transforms, root] = process.argv;
  if (!Number(transforms) || root === undefined) {
    process.stderr.write("usage: generate_project TRANSFORMS FOLDER\n");
    process.exit(2);
  }
  writeProject(root, Number(transforms));
}
