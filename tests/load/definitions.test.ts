/** What `ctf check` says of a load and of its source. */
import { expect, test } from "vitest";
import { check, lines } from "../support/files.ts";
import { definition } from "./support.ts";

const source = (keys: string) => `sources:\n  - name: files\n    ${keys.split("\n").join("\n    ")}\n`;
const told = async (sources: string, more = "", output = "", columns?: string) => {
  const { diagnostics } = await check({
    "sources/files.yaml": source(sources),
    "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
    "pipelines/p/t.yaml": `description: T\n${definition({ more, output, ...(columns ? { columns } : {}) })}`,
  });
  return lines(diagnostics).map((line) => line.replace(/^\S*\/(\w+\.yaml):/, "$1:"));
};

const fixed = (...fields: string[]) =>
  `file: a.txt\nformat: fixed_width\nfields:\n${fields.map((f) => `  - {${f}}`).join("\n")}`;
const three = ["name: id, start: 1, length: 3", "name: name, start: 4, end: 8", "name: amount, start: 9"];

test.each([
  ["CSV by its ending, packed", "file: a.csv.zst"],
  ["JSON lines by their ending", "file: a.ndjson.gz"],
  ["Parquet", "file: s3://bucket/a.parquet"],
  ["fixed-width", fixed(...three)],
])("nothing against %s", async (_, sources) => {
  expect(await told(sources)).toEqual([]);
});

test.each([
  [
    "an ending that says nothing",
    "file: a.txt",
    /files.yaml:3:11 CTF104 the ending of a.txt does not say what the file is → Add "format:", one of csv/,
  ],
  [
    "keys of another format",
    "file: a.jsonl\ndelimiter: ;",
    /files.yaml:4:5 CTF\d+ "delimiter" says nothing about files in json_lines → Remove it/,
  ],
  [
    "fixed-width without fields",
    "file: a.txt\nformat: fixed_width",
    /files.yaml:4:13 CTF104 a fixed_width file needs to be told where its columns stand/,
  ],
  [
    "fields over each other",
    fixed(three[0]!, "name: name, start: 3, length: 5", three[2]!),
    /files.yaml:7:\d+ CTF104 field "name" begins at 3, inside "id", which goes from 1 to 3/,
  ],
  [
    "a field that no column takes",
    fixed(...three, "name: other, start: 5000, length: 1"),
    /CTF104 field "other" begins at 5000, inside "amount".*/,
  ],
  [
    "both length and end",
    fixed("name: id, start: 1, length: 3, end: 3", three[1]!, three[2]!),
    /CTF\d+ field "id" has both "length" and "end"/,
  ],
  [
    "a date format of nothing",
    fixed("name: id, start: 1, length: 3, date: DMY", three[1]!, three[2]!),
    /CTF104 "date" must be made of YYYY/,
  ],
  [
    "true without false",
    fixed("name: id, start: 1, length: 3, 'true': Y", three[1]!, three[2]!),
    /says what stands for true, but not for false → Add "false:"/,
  ],
  [
    "a column that no field gives",
    fixed(three[0]!, three[1]!),
    /t.yaml:\d+:\d+ CTF121 column "amount" is no field of source "files"/,
  ],
  [
    "a format that only python reads",
    "file: a.x12\nformat: raw",
    /t.yaml:\d+:\d+ CTF122 source "files" is of format raw, which only a python transform reads/,
  ],
])("a source with %s", async (_, sources, message) => {
  expect(await told(sources)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
});

test.each([
  ["keys without upsert", "keys: [id]", "", /CTF\d+ "keys" belongs to mode upsert → Write "mode: upsert"/],
  [
    "publish with append",
    "mode: append\npublish: rows",
    "primary_key: [id]",
    /"publish" belongs to mode replace: append changes/,
  ],
  ["publish: rows without a key", "publish: rows", "", /CTF120 "publish: rows" needs a primary_key/],
  ["upsert without a key", "mode: upsert", "", /CTF120 an upsert needs keys to match rows by/],
  [
    "upsert by no column",
    "mode: upsert\nkeys: [idd]",
    "",
    /CTF121 "idd" is not a column of the output → Did you mean id/,
  ],
  ["max_rejects of nothing", "max_rejects: some", "", /CTF10\d "max_rejects" must be/],
  ["more than all", "max_rejects: 200%", "", /CTF10\d "max_rejects" must be/],
  [
    "an invalid pattern",
    "classify: [{match: '(?<a'}]",
    "",
    /t.yaml:\d+:\d+ CTF104 "match" is not a valid regular expression/,
  ],
  [
    "a group that is no column",
    "classify: [{match: '(?<periode>x)'}]",
    "",
    /CTF121 "periode" is not a column of the output/,
  ],
  [
    "a value from two places",
    "classify: [{match: '(?<id>1)', set: {id: 2}}]",
    "",
    /"id" comes from a group of "match" and from "set"/,
  ],
])("a load with %s", async (_, more, output, message) => {
  expect(await told("file: a.csv", more, output)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
});
