/** Flatten beside all that other transforms can do: files on S3, publishing by rows, resuming, environments, isolation. */
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { TARGETS } from "../environments/kinds.ts";
import { world } from "../environments/world.ts";
import { isolated } from "../isolation/world.ts";
import { connect } from "../support/database.ts";
import { s3Server } from "../support/s3.ts";
import { warehouse } from "../support/warehouse.ts";
import { definition, eventsOf, flatten, rejectsOf, submit } from "./support.ts";

const form = {
  slug: "f",
  children: [
    { slug: "a", answerType: "text" },
    { slug: "n", answerType: "number" },
  ],
};
const COLUMNS = { submission_id: "bigint", schema_path: "text", item_index: "integer[]", value: "text" };
const KEY = "primary_key: [submission_id, schema_path, item_index]";

test("S3: each line is a document, packed or not", async () => {
  const { client } = await s3Server();
  await client.send(new CreateBucketCommand({ Bucket: "forms" }));
  const put = (Key: string, Body: Buffer) => client.send(new PutObjectCommand({ Bucket: "forms", Key, Body }));
  await put("in/a.ndjson", Buffer.from('{"id": 1, "answers": {"a": "x", "n": 2}}\n{"id": 2, "answers"\n'));
  await put("in/b.ndjson.gz", gzipSync('{"id": 3, "answers": {"a": ["y", "z"]}}\n'));
  const w = await warehouse(
    18,
    {
      "t.yaml": definition({ columns: COLUMNS, schema: "{paths: [{path: a}, {path: n, type: number}]}" })
        .replace("clinic.form_responses, column: responses", "files, column: answers")
        .replace("schema_key: form_id, ", "")
        .replace("{source: responses}, {source: schemas}", "{source: files}"),
      "sources/forms.yaml": 'sources:\n  - {name: files, files: ["s3://forms/in/*"], format: json_lines}\n',
    },
    "CREATE SCHEMA dwh",
  );
  await w.publish();
  expect(
    (await w.rows("SELECT * FROM dwh.response_events ORDER BY 1, 2, 3")).map((row) => Object.values(row).flat()),
  ).toEqual([
    [1, "a", "x"],
    [1, "n", "2"],
    [3, "a", 1, "y"],
    [3, "a", 2, "z"],
  ]);
  expect(await w.rows("SELECT file, line::int, reason FROM dwh.response_events_rejects")).toEqual([
    { file: "s3://forms/in/a.ndjson", line: 2, reason: "malformed" },
  ]);
});

test("publish: rows keeps the table; what a writer held up, --resume merges with its rejects", async () => {
  const w = await flatten({
    schemas: { f: form },
    documents: [["f", { a: "x", n: 1 }]],
    top: "publish: rows\npublish_wait: 300ms",
    output: KEY,
  });
  await w.publish();
  const table = await w.value("SELECT 'dwh.response_events'::regclass::oid");
  await submit(w, [["f", { a: "y", n: "many" }]]);
  const writer = await connect(w.url);
  await writer.query("BEGIN; LOCK TABLE dwh.response_events IN SHARE ROW EXCLUSIVE MODE");
  expect((await w.run()).status).toBe("failed");
  expect(await rejectsOf(w)).toEqual([]);
  await writer.query("ROLLBACK");
  await w.publish({ resume: true });
  expect(await eventsOf(w)).toEqual(["1 a = x (text)", "1 n = 1 (number)", "2 a = y (text)"]);
  expect(await rejectsOf(w)).toEqual(['2 n misfit | "many"']);
  expect(await w.value("SELECT 'dwh.response_events'::regclass::oid")).toBe(table);
});

test("an environment flattens production's documents into schemas of its own", async () => {
  const w = await world(
    18,
    {
      "ctf.yaml": `ctf: 1\nproject: test\n${TARGETS}`,
      "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
      "pipelines/p/t.yaml": definition({ columns: COLUMNS, top: "questions: dwh.questions" }),
      "sources/clinic.yaml":
        "sources:\n  - {name: responses, table: clinic.form_responses}\n  - {name: schemas, table: clinic.form_schemas}\n",
    },
    `CREATE SCHEMA clinic; CREATE SCHEMA dwh;
     CREATE TABLE clinic.form_schemas (id text, schema jsonb);
     CREATE TABLE clinic.form_responses (id int, form_id text, responses jsonb);
     INSERT INTO clinic.form_schemas VALUES ('f', '${JSON.stringify(form)}');
     INSERT INTO clinic.form_responses VALUES (1, 'f', '{"a": "x", "gone": 1}')`,
  );
  await w.run("--all");
  const before = await w.digest("dwh");
  await w.client.query("INSERT INTO clinic.form_responses VALUES (2, 'f', '{\"a\": \"y\"}')");
  await w.run("--all", "--target", "dev");
  const count = (table: string) => w.value(`SELECT count(*)::int FROM ${table}`);
  expect(await count("dev_dwh.response_events")).toBe(2);
  expect(await count("dev_dwh.response_events_rejects")).toBe(1);
  expect(await count("dev_dwh.questions")).toBe(2);
  expect(await w.digest("dwh")).toEqual(before);
});

test("isolation: role", async () => {
  const setup = `CREATE TABLE lab.form_schemas (id text, schema jsonb);
     CREATE TABLE lab.form_responses (id int, form_id text, responses jsonb);
     INSERT INTO lab.form_schemas VALUES ('f', '${JSON.stringify(form)}');
     INSERT INTO lab.form_responses VALUES (1, 'f', '{"a": "x", "gone": 1}')`;
  const yaml = definition({ columns: COLUMNS }).replaceAll(/clinic\.|dwh\./g, "lab.");
  const w = await isolated(
    18,
    {
      "t.yaml": yaml,
      "sources/clinic.yaml":
        "sources:\n  - {name: responses, table: lab.form_responses}\n  - {name: schemas, table: lab.form_schemas}\n",
    },
    setup,
  );
  const result = await w.publish();
  expect(result.transforms[0]?.counts).toMatchObject({ read: 2, rows: 1, rejected: 1 });
});
