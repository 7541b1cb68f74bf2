/** replace, append and upsert. */
import { expect, test } from "vitest";
import { lines } from "../support/files.ts";
import { problems } from "../support/warehouse.ts";
import { definition, expectCounts, load, rejectsOf, rowsOf } from "./support.ts";

const csv = (...rows: string[]) => `id,name,amount\n${rows.map((row) => `${row}\n`).join("")}`;
const keyed = "primary_key: [id]";

test("append: each file is loaded once, whatever number of runs", async () => {
  const w = await load({ files: { "data/a.csv": csv("1,a,1") }, more: "mode: append" });
  await w.publish();
  const again = await w.publish();
  expect(again.transforms[0]?.counts).toEqual({ rows: 0, read: 0, rejected: 0, filesSkipped: 1 });
  w.write({ "data/b.csv": csv("2,b,2", "3,c,3") });
  const result = await w.publish();
  expect(result.transforms[0]?.counts).toEqual({ rows: 2, read: 2, rejected: 0, filesSkipped: 1 });
  expect(await rowsOf(w)).toHaveLength(3);
  expect(
    await rowsOf(w, "SELECT output, path, row_count::int, length(checksum) FROM ctf.loaded_file ORDER BY path"),
  ).toEqual([
    ["lab.t", "data/a.csv", 1, 64],
    ["lab.t", "data/b.csv", 2, 64],
  ]);
});

test("append: a file that changed since is told of, and nothing is loaded", async () => {
  const w = await load({ files: { "data/a.csv": csv("1,a,1") }, more: "mode: append" });
  await w.publish();
  w.write({ "data/a.csv": csv("1,a,2"), "data/b.csv": csv("2,b,2") });
  const result = await w.run();
  expect(problems(result)).toEqual([
    expect.stringContaining(
      "p.t CTF834 data/a.csv was loaded into lab.t before, and has other bytes now → Give the new file another name",
    ),
  ]);
  expect(await rowsOf(w)).toEqual([[1, "a", "1"]]);
});

test("append: a row whose key is in the table already is rejected, and rejects are added to", async () => {
  const w = await load({
    files: { "data/a.csv": csv("1,a,1", "1,b,2") },
    output: keyed,
    more: "mode: append\nmax_rejects: 5",
  });
  await expectCounts(w, await w.publish(), 1, 1);
  w.write({ "data/b.csv": csv("1,c,3", "2,d,4", "x,e,5") });
  await expectCounts(w, await w.publish(), 1, 2);
  expect(await rowsOf(w)).toEqual([
    [1, "a", "1"],
    [2, "d", "4"],
  ]);
  expect((await rejectsOf(w)).map((line) => line.replace(/ \|.*/, ""))).toEqual([
    "data/a.csv:3 id 23505 the primary key (id) comes twice",
    "data/b.csv:2 id 23505 the primary key (id) comes twice, or is in the table already",
    "data/b.csv:4 id 22P02 id is not int",
  ]);
});

test("append: columns that PostgreSQL fills in are filled in by the table itself", async () => {
  const columns =
    "[{name: number, type: bigint, identity: always}, {name: id, type: int}, {name: kind, type: text, default: \"'x'\"}]";
  const w = await load({ files: { "data/a.csv": "id\n5\n" }, columns, more: "mode: append" });
  await w.publish();
  w.write({ "data/b.csv": "id\n6\n", "data/c.csv": "id,kind\n7,y\n" });
  await w.publish();
  expect(await rowsOf(w)).toEqual([
    [1, 5, "x"],
    [2, 6, "x"],
    [3, 7, "y"],
  ]);
});

test("append: monitors look at the whole table, and what they stop leaves no trace", async () => {
  const w = await load({
    files: { "data/a.csv": csv("1,a,1") },
    more: "mode: append\nmonitors: [{row_count: {max: 2}}]",
  });
  await w.publish();
  w.write({ "data/b.csv": csv("2,b,2", "3,c,3") });
  expect(problems(await w.run())).toEqual([
    "p.t CTF524 lab.t: 3 rows, more than the 2 of row_count.max; nothing was published → Look at what it reads. If so many rows are right after all, change the limit.",
  ]);
  expect(await rowsOf(w, "SELECT path FROM ctf.loaded_file")).toEqual([["data/a.csv"]]);
  expect(await rowsOf(w)).toHaveLength(1);
});

test("after mode replace, append goes on from the files that it loaded", async () => {
  const w = await load({ files: { "data/a.csv": csv("1,a,1") } });
  await w.publish();
  w.write({ "t.yaml": definition({ more: "mode: append" }), "data/b.csv": csv("2,b,2") });
  const result = await w.publish();
  expect(result.transforms[0]?.counts).toMatchObject({ rows: 1, filesSkipped: 1 });
  expect(await rowsOf(w)).toHaveLength(2);
});

test("after mode upsert, too, even where it loaded an appended file once more", async () => {
  const inMode = (mode: string) => definition({ output: keyed, more: `mode: ${mode}\nmax_rejects: 5` });
  const w = await load({ files: { "data/a.csv": csv("1,a,1"), "t.yaml": inMode("append") } });
  await w.publish();
  w.write({ "t.yaml": inMode("upsert"), "data/a.csv": csv("1,a,2") });
  await w.publish();
  w.write({ "t.yaml": inMode("append"), "data/b.csv": csv("2,b,2") });
  const result = await w.publish();
  expect(result.transforms[0]?.counts).toMatchObject({ rows: 1, rejected: 0, filesSkipped: 1 });
  expect(await rowsOf(w)).toEqual([
    [1, "a", "2"],
    [2, "b", "2"],
  ]);
});

test("append: with nothing new to load, rejects are closed to readers once a column is PHI", async () => {
  const role = `append_reader_${process.pid}`;
  const more = "mode: append\nmax_rejects: 5";
  const output = `grants: {${role}: [select]}`;
  const w = await load({ files: { "data/a.csv": csv("x,a,1") }, output, more, setup: `CREATE ROLE ${role}` });
  const mayRead = `SELECT has_table_privilege('${role}', 'lab.t_rejects', 'select')`;
  try {
    await w.publish();
    expect(await rowsOf(w, mayRead)).toEqual([[true]]);
    const columns = "[{name: id, type: int}, {name: name, type: text, phi: true}, {name: amount, type: numeric}]";
    w.write({ "t.yaml": definition({ columns, output, more }) });
    await w.publish();
    expect(await rowsOf(w, mayRead)).toEqual([[false]]);
    w.write({ "t.yaml": definition({ output, more }) });
    w.write({ "data/b.csv": csv("1,a,1") });
    await w.publish();
    expect(await rowsOf(w, mayRead)).toEqual([[true]]);
  } finally {
    await w.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

test("upsert: new keys are inserted, known ones updated, doubled ones and those without are rejected", async () => {
  const w = await load({
    files: { "data/a.csv": csv("1,a,1", "2,b,2") },
    more: "mode: upsert\nkeys: [name]\nmax_rejects: 5",
  });
  await w.publish();
  w.write({ "data/a.csv": csv("3,c,3", "2,b,5", "9,b,9", "4,,4") });
  const result = await w.publish();
  expect(result.transforms[0]?.counts).toMatchObject({
    inserted: 1,
    updated: 1,
    unchanged: 0,
    deleted: 0,
    read: 4,
    rejected: 2,
  });
  expect(await rowsOf(w)).toEqual([
    [1, "a", "1"],
    [2, "b", "5"],
    [3, "c", "3"],
  ]);
  expect((await rejectsOf(w)).map((line) => line.replace(/ \|.*/, ""))).toEqual([
    "data/a.csv:4 name 23505 the key (name) comes twice",
    "data/a.csv:5 name 23502 name is NULL, and it is declared not null",
  ]);
});

test("upsert: the first run rejects doubled keys too, and leaves no constraint that nobody declared", async () => {
  const w = await load({
    files: { "data/a.csv": csv("1,a,1", "2,a,2", "3,,3") },
    more: "mode: upsert\nkeys: [name]\nmax_rejects: 5",
  });
  await expectCounts(w, await w.publish(), 1, 2);
  expect(await rowsOf(w, "SELECT conname FROM pg_constraint WHERE conrelid = 'lab.t'::regclass")).toEqual([]);
  expect(
    await rowsOf(
      w,
      "SELECT attname FROM pg_attribute WHERE attrelid = 'lab.t'::regclass AND attnum > 0 AND attnotnull",
    ),
  ).toEqual([]);
});

test("publish: rows changes only what differs", async () => {
  const w = await load({ files: { "data/a.csv": csv("1,a,1", "2,b,2") }, output: keyed, more: "publish: rows" });
  await w.publish();
  w.write({ "data/a.csv": csv("1,a,1", "3,c,3") });
  const result = await w.publish();
  expect(result.transforms[0]?.counts).toEqual({
    rows: 2,
    inserted: 1,
    updated: 0,
    unchanged: 1,
    deleted: 1,
    read: 2,
    rejected: 0,
  });
});

test("what the path says becomes columns: the period from the name, the kind of delivery from a pattern", async () => {
  const columns =
    "[{name: id, type: int}, {name: period, type: date}, {name: kind, type: text, default: \"'none'\"}, {name: n, type: int, default: 7}]";
  const more = `max_rejects: 9\nclassify:\n  - {match: 'full_(?<period>\\d{8})', set: {kind: full}}\n  - {match: 'new_(?<period>\\d{8})?', set: {kind: "it's new"}}`;
  const w = await load({
    files: { "data/full_20180101.csv": "id\n1\n", "data/new_20180201.csv": "id\n2\nx\n", "data/new_.csv": "id\n3\n" },
    columns,
    output: "constraints: [{name: known, check: \"kind <> 'never'\"}]",
    more,
  });
  await w.publish();
  expect(await rowsOf(w, "SELECT id, period::text, kind, n FROM lab.t ORDER BY id")).toEqual([
    [1, "2018-01-01", "full", 7],
    [2, "2018-02-01", "it's new", 7],
    [3, null, "it's new", 7],
  ]);
  expect(await rejectsOf(w)).toEqual(["data/new_20180201.csv:3 id 22P02 id is not int | x"]);
  expect(await rowsOf(w, "INSERT INTO lab.t (id) VALUES (4) RETURNING period, kind")).toEqual([[null, "none"]]);
});

test("a file that no pattern matches, and a path that says no date", async () => {
  const columns = "[{name: id, type: int}, {name: period, type: date}]";
  const more = "classify: [{match: 'a_(?<period>\\w+)'}]";
  const w = await load({
    files: { "data/a_1.csv": "id\n", "data/b.csv": "id\n", "data/c.csv": "id\n" },
    columns,
    more,
  });
  const told = async () => lines((await w.run()).transforms.flatMap(({ diagnostics }) => diagnostics));
  expect(await told()).toEqual([
    "pipelines/p/t.yaml:1:1 CTF833 2 files match none of classify's patterns: data/b.csv, data/c.csv → Add a pattern that matches, or narrow the source.",
  ]);
  w.write({ "sources/files.yaml": "sources: [{name: files, file: data/a_*.csv}]\n" });
  expect(await told()).toEqual([
    "pipelines/p/t.yaml:1:1 CTF836 data/a_1.csv: what classify takes from the path for period is not date",
  ]);
});

test("cancelled in the middle: nothing is half-done, no reject is kept, and the next run loads all", async () => {
  const rows = Array.from({ length: 400_000 }, (_, n) => `${n === 3 ? "x" : n},a,1\n`).join("");
  const w = await load({ files: { "data/a.csv": `${csv()}${rows}` }, more: "max_rejects: 1" });
  const interrupt = new AbortController();
  const going = await w.start({ interrupt: interrupt.signal, kill: interrupt.signal });
  await going.saw(({ type }) => type === "progress");
  interrupt.abort();
  expect((await going.result).status).toBe("interrupted");
  expect(
    await rowsOf(w, "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'lab'"),
  ).toEqual([]);
  await expectCounts(w, await w.publish(), 399_999, 1);
}, 60_000);
