/** A file that is broken is told of, and nothing else that only follows from it. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";

const table = (name: string, more = "") => `output:\n  table: ${name}\n  columns: [{name: id, type: bigint}]\n${more}`;
const files = {
  "pipelines/claims/pipeline.yaml": "owners: [claims]\n",
  "pipelines/claims/paid.yaml": `kind: no_op\n${table("claims.paid", "  primary_key: [id]\n")}`,
  "pipelines/finance/pipeline.yaml": "owners: [finance]\n",
  "pipelines/finance/spend.yaml": `kind: create_table_as\ninputs: [{pipeline: claims, transform: paid}]\n${table(
    "finance.spend",
    "  readers: [claims]\n  foreign_keys: [{columns: [id], references: {table: claims.paid, columns: [id]}}]\n",
  )}`,
  "pipelines/finance/spend.sql": "SELECT id FROM claims.paid\n",
  "pipelines/finance/undeclared.yaml": `kind: create_table_as\n${table(
    "finance.undeclared",
    "  deprecated: {since: 2026-01-01, use: claims.paid}\n",
  )}`,
  "pipelines/finance/undeclared.sql": "SELECT id FROM claims.paid\n",
  "pipelines/finance/view.yaml": "kind: sql\noutput: {view: finance.v}\n",
  "pipelines/finance/view.sql": "CREATE OR REPLACE VIEW finance.v AS SELECT id FROM claims.paid\n",
  "sources/raw.yaml": "sources:\n  - {name: r, table: raw.r, readers: [claims]}\n",
};
const PIPELINE = "pipelines/claims/pipeline.yaml";
const PAID = "pipelines/claims/paid.yaml";

describe.each<readonly [what: string, file: string, text: string, codes: readonly string[]]>([
  ["a pipeline.yaml that is no YAML", PIPELINE, "owners: [claims\ndescription: x\n", ["CTF003"]],
  ["a pipeline.yaml with an unknown key", PIPELINE, "owner: [claims]\n", ["CTF101"]],
  ["a pipeline.yaml with a bad value", PIPELINE, "owners: [claims]\nschedule: never\n", ["CTF106"]],
  ["a definition that is no YAML", PAID, `kind: no_op\n${table("claims.paid").replace("}]", "}")}`, ["CTF003"]],
  ["a definition with an unknown key", PAID, `kind: no_op\nretry: 1\n${table("claims.paid")}`, ["CTF101"]],
])("%s", (_, file, text, codes) => {
  test("is the only problem of the check", async () => {
    const { root } = scratchProject({ ...files, [file]: text });
    const { stdout } = await runCtf(["check", "--format", "json"], { cwd: root });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; span: { file: string } }[] };
    expect(diagnostics.map(({ code, span }) => `${span.file} ${code}`)).toEqual(codes.map((code) => `${file} ${code}`));
  });
});

test("whoever asks for such a pipeline hears why it is not there", async () => {
  const { root } = scratchProject({ ...files, [PIPELINE]: "owner: [claims]\n" });
  for (const args of [
    ["run", "claims"],
    ["ls", "claims"],
    ["show", "claims.paid"],
  ]) {
    const { code, stderr } = await runCtf(args, { cwd: root });
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${PIPELINE}:1:1 CTF101 unknown key "owner"`)]);
  }
});

test.each([
  ["its pipeline.yaml", PIPELINE, "owner: [claims]\n"],
  ["its only definition", PAID, "kind: no_op\nretry: 1\noutput: {table: claims.paid}\n"],
])("in a pipeline's folder, ctf run hears of what is wrong with %s", async (_, file, text) => {
  const { root } = scratchProject({ [PIPELINE]: files[PIPELINE]!, [file]: text });
  const { code, stderr } = await runCtf(["run"], { cwd: join(root, "pipelines/claims") });
  expect([code, stderr]).toEqual([1, expect.stringContaining(`${file}:`)]);
});

test("what is to be tested by name is told of, too", async () => {
  const { root } = scratchProject({ ...files, [PAID]: "kind: no_op\nretry: 1\noutput: {table: claims.paid}\n" });
  const { code, stderr } = await runCtf(["test", "paid.sql"], { cwd: root });
  expect([code, stderr]).toEqual([1, expect.stringContaining(`${PAID}:2:1 CTF101`)]);
});
