/** CSV and TSV: what COPY reads, found by the header's names. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { lines, type Files } from "../support/files.ts";
import { testMajors } from "../support/servers.ts";
import { warehouse, type Warehouse } from "../support/warehouse.ts";

const yaml = (
  more = "",
  columns = "[{name: id, type: int}, {name: name, type: text}, {name: amount, type: numeric}]",
) => `kind: load\ninputs: [{source: files}]\noutput:\n  table: lab.t\n  columns: ${columns}\n${more}`;
const source = (more: string) => `sources:\n  - name: files\n    ${more.split("\n").join("\n    ")}\n`;
const CSV = source('file: "data/*.csv"');

const loaded = (files: Files, sources = CSV, definition = yaml()): Promise<Warehouse> =>
  warehouse(18, { "t.yaml": definition, "sources/files.yaml": sources, ...files }, "CREATE SCHEMA lab");
const rows = async (w: Warehouse) => {
  await w.publish();
  return (await w.rows("SELECT * FROM lab.t ORDER BY id")).map((row) => Object.values(row));
};
const told = async (w: Warehouse) => {
  const result = await w.run();
  expect(await w.value("SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^ctf_'")).toBe(0);
  return lines(result.transforms.flatMap(({ diagnostics }) => diagnostics));
};

// Up to 17, COPY stops at such a line and says nothing of what follows it.
test.each(testMajors)("a line that is only \\. ends nothing, on PostgreSQL %i", async (major) => {
  const files = { "data/a.csv": "id,name,amount\n1,a,1\n\\.\n2,b,2\n", "sources/files.yaml": CSV };
  const w = await warehouse(major, { "t.yaml": yaml("max_rejects: 1\n"), ...files }, "CREATE SCHEMA lab");
  expect((await w.run()).transforms[0]?.counts).toEqual({ rows: 2, read: 3, rejected: 1 });
  expect(await w.rows("SELECT line::int, reason, raw FROM lab.t_rejects")).toEqual([
    { line: 3, reason: "22P04", raw: "\\." },
  ]);
});

test("several files make one table: globs, gzip, headers in another order and case", async () => {
  const files = {
    "data/a.csv": "id,name,amount\n1,a,1.5\n",
    "data/b.csv.gz": gzipSync("amount,ID, name\n2.5,2,b\n"),
    "data/more/c.csv": 'name,"amount",id\nc,,3\n',
    "data/notes.txt": "not this one",
  };
  const w = await loaded(files, source('files: ["data/**/*.csv", "data/*.csv.gz", "data/a.csv"]\nformat: csv'));
  expect(await rows(w)).toEqual([
    [1, "a", "1.5"],
    [2, "b", "2.5"],
    [3, "c", null],
  ]);
});

test("a folder from an environment variable, and headers with other names", async () => {
  const definition = yaml('rename: {"Member ID": id, Größe: amount}\n');
  const w = await loaded(
    { "elsewhere/a.csv": "Member ID,name,Größe\n1,a,2\n" },
    source('file: "${LANDING}/*.csv"'),
    definition,
  );
  expect(await told(w)).toEqual([
    expect.stringContaining("CTF802 source files: environment variable LANDING is not set"),
  ]);
  const result = await w.publish({ env: { LANDING: join(w.root, "elsewhere") } });
  expect(result.transforms[0]?.counts).toEqual({ rows: 1, read: 1, rejected: 0 });
});

test("NULL, quotes, line breaks in fields, CRLF and a byte order mark", async () => {
  const csv = '\uFEFFid,name,amount\r\n1,"a ""quoted"", and\r\na second line",1\r\n2,,\r\n3,"",3\r\n';
  expect(await rows(await loaded({ "data/a.csv": csv }))).toEqual([
    [1, 'a "quoted", and\r\na second line', "1"],
    [2, null, null],
    [3, "", "3"],
  ]);
  const other = source(`file: data/a.csv\ndelimiter: ";"\nquote: "'"\nescape: "\\\\"\nnull: NA`);
  expect(
    await rows(
      await loaded({ "data/a.csv": "id;name;amount\n1;'it\\'s; so';NA\n2;'NA';\n".replace(";\n", ";0\n") }, other),
    ),
  ).toEqual([
    [1, "it's; so", null],
    [2, "NA", "0"],
  ]);
});

test("TSV, no header, Latin-1", async () => {
  const sources = source("file: data/a.tsv\nheader: false\nencoding: LATIN1");
  const w = await loaded({ "data/a.tsv": Buffer.from('1\tMüller, "Jr"\t2\n', "latin1") }, sources);
  expect(await rows(w)).toEqual([[1, "Müller, Jr", "2"]]);
  const header = source("file: data/b.csv\nencoding: LATIN1");
  const named = yaml("rename: {Größe: amount}\n");
  expect(
    await rows(await loaded({ "data/b.csv": Buffer.from("id,name,Größe\n1,ß,2\n", "latin1") }, header, named)),
  ).toEqual([[1, "ß", "2"]]);
});

test("a column that PostgreSQL fills in may be missing, or be there", async () => {
  const columns =
    "[{name: number, type: bigint, identity: always}, {name: id, type: int}, {name: kind, type: text, default: \"'x'\"}]";
  const w = await loaded({ "data/a.csv": "id\n5\n" }, CSV, yaml("", columns));
  expect(await rows(w)).toEqual([[1, 5, "x"]]);
  w.write({ "data/a.csv": "kind,id\ny,5\n" });
  expect(await rows(w)).toEqual([[1, 5, "y"]]);
});

test("an empty file, a header that does not fit, a row in its place: all told by place, without a word of the file", async () => {
  const at = async (text: string) =>
    (await told(await loaded({ "data/a.csv": text }))).map((line) => line.replace(/ → .*/, ""));
  const fits = "data/a.csv:1:1 CTF806 data/a.csv: the header does not fit lab.t:";
  expect(await at("")).toEqual([`${fits} the file is empty, without even a header`]);
  expect(await at("id,name\n1,a\n")).toEqual([`${fits} amount is missing`]);
  expect(await at("id,name,amount,ssn\n")).toEqual([`${fits} its column 4 is none of the output's`]);
  expect(await at("id,name,amount,Name\n")).toEqual([`${fits} name comes twice`]);
  expect(await at("1,Smith,3\n")).toEqual([
    `${fits} its column 1 is none of the output's; its column 2 is none of the output's; its column 3 is none of the output's; id is missing; name is missing; amount is missing`,
  ]);
});

test("a header without rows is an empty table", async () => {
  expect(await rows(await loaded({ "data/a.csv": "id,name,amount" }))).toEqual([]);
});

test("a gzip file that ends too early or is none, and what matches nothing", async () => {
  const sources = source("file: data/a.csv.gz");
  const bytes = gzipSync(`id,name,amount\n${"1,a,1\n".repeat(200_000)}`);
  const at = async (content: Uint8Array) => told(await loaded({ "data/a.csv.gz": content }, sources));
  const unreadable = "data/a.csv.gz CTF803 data/a.csv.gz can't be read:";
  expect(await at(bytes.subarray(0, bytes.length - 100))).toEqual([
    `${unreadable} the gzip data end too early → Nothing was loaded.`,
  ]);
  expect(await at(Buffer.from("id,name,amount\n1,a,1\n"))).toEqual([
    `${unreadable} it is not gzip, or damaged → Nothing was loaded.`,
  ]);
  expect(await told(await loaded({}, sources))).toEqual([
    "pipelines/p/t.yaml:1:1 CTF801 source files: no file matches data/a.csv.gz (from the project's root)",
  ]);
});

test("files that have vanished since leave the table as it was", async () => {
  const w = await loaded({ "data/a.csv": "id,name,amount\n1,a,1\n" });
  expect(await rows(w)).toEqual([[1, "a", "1"]]);
  rmSync(join(w.root, "data"), { recursive: true });
  expect(await told(w)).toEqual([expect.stringContaining("CTF801")]);
  expect(await w.rows("SELECT id FROM lab.t")).toEqual([{ id: 1 }]);
});
