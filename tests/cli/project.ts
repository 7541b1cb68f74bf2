/** A small project for tests of commands: two pipelines, one reading the other, and a variable of each sort. */

const definition = (schema: string, name: string, inputs: readonly string[], more = "") => `kind: create_table_as
description: About ${name}.
inputs:${inputs.length === 0 ? " []" : inputs.map((input) => `\n  - ${input}`).join("")}
output:
  table: ${schema}.${name}
  columns:
    - {name: id, type: bigint, description: Its id, not_null: true}
    - {name: note, type: text, description: What was said, phi: true}
  primary_key: [id]
${more}`;

const pipeline = (about: string) => `description: ${about}\nowners: [data@example.org]\n`;

export const files: Readonly<Record<string, string>> = {
  "ctf.yaml": `ctf: 1
project: small
targets:
  local: {embedded: true}
  prod: {url_env: WAREHOUSE_URL}
vars:
  run_date: {type: date, default: "2018-04-17", description: The day of the run}
  who: {type: text, default: "O'Brien \\\\ Co"}
  share: {type: numeric}
`,
  "sources/reference.yaml": `sources:
  - name: calendar
    table: reference.calendar
    description: One row a month.
    columns: [{name: month, type: date}]
`,
  "pipelines/members/pipeline.yaml": pipeline("Who they are."),
  "pipelines/members/raw.yaml": definition("members", "raw", ["source: calendar"]),
  "pipelines/members/raw.sql": "SELECT 1::bigint AS id, to_char(c.month, 'YYYY') AS note FROM reference.calendar c\n",
  "pipelines/members/clean.yaml": definition("members", "clean", ["transform: raw"]),
  "pipelines/members/clean.sql": "SELECT id, note FROM members.raw\n",
  "pipelines/enrollment/pipeline.yaml": pipeline("Who is covered, and when."),
  "pipelines/enrollment/spans.yaml": definition("enrollment", "spans", ["{pipeline: members, transform: clean}"]),
  "pipelines/enrollment/spans.sql": "SELECT id, note FROM members.clean\n",
  "pipelines/enrollment/gaps.yaml": definition("enrollment", "gaps", ["transform: spans"]),
  "pipelines/enrollment/gaps.sql": "SELECT id, note FROM enrollment.spans\n",
  "pipelines/enrollment/months.yaml": definition(
    "enrollment",
    "months",
    ["transform: spans", "transform: gaps", "source: calendar"],
    "monitors:\n  - {row_count: {min: 1}}\n",
  ),
  "pipelines/enrollment/months.sql":
    "SELECT s.id, s.note\nFROM enrollment.spans s\nJOIN enrollment.gaps g USING (id)\nJOIN reference.calendar c ON true\nWHERE current_setting('ctf.run_date')::date >= c.month\n",
};
