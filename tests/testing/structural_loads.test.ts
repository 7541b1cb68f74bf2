/** Structural tests of loads: files that are made up in the declared format, with broken rows among them. */
import { expect, test } from "vitest";
import type { StructuralVerdict } from "../../src/testing/structural/types.ts";
import type { Files } from "../support/files.ts";
import { inWorld, type World } from "./world.ts";

const COLUMNS = `
    - {name: id, type: bigint, not_null: true}
    - {name: name, type: text, not_null: true}
    - {name: born, type: date}
    - {name: paid, type: "numeric(8,2)"}
    - {name: tags, type: "text[]"}
    - {name: loaded_at, type: timestamptz, default: clock_timestamp()}
  primary_key: [id]
`;

/** A source and a load of it, by the name of its table. */
const load = (name: string, source: string, definition = "", more = ""): Files => ({
  [`sources/${name}.yaml`]: `sources:\n  - {name: ${name}_file, file: "data/${name}.*", ${source}}\n`,
  [`${name}.yaml`]: `kind: load\ninputs: [{source: ${name}_file}]\n${definition}output:\n  table: p.${name}\n  columns:${COLUMNS}${more}`,
});

async function verdicts(world: World, files: Files): Promise<Readonly<Record<string, StructuralVerdict["statuses"]>>> {
  world.files(files);
  const { stdout } = await world.ctfTest("--structural", "--format", "json");
  const { structural } = JSON.parse(stdout) as {
    readonly structural: readonly { readonly of: string; readonly checks: StructuralVerdict["statuses"] }[];
  };
  return Object.fromEntries(structural.map(({ of, checks }) => [of, checks]));
}

const PASSED = { empty_file: "passed", whole_rows: "passed", broken_rows: "passed", same_file_twice: "passed" };

inWorld(18, (world) => {
  test("whatever the format and the mode, no row is lost and none comes twice", async () => {
    const found = await verdicts(world, {
      ...load("pipes", 'format: csv, header: false, delimiter: "|", "null": "NULL", escape: "\\\\"'),
      ...load("lines", "format: json_lines"),
      ...load("renamed", "format: csv, header: true", "rename: {Member No: id}\n"),
      ...load("added", "format: csv, header: true", "mode: append\n"),
      ...load("merged", "format: csv, header: true", "mode: upsert\n"),
    });
    expect(found).toEqual({
      "p.pipes": PASSED,
      "p.lines": PASSED,
      "p.renamed": PASSED,
      "p.added": PASSED,
      "p.merged": PASSED,
    });
  });

  test("what a definition makes impossible is found, in the words of a run", async () => {
    world.files(
      load(
        "t",
        "format: csv, header: true",
        "",
        "  constraints: [{name: odd, check: \"loaded_at < date '2000-01-01'\"}]\n",
      ),
    );
    const { stdout, code } = await world.ctfTest("--structural");
    expect(code).toBe(1);
    expect(stdout.replace(/, in .*/, "")).toMatchInlineSnapshot(`
      "✗ p.t: it loads every row that its output allows
        pipelines/p/t.yaml CTF870 on generated rows: 4 of 4 rows could not be loaded into p.t: 4 × breaks the constraint odd: CHECK (loaded_at < date '2000-01-01') (23514), first at rows:2. max_rejects is 0, so nothing was published

      Structural tests of 1 transform: 1 failed, 0 passed
      "
    `);
  });

  test("fixed-width and Parquet", async () => {
    const fields =
      "fields: [{name: id, start: 1, length: 6}, {name: name, start: 7, length: 12}, {name: born, start: 19, length: 8, date: YYYYMMDD}, {name: paid, start: 27, length: 9, decimals: 2}, {name: tags, start: 36}]";
    const found = await verdicts(world, {
      ...load("fixed", `format: fixed_width, ${fields}`),
      ...load("columnar", "format: parquet"),
    });
    expect(found).toEqual({ "p.fixed": PASSED, "p.columnar": PASSED });
  });

  test("files whose names say something get such names", async () => {
    const classify = `classify:
  - {match: '^full_(?<born>\\d{8})\\.csv$', set: {name: full}}
  - {match: 'part-(?<name>[a-z]+)-(?<born>\\d{4}-\\d{2}-\\d{2})\\.csv\\.gz$'}
  - {match: 'none/(?=a)b'}
`;
    const found = await verdicts(world, load("named", "format: csv, header: true", classify));
    expect(found).toEqual({ "p.named": PASSED });
  });

  test("they are among the tests of a plain `ctf test`", async () => {
    world.files({
      ...load("t", "format: csv, header: true"),
      "v.yaml": "kind: create_table_as\noutput: {table: p.v, columns: [{name: id, type: integer}]}\n",
      "v.sql": "SELECT 1 AS id",
    });
    expect((await world.ctfTest()).stdout).toMatch(/^Structural tests of 2 transforms: 2 passed/m);
  });
});
