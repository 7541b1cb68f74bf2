/** What each kind plans for a definition. */
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { makePlan, readFrom } from "../../src/plan/make.ts";
import type { Action } from "../../src/plan/types.ts";
import { EXAMPLE_BASE } from "../../src/check/catalogue.ts";
import { loadProject } from "../../src/project/load.ts";
import { type Files, folderOf, lines } from "../support/files.ts";

const COLUMNS = "  columns:\n    - {name: claim_id, type: bigint}\n    - {name: status, type: text}\n";
const OUTPUT = `output:\n  table: claims.paid\n${COLUMNS}`;
const SELECT = "-- What was paid\nSELECT 1::bigint AS claim_id, 'x' AS status;\n";

/** The plan of claims.paid, or the codes of what keeps it from being planned. */
async function plan(yaml: string, sql?: string, more: Files = {}): Promise<Action | readonly string[]> {
  const root = folderOf({
    ...EXAMPLE_BASE,
    "pipelines/claims/paid.yaml": yaml,
    ...(sql !== undefined && { "pipelines/claims/paid.sql": sql }),
    ...more,
  });
  const { project, diagnostics } = await loadProject(root, kinds, { cache: false });
  expect(lines(diagnostics)).toEqual([]);
  const transform = project.transforms.find(({ id }) => id === "claims.paid")!;
  const request = { ids: [transform.id], description: "", target: "local", variables: {}, readCode: readFrom(root) };
  const { plan, diagnostics: problems } = await makePlan(project, kinds, request);
  return plan.transforms[0]?.action ?? problems.map((d) => `${d.span?.start?.line} ${d.code}`);
}

test("create_table_as builds a table from its one SELECT, cut out of comments and semicolon", async () => {
  expect(await plan(`kind: create_table_as\n${OUTPUT}`, SELECT)).toMatchObject({
    type: "build_table",
    publish: "swap",
    rows: {
      type: "query",
      query: {
        text: "SELECT 1::bigint AS claim_id, 'x' AS status",
        line: 2,
        column: 1,
        file: "pipelines/claims/paid.sql",
      },
    },
    output: { schema: "claims", name: "paid", columns: [{ name: "claim_id" }, { name: "status" }] },
  });
});

test("create_table_as publishes rows if asked to", async () => {
  const action = await plan(`kind: create_table_as\npublish: rows\n${OUTPUT}  primary_key: [claim_id]\n`, SELECT);
  expect(action).toMatchObject({ type: "build_table", publish: "rows" });
});

test.each([
  ["two statements", "SELECT 1;\nSELECT 2"],
  ["no SELECT", "\nDELETE FROM claims.paid"],
  ["not SQL", "SELEC 1"],
  ["nothing but a comment", "-- to do"],
])("create_table_as is not planned from %s", async (_, sql) => {
  expect(await plan(`kind: create_table_as\n${OUTPUT}`, sql)).toEqual([expect.stringMatching(/^\d+ CTF/)]);
});

test("upsert merges by the primary key", async () => {
  expect(await plan(`kind: upsert\n${OUTPUT}  primary_key: [claim_id]\n`, SELECT)).toMatchObject({
    type: "merge_rows",
    keys: ["claim_id"],
    deleteMissing: false,
    readsItself: false,
  });
});

test("upsert takes keys of its own, columns to update, and may read itself", async () => {
  const yaml = `kind: upsert\ninputs:\n  - transform: paid\nkeys: [claim_id]\nupdate_columns: [status]\ndelete_missing: true\n${OUTPUT}`;
  expect(await plan(yaml, SELECT)).toMatchObject({
    keys: ["claim_id"],
    updateColumns: ["status"],
    deleteMissing: true,
    readsItself: true,
  });
});

test("sql runs each statement from its own place", async () => {
  const sql = "CREATE OR REPLACE VIEW claims.a AS SELECT 1 AS x;\n\n  SELECT 2;\n";
  const outputs = "outputs:\n  - view: claims.a\n  - {function: claims.f, arguments: [date]}\n";
  expect(await plan(`kind: sql\n${outputs}`, sql)).toMatchObject({
    type: "run_statements",
    oneTransaction: true,
    statements: [
      { line: 1, column: 1 },
      { line: 3, column: 3, text: "SELECT 2" },
    ],
    outputs: [
      { type: "view", schema: "claims", name: "a" },
      { type: "function", name: "f", arguments: ["date"] },
    ],
  });
});

test("sql may do without a transaction, and without outputs", async () => {
  const action = await plan("kind: sql\ntransaction: none\noutputs: []\n", "VACUUM claims.paid");
  expect(action).toMatchObject({ oneTransaction: false, outputs: [] });
});

test("no_op verifies what it declares", async () => {
  expect(await plan(`kind: no_op\n${OUTPUT}`)).toMatchObject({
    type: "verify_outputs",
    outputs: [{ schema: "claims", name: "paid", columns: [{ name: "claim_id" }, { name: "status" }] }],
  });
});

test("load copies the files of its source", async () => {
  const yaml = `kind: load\ninputs:\n  - source: files\n${OUTPUT}rename: {Claim ID: claim_id}\n`;
  const source = 'sources:\n  - {name: files, file: "data/*.tsv.gz", null: NULL, encoding: LATIN1}\n';
  expect(await plan(yaml, undefined, { "sources/raw.yaml": source.replace("null: NULL", 'null: "NULL"') })).toEqual({
    type: "build_table",
    publish: "swap",
    output: expect.objectContaining({ name: "paid" }),
    rows: {
      type: "files",
      source: "files",
      patterns: ["data/*.tsv.gz"],
      rename: { "Claim ID": "claim_id" },
      format: {
        type: "csv",
        header: true,
        delimiter: "\t",
        quote: '"',
        escape: '"',
        null: "NULL",
        encoding: "LATIN1",
      },
      classify: [],
      maxRejects: { type: "count", value: 0 },
      rejects: { schema: "claims", name: "paid_rejects" },
    },
  });
});

test("load plans by its mode: a table built anew, rows appended, rows merged by key", async () => {
  const source = { "sources/raw.yaml": 'sources:\n  - {name: files, file: "data/*.csv"}\n' };
  const planned = (more: string) => plan(`kind: load\ninputs: [{source: files}]\n${OUTPUT}${more}`, undefined, source);
  expect(await planned("max_rejects: 2.5%\nclassify: [{match: a, set: {claim_id: 7}}]\n")).toMatchObject({
    type: "build_table",
    rows: { maxRejects: { type: "percent", value: 2.5 }, classify: [{ match: "a", set: { claim_id: "7" } }] },
  });
  expect(await planned("mode: append\nmax_rejects: 3\n")).toMatchObject({
    type: "append_rows",
    rows: { maxRejects: { type: "count", value: 3 } },
  });
  expect(await planned("mode: upsert\nkeys: [claim_id]\ndelete_missing: true\n")).toMatchObject({
    type: "merge_rows",
    keys: ["claim_id"],
    deleteMissing: true,
    readsItself: false,
  });
});
