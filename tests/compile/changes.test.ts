/** A change that breaks others is told as the change, once, with all that it breaks. */
import { expect, test } from "vitest";
import { change, compile, given, projectOf, table } from "./projects.ts";

const spans = (type: string) => given("enrollment.coverage_spans", { member_id: "bigint", span: type });
const reader = (name: string, query: string) => ({
  [`pipelines/quality/${name}.yaml`]: table(
    `quality.${name}`,
    { day: "date" },
    {
      inputs: ["{pipeline: enrollment, transform: coverage_spans}"],
    },
  ),
  [`pipelines/quality/${name}.sql`]: query,
});
const files = {
  "pipelines/enrollment/pipeline.yaml": "owners: [enrollment@clover.example]\n",
  "pipelines/enrollment/coverage_spans.yaml": spans("daterange"),
  "pipelines/quality/pipeline.yaml": "owners: [quality-data@clover.example]\n",
  ...reader("readmissions", "SELECT\n  upper(s.span) AS day\nFROM enrollment.coverage_spans s"),
  ...reader("gaps", "SELECT lower(span) AS day FROM enrollment.coverage_spans"),
  ...reader("members", "SELECT date '2018-01-01' + member_id::int AS day FROM enrollment.coverage_spans"),
};

test("what changed, how, whom it breaks, where and who owns it", async () => {
  const root = projectOf(18, files);
  expect((await compile(root, { cache: true })).said).toEqual([]);
  change(root, { "pipelines/enrollment/coverage_spans.yaml": spans("text") });
  const { said, diagnostics } = await compile(root, { cache: true });
  expect(said).toEqual([
    "pipelines/enrollment/coverage_spans.yaml:6:26 CTF341 enrollment.coverage_spans.span changed from daterange to text; that breaks 2 transforms in 1 pipeline: " +
      "quality.gaps (gaps.sql:1:1, owner quality-data@clover.example), quality.readmissions (readmissions.sql:1:1, owner quality-data@clover.example)" +
      " → Mend them in the same change, ask their owners to, or keep the column as it was.",
  ]);
  expect(diagnostics[0]!.labels!.map(({ span }) => span.file)).toEqual([
    "pipelines/quality/gaps.sql",
    "pipelines/quality/readmissions.sql",
  ]);
  // Told again until it is mended, and not when it is taken back.
  expect((await compile(root, { cache: true })).said).toEqual(said);
  change(root, { "pipelines/enrollment/coverage_spans.yaml": spans("daterange") });
  expect((await compile(root, { cache: true })).said).toEqual([]);
});

test("whoever changed as well is told his own error", async () => {
  const root = projectOf(18, files);
  await compile(root, { cache: true });
  change(root, {
    "pipelines/enrollment/coverage_spans.yaml": given("enrollment.coverage_spans", {
      member_id: "bigint",
      covered: "daterange",
    }),
    ...reader("gaps", "SELECT lower(spam) AS day FROM enrollment.coverage_spans"),
  });
  const { said } = await compile(root, { cache: true });
  expect(said.map((line) => line.split(/;| →/)[0])).toEqual([
    "pipelines/enrollment/coverage_spans.yaml:5:7 CTF341 enrollment.coverage_spans.span is gone",
    'pipelines/quality/gaps.sql:1:14 CTF515 column "spam" does not exist (SQLSTATE 42703)',
  ]);
});

test("without an earlier result the errors stand for themselves", async () => {
  const root = projectOf(18, { ...files, "pipelines/enrollment/coverage_spans.yaml": spans("text") });
  const { diagnostics } = await compile(root, { cache: true });
  expect(diagnostics.map(({ code }) => code)).toEqual(["CTF510", "CTF510"]);
});
