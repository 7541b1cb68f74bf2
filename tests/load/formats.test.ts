/** The formats that a file can have, and the ways in which one can be bad. */
import { gzipSync } from "node:zlib";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { s3Server } from "../support/s3.ts";
import { problems } from "../support/warehouse.ts";
import { expectCounts, load, rejectsOf, rowsOf } from "./support.ts";

const many = "max_rejects: 100";
const header = "id,name,amount\n";

test.each([
  [
    "a quote that never closes",
    `${header}1,"a,1\n2,b,2\n`,
    ['data/a.csv:2 - 22P04 a quote that is never closed | 1,"a,1'],
    [2],
  ],
  [
    "a byte order mark before bad rows",
    `\uFEFF${header}x,a,1\n2,b,2\n`,
    ["data/a.csv:2 id 22P02 id is not int | x,a,1"],
    [2],
  ],
  ["a trailer line", `${header}1,a,1\nTOTAL 1\n`, ["data/a.csv:3 - 22P04 1 value where 3 are expected | TOTAL 1"], [1]],
  [
    "a bad row after one with a line break",
    `${header}1,"a\nb",1\nx,c,2\n`,
    ["data/a.csv:4 id 22P02 id is not int | x,c,2"],
    [1],
  ],
  [
    "a header in another order",
    "amount,id,name\nx,1,a\n2,2,b\n",
    ["data/a.csv:2 amount 22P02 amount is not numeric | x,1,a"],
    [2],
  ],
])("CSV: %s", async (_, text, rejects, ids) => {
  const w = await load({ files: { "data/a.csv": text }, more: many });
  const result = await w.publish();
  expect(await rejectsOf(w)).toEqual(rejects);
  expect((await rowsOf(w, "SELECT id FROM lab.t ORDER BY id")).flat()).toEqual(ids);
  await expectCounts(w, result, ids.length, rejects.length);
});

test("CSV: bytes that are not valid in the encoding make one reject, a zero byte too", async () => {
  const w = await load({
    files: { "data/a.csv": Buffer.from(`${header}1,M\xfcller,1\n2,b,2\n3,\0,3\n`, "latin1") },
    more: many,
  });
  await w.publish();
  expect((await rejectsOf(w)).map((line) => line.split(" ").slice(0, 3))).toEqual([
    ["data/a.csv:2", "-", "22021"],
    ["data/a.csv:4", "-", "22021"],
  ]);
  expect(await rowsOf(w, "SELECT raw FROM lab.t_rejects ORDER BY line")).toEqual([["1,M\uFFFDller,1"], ["3,\\x00,3"]]);
  expect(await rowsOf(w)).toEqual([[2, "b", "2"]]);
});

test("CSV: a line of 50 MB is a row like others, and one that is bad is kept cut off", async () => {
  const text = `${header}1,${"y".repeat(50 << 20)},1\nx,${"y".repeat(2 << 20)},2\n3,c,3\n`;
  const w = await load({ files: { "data/a.csv": text }, more: many });
  await w.publish();
  expect(await rowsOf(w, "SELECT id, length(name) FROM lab.t ORDER BY id")).toEqual([
    [1, 50 << 20],
    [3, 1],
  ]);
  expect(await rowsOf(w, "SELECT line::int, length(raw), message FROM lab.t_rejects")).toEqual([
    [3, (1 << 20) + 1, "id is not int (the raw text is cut off after 1,048,576 characters)"],
  ]);
}, 120_000);

test("gzip and zstd, clean and with bad rows", async () => {
  // "id,name,amount\n1,z,1\nx,z,2\n": Node 20 unpacks zstd only with a library, and packs none.
  const zstd = Buffer.from("KLUv/SAb2QAAaWQsbmFtZSxhbW91bnQKMSx6LDEKeCx6LDIK", "base64");
  const w = await load({
    files: {
      "data/a.csv.gz": gzipSync(`${header}3,a,3\n`),
      "data/b.csv.gz": gzipSync(`${header}x,b,3\n4,b,4\n`),
      "data/c.csv.zst": zstd,
    },
    source: 'files: ["data/*.csv.gz", "data/*.csv.zst"]',
    more: many,
  });
  await w.publish();
  expect((await rowsOf(w, "SELECT id FROM lab.t ORDER BY id")).flat()).toEqual([1, 3, 4]);
  expect(await rejectsOf(w)).toEqual([
    "data/b.csv.gz:2 id 22P02 id is not int | x,b,3",
    "data/c.csv.zst:3 id 22P02 id is not int | x,z,2",
  ]);
});

test("JSON lines: keys by name, what is not JSON or not of the type is rejected, unknown keys are told of", async () => {
  const lines = [
    '{"id": 12345678901234567890, "name": "a", "amount": 1.50}',
    '{"id": 2, "name": {"first": "b"}, "extra": true}',
    '{"id": 3, "amount": 1e400000}',
    "not json",
    "",
    '{"id": 4, "name": null, "amount": null}',
  ];
  const columns = "[{name: id, type: numeric}, {name: name, type: text}, {name: amount, type: numeric}]";
  const w = await load({
    files: { "data/a.jsonl": `${lines.join("\n")}\n` },
    source: "file: data/*.jsonl",
    columns,
    more: many,
  });
  const result = await w.publish();
  expect(await rowsOf(w)).toEqual([
    ["2", '{"first": "b"}', null],
    ["4", null, null],
    ["12345678901234567890", "a", "1.50"],
  ]);
  expect((await rejectsOf(w)).map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
    "data/a.jsonl:3 amount 22003",
    "data/a.jsonl:4 - 22P02",
  ]);
  expect(problems(result).join("\n")).toContain("1 key without a column was not loaded");
  await expectCounts(w, result, 3, 2);
});

test("JSON lines: in a column of JSON a string stays a string, and null is NULL", async () => {
  const w = await load({
    files: {
      "data/a.jsonl":
        '{"id": 1, "body": "5"}\n{"id": 2, "body": "a \\"b\\""}\n{"id": 3, "body": null}\n{"id": 4, "body": {"x": 1.10}}\n',
    },
    source: "file: data/*.jsonl",
    columns: "[{name: id, type: int}, {name: body, type: jsonb}]",
  });
  await w.publish();
  expect(await rowsOf(w, "SELECT id, jsonb_typeof(body), body::text FROM lab.t ORDER BY id")).toEqual([
    [1, "string", '"5"'],
    [2, "string", '"a \\"b\\""'],
    [3, null, null],
    [4, "object", '{"x": 1.10}'],
  ]);
});

test("fixed-width: dates, decimals, signs and booleans of their own", async () => {
  const source = `file: data/*.txt
format: fixed_width
fields:
  - {name: id, start: 1, length: 3}
  - {name: day, start: 4, end: 11, date: YYYYMMDD}
  - {name: paid, start: 12, length: 5, decimals: 2, overpunch: true}
  - {name: active, start: 17, length: 1, "true": "Y", "false": ["N", " "]}
  - {name: rest, start: 18}`;
  const columns =
    '[{name: id, type: int}, {name: day, type: date}, {name: amount, type: "numeric(9,2)"}, {name: active, type: boolean}, {name: rest, type: text}]';
  const lines = [
    "001201801020012}Ysome rest",
    "  2201801030125{N",
    "x  201801030125{N",
    "003201802300000AN",
    "004        0125J ",
    "0052018010200125?",
  ];
  const w = await load({
    files: { "data/a.txt": `${lines.join("\r\n")}\r\n` },
    source,
    columns,
    more: `rename: {paid: amount}\n${many}`,
  });
  await expectCounts(w, await w.publish(), 3, 3);
  expect(await rowsOf(w, "SELECT id, day::text, amount, active, rest FROM lab.t ORDER BY id")).toEqual([
    [1, "2018-01-02", "-1.20", true, "some rest"],
    [2, "2018-01-03", "12.50", false, null],
    [4, null, "-12.51", false, null],
  ]);
  expect((await rejectsOf(w)).map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
    "data/a.txt:3 id 22P02",
    "data/a.txt:4 day 22007",
    "data/a.txt:6 active 22P02",
  ]);
});

test("S3: files are found, unpacked and loaded like local ones", async () => {
  const { client } = await s3Server();
  await client.send(new CreateBucketCommand({ Bucket: "landing" }));
  const put = (Key: string, Body: Buffer) => client.send(new PutObjectCommand({ Bucket: "landing", Key, Body }));
  await put("in/a.csv", Buffer.from(`${header}1,a,1\n`));
  await put("in/b.csv.gz", gzipSync(`${header}x,b,2\n2,b,2\n`));
  const w = await load({
    files: {},
    source: 'files: ["s3://landing/in/*"]\nformat: csv',
    more: `mode: append\n${many}`,
  });
  await expectCounts(w, await w.publish(), 2, 1);
  expect(await rejectsOf(w)).toEqual(["s3://landing/in/b.csv.gz:2 id 22P02 id is not int | x,b,2"]);
  expect((await w.publish()).transforms[0]?.counts).toMatchObject({ rows: 0, filesSkipped: 2 });
});
