/** What follows from how one column makes another, from table to table. */
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { check } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";

const table = (name: string, columns: string, inputs: string, sql: string): Record<string, string> => ({
  [`pipelines/lab/${name}.yaml`]: `kind: create_table_as\n${inputs}output:\n  table: lab.${name}\n  columns: [${columns}]\n`,
  [`pipelines/lab/${name}.sql`]: `${sql}\n`,
});
const BASE = {
  "pipelines/lab/pipeline.yaml": "owners: [lab@clover.example]\n",
  ...table("a", "{name: id, type: int, description: Of a}, {name: n, type: int}", "", "SELECT 1 AS id, 2 AS n"),
  ...table("b", "{name: id, type: int}", "", "SELECT 3 AS id"),
};
const up = async (files: Record<string, string>, column: string) => {
  const { stdout } = await runCtf(["lineage", column, "--up", "--json"], {
    cwd: scratchProject({ ...BASE, ...files }).root,
  });
  const { edges } = JSON.parse(stdout) as { edges: { from: string; how: string }[] };
  return edges.map(({ from, how }) => `${how} ${from}`);
};

test("each query of a UNION hands on its own column", async () => {
  const inputs = "inputs: [{transform: a}, {transform: b}]\n";
  const both = table("u", "{name: id, type: int}", inputs, "SELECT id FROM lab.a UNION ALL SELECT id FROM lab.b");
  expect(await up(both, "lab.u.id")).toEqual(["copy lab.a.id", "copy lab.b.id"]);
  const one = table("u", "{name: id, type: int}", inputs, "SELECT id FROM lab.a UNION ALL SELECT id + 1 FROM lab.b");
  expect(await up(one, "lab.u.id")).toEqual(["copy lab.a.id", "value lab.b.id"]);
});

test("what a function of somebody's own is given decides how many rows there are", async () => {
  const rows = table(
    "r",
    "{name: id, type: int}, {name: part, type: int}",
    "inputs: [{transform: a}]\n",
    "SELECT id, ops.parts(n) AS part FROM lab.a",
  );
  expect(await up(rows, "lab.r.id")).toEqual(["copy lab.a.id", "rows lab.a.n"]);
});

test.each([
  ["counts its rows", "SELECT count(*) AS n FROM lab.secret"],
  ["asks whether there are some", "SELECT 1 AS n WHERE EXISTS (SELECT FROM lab.secret)"],
])("a view opens a table of which it reads no column and only %s", async (_, query) => {
  const { diagnostics } = await check({
    "pipelines/lab/pipeline.yaml": "owners: [lab@clover.example]\n",
    "pipelines/lab/secret.yaml":
      "kind: no_op\noutput:\n  table: lab.secret\n  visibility: pipeline\n  columns: [{name: id, type: int}]\n",
    "pipelines/lab/v.yaml":
      "kind: sql\ninputs: [{transform: secret}]\noutput:\n  view: lab.v\n  columns: [{name: n, type: bigint}]\n",
    "pipelines/lab/v.sql": `CREATE OR REPLACE VIEW lab.v AS ${query};\n`,
  });
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
    "CTF241 lab.v shows rows of lab.secret to more than may read that",
  ]);
});
