/** Documents in files: a line that is none, or has what no column takes, is a reject; the others become rows. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { problems } from "../support/warehouse.ts";
import { definition, expectCounts, flatten } from "./support.ts";

const form = { slug: "f", children: [{ slug: "a", answerType: "text" }] };
const columns = { id: "int", at: "timestamptz", code: "varchar(3)", schema_path: "text", value: "text" };
const keys = "key: id, schema_key: form, carry: {when: at, code: code}";
const yaml = definition({ columns, documentKeys: keys })
  .replace("from: clinic.form_responses", "from: lines")
  .replace("source: responses", "source: lines");
const line = (id: unknown, more: object = {}) => JSON.stringify({ id, form: "f", responses: { a: "x" }, ...more });

const read = async (bytes: Buffer | string, { major = 18 as (typeof testMajors)[number], name = "in.ndjson" } = {}) => {
  const w = await flatten({ major, schemas: { f: form }, documents: [], files: { "t.yaml": yaml } });
  w.write({
    "sources/lines.yaml": `sources:\n  - {name: lines, file: data/${name}, format: json_lines}\n`,
    [`data/${name}`]: bytes,
  });
  const result = await w.run();
  const rejects = async () =>
    (await w.rows("SELECT line::int, document, reason FROM dwh.response_events_rejects ORDER BY line")).map((row) =>
      Object.values(row).join(" "),
    );
  return { result, rejects, ids: async () => (await w.rows("SELECT id FROM dwh.response_events")).map(({ id }) => id) };
};

for (const major of testMajors) {
  test(`PostgreSQL ${major}: what goes along and does not fit its column is a reject of its line`, async () => {
    const { result, rejects, ids } = await read(
      [
        line(1, { when: "2018-01-02T10:00:00Z", code: "abc" }),
        line("Smith"),
        line(2, { when: "yesterday, I think" }),
        line(3, { when: "2018-02-30" }),
        line(4, { code: "abcd" }),
        line({ id: 5 }),
        line(99999999999),
        line(6, { when: "today", code: null }),
        line("7"),
      ].join("\n"),
      { major },
    );
    expectCounts(result, { read: 9, rows: 3, rejected: 6, ignored: 0 });
    expect(await ids()).toEqual([1, 6, 7]);
    expect(await rejects()).toEqual([
      "2 Smith carried_misfit",
      "3 2 carried_misfit",
      "4 3 carried_misfit",
      "5 4 carried_misfit",
      '6 {"id": 5} carried_misfit',
      "7 99999999999 carried_misfit",
    ]);
  });
}

test.each<readonly [what: string, bytes: Buffer | string, ids: readonly number[], rejects: readonly string[]]>([
  ["nothing", "", [], []],
  ["a mark at the beginning", `\uFEFF${line(1)}\n`, [1], []],
  ["line ends of Windows, and empty lines", `${line(1)}\r\n\r\n  \n${line(2)}\r\n`, [1, 2], []],
  ["no line end", line(1), [1], []],
  [
    "what is no object",
    `[1]\n"x"\nnull\n${line(1)}`,
    [1],
    ["1  not_an_object", "2  not_an_object", "3  not_an_object"],
  ],
  ["no key, no document", '{"responses": {}}\n{"id": 1}', [], ["1  no_key", "2 1 no_document"]],
  ["a key twice", `{"id": 1, ${line(2).slice(1)}`, [], ["1  repeated_slug"]],
  ["zero bytes", `\0\n${line(1)}\n`, [1], ["1  malformed"]],
  [
    "an encoding that is not UTF-8",
    Buffer.concat([Buffer.from(`${line(1)}\n{"id": "`), Buffer.from([0xe9]), Buffer.from('"}')]),
    [1],
    ["2  malformed"],
  ],
])("%s", async (_, bytes, ids, rejects) => {
  const found = await read(bytes);
  expect(await found.ids()).toEqual(ids);
  expect(await found.rejects()).toEqual(rejects);
});

test("a packed file that was cut off is none", async () => {
  const { result } = await read(gzipSync(line(1)).subarray(0, 30), { name: "in.ndjson.gz" });
  expect(problems(result)).toEqual([
    "p.t CTF803 data/in.ndjson.gz can't be read: the gzip data end too early → Nothing was loaded.",
  ]);
});
