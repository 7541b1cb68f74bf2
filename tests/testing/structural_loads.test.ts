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

const PASSED = {
  empty_file: "passed",
  whole_rows: "passed",
  unusual_values: "passed",
  broken_rows: "passed",
  same_file_twice: "passed",
  file_order: "passed",
};

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
        The smallest rows that show it, as a test for pipelines/p/t.test.yaml:
          - name: it loads every row that its output allows
            given:
              t_file:
                file: "rows"
                rows:
                  - {id: 4, name: delta grove, born: 1972-04-30, paid: 541.04, tags: "{\\"delta amber\\"}"}
            expect: []  # what should come out

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

  test("packed files are made up packed", async () => {
    const classify = `classify:
  - {match: '(?<name>[a-z]{3,8})_(?<born>\\d{8})\\.csv\\.zst$'}
`;
    const found = await verdicts(world, load("packed", "format: csv, header: true, encoding: LATIN1", classify));
    expect(found).toEqual({ "p.packed": PASSED });
  });

  test("so are those that a test writes as rows or as text", async () => {
    const said = await world.said({
      ...load("packed", "format: csv, header: true"),
      "packed.test.yaml": `tests:
  - name: rows
    given: {packed_file: {file: a.csv.zst, rows: [{id: 1, name: "a,b"}]}}
    expect: [{id: 1, name: "a,b"}]
  - name: text
    given: {packed_file: [{file: a.csv.gz, text: "id,name,born,paid,tags\\n1,x,,,\\n"}, {file: b.CSV.ZST, text: "id,name,born,paid,tags\\n2,y,,,\\n"}]}
    expect: [{id: 1, name: x}, {id: 2, name: y}]
`,
    });
    expect(said).toBe("✓ p.packed: rows\n✓ p.packed: text\n2 tests: 2 passed, in … s.");
  });

  test("texts that the format makes something of are what the table holds", async () => {
    const found = await verdicts(world, {
      ...load("tabs", 'format: csv, header: true, delimiter: "\\t", "null": "\\\\N"'),
      ...load("odd", 'format: csv, header: false, delimiter: ";", quote: "\'", escape: "\\\\", encoding: WIN1252'),
    });
    expect(found).toEqual({ "p.tabs": PASSED, "p.odd": PASSED });
  });

  test("a load whose source can't be read is told of once, and keeps no other from its tests", async () => {
    world.files({ ...load("broken", 'format: csv, quote: ""'), ...load("t", "format: csv, header: true") });
    const { stdout, stderr } = await world.ctfTest();
    expect(stdout).toMatch(/^Structural tests of 1 transform: 1 passed/m);
    expect(stderr.match(/CTF\d+/g)).toEqual(["CTF104"]);
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
