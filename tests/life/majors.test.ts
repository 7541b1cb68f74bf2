/** What every project does, on each PostgreSQL that CTF supports. */
import { expect, test } from "vitest";
import { isError } from "../../src/diagnostics/diagnostic.ts";
import type { Files } from "../support/files.ts";
import { majors } from "../support/servers.ts";
import { definition, problems, warehouse } from "../support/warehouse.ts";

const SETUP = `
  CREATE SCHEMA lab;
  CREATE TABLE lab.visits (id int, member int, paid int);
  INSERT INTO lab.visits VALUES (1, 1, 10), (2, 1, 20), (3, 2, 40);
  CREATE TABLE lab.forms (id int, schema jsonb);
  INSERT INTO lab.forms VALUES (1, '{"slug": "visit", "children": [{"slug": "falls", "answerType": "number"}]}');
  CREATE TABLE lab.answers (id int, form_id int, answers jsonb);
  INSERT INTO lab.answers VALUES (7, 1, '{"falls": 2, "pets": 3}');`;

const KEY = "primary_key: [member]";
const PAID = { member: "int", paid: "bigint" };

const flatten = (engine: string): string => `kind: flatten
inputs: [{source: answers}, {source: forms}]
flatten:
  documents: {from: lab.answers, column: answers, key: id, schema_key: form_id, carry: {id: answer_id}}
  schema: {from: lab.forms, column: schema, key: id}
  engine: ${engine}
output:
  table: lab.events_${engine}
  columns:
    - {name: answer_id, type: int}
    - {name: schema_path, type: text}
    - {name: value, type: text}
`;

const FILES: Files = {
  "sources/lab.yaml": `sources:
  - {name: visits, table: lab.visits}
  - {name: answers, table: lab.answers}
  - {name: forms, table: lab.forms}
  - {name: members, file: data/members.csv}
`,
  "data/members.csv": "member,name\n1,Ann\n2,Bob\nx,Cleo\n",
  "members.yaml": `${definition(
    "lab.members",
    { member: "int", name: "text" },
    KEY,
    "inputs: [{source: members}]",
  ).replace("create_table_as", "load")}max_rejects: 1\n`,
  "paid.yaml": definition(
    "lab.paid",
    PAID,
    `${KEY}\nindexes: [{columns: [paid]}]`,
    "inputs: [{source: visits}]\nmonitors: [{row_count: {min: 1}}]",
  ),
  "paid.sql": "SELECT member, sum(paid) AS paid FROM lab.visits GROUP BY member\n",
  "history.yaml": definition("lab.history", PAID, KEY, "inputs: [{transform: paid}]").replace(
    "create_table_as",
    "upsert",
  ),
  "history.sql": "SELECT member, paid FROM lab.paid\n",
  "report.yaml": `kind: sql
inputs: [{transform: history}, {transform: members}]
outputs:
  - view: lab.report
    columns: [{name: name, type: text}, {name: paid, type: bigint}]
`,
  "report.sql": `CREATE OR REPLACE VIEW lab.report AS
SELECT name, paid FROM lab.members JOIN lab.history USING (member);
`,
  "events_sql.yaml": flatten("sql"),
  "events_stream.yaml": flatten("stream"),
};

test.each(majors)(
  "PostgreSQL %i: a project is built, built again below a view, and kept as it was by a monitor",
  async (major) => {
    const w = await warehouse(major, FILES, SETUP);
    const first = await w.publish();
    expect(problems(first, isError)).toEqual([]);
    expect(await w.value("SELECT current_setting('server_version_num')::int / 10000")).toBe(major);
    await w.client.query("CREATE VIEW lab.most AS SELECT max(paid) AS paid FROM lab.paid");
    await w.client.query("UPDATE lab.visits SET paid = 25 WHERE id = 3");
    await w.publish();
    expect(await w.value("SELECT paid FROM lab.most")).toBe(30);
    expect(await w.rows("SELECT * FROM lab.report ORDER BY name")).toEqual([
      { name: "Ann", paid: 30 },
      { name: "Bob", paid: 25 },
    ]);
    for (const events of ["lab.events_sql", "lab.events_stream"]) {
      expect(await w.rows(`SELECT * FROM ${events}`)).toEqual([{ answer_id: 7, schema_path: "falls", value: "2" }]);
      expect(await w.value(`SELECT reason FROM ${events}_rejects`)).toBe("unknown_path");
    }
    expect(await w.value("SELECT reason FROM lab.members_rejects")).toBe("22P02");
    await w.client.query("DELETE FROM lab.visits");
    const last = await w.run({ only: ["paid"] });
    expect(problems(last)).toEqual([expect.stringContaining("p.paid CTF5")]);
    expect(await w.value("SELECT paid FROM lab.most")).toBe(30);
  },
);
