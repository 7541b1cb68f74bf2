/** The first check on a machine, as code review runs it: nothing was compiled there before, but git knows how it was. */
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { repository } from "./repository.ts";

const spans = (type: string) => `kind: no_op
output:
  table: enrollment.spans
  columns:
    - {name: member_id, type: bigint}
    - {name: span, type: ${type}}
`;
const reader = (name: string, query: string) => ({
  [`pipelines/quality/${name}.yaml`]: `kind: create_table_as
inputs: [{pipeline: enrollment, transform: spans}]
output: {table: quality.${name}, columns: [{name: day, type: date}]}
`,
  [`pipelines/quality/${name}.sql`]: query,
});

test("what breaks because of a change on this branch is told as the change", async () => {
  const project = repository({
    "pipelines/enrollment/pipeline.yaml": "owners: [enrollment@clover.example]\n",
    "pipelines/enrollment/spans.yaml": spans("daterange"),
    "pipelines/quality/pipeline.yaml": "owners: [quality-data@clover.example]\n",
    ...reader("gaps", "SELECT lower(span) AS day FROM enrollment.spans"),
    ...reader("stays", "SELECT upper(span) AS day FROM enrollment.spans"),
  });
  project.commit({
    "pipelines/enrollment/spans.yaml": spans("text"),
    ...reader("stays", "SELECT upper(spam) AS day FROM enrollment.spans"),
  });
  const { code, stdout } = await runCtf(["check", "--format", "json"], { cwd: project.root });
  expect(code).toBe(1);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; message: string }[] };
  expect(diagnostics.filter(({ code: name }) => name !== "CTF115").map((one) => `${one.code} ${one.message}`)).toEqual([
    "CTF341 enrollment.spans.span changed from daterange to text; that breaks 1 transform in 1 pipeline: quality.gaps (gaps.sql:1:1, owner quality-data@clover.example)",
    'CTF515 column "spam" does not exist (SQLSTATE 42703)',
  ]);
});
