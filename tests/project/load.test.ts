/** What becomes of definitions that are right. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check, checkFolder, folderOf, lines } from "../support/files.ts";

const SQL = "SELECT 1\n";
const READS = "SELECT id FROM claims.claims\n";

test("a complete table", async () => {
  const { project, diagnostics } = await check({
    "pipelines/claims/claims.yaml":
      "kind: no_op\noutput: {table: claims.claims, columns: [{name: id, type: bigint}], primary_key: [id]}\n",
    "pipelines/claims/paid.sql": READS,
    "pipelines/claims/paid.yaml": `kind: create_table_as
description: What was paid.
owners: [paid@clover.example]
inputs:
  - transform: claims
output:
  table: claims."Paid 2018"
  description: One row a payment.
  columns:
    - {name: id, type: bigint, identity: always}
    - {name: claim_id, type: bigint, description: Its claim, phi: true}
    - {name: amount, type: "numeric(12,2)", not_null: true, default: 0}
    - {name: Paid On, type: date}
  primary_key: {name: paid_key, columns: [claim_id]}
  unique:
    - [claim_id, amount]
    - {columns: [amount], nulls_not_distinct: true}
  indexes:
    - {columns: [{column: Paid On, order: desc, nulls: last}, {expression: abs(amount)}], name: by_day, unique: true, method: btree, where: amount > 0, include: [claim_id]}
    - {columns: [amount]}
  constraints: [{name: positive, check: amount >= 0}]
  foreign_keys:
    - {columns: [claim_id], references: {table: claims.claims, columns: [id]}, enforce: false}
  statistics: [{name: paid_stats, columns: [claim_id, amount], kinds: [mcv]}]
  grants: {reporting: [select]}
monitors:
  - {row_count: {min: 1, max: 10, change: 50%}}
settings: {work_mem: 64MB, jit: false, random_page_cost: 1.1, TimeZone: UTC}
retries: 5
timeout: 90s
publish_wait: 1h
snapshot_wait: 100ms
keep_previous: true
`,
  });
  expect(lines(diagnostics)).toEqual([]);
  expect(project.transforms.find(({ name }) => name === "paid")).toEqual({
    id: "claims.paid",
    pipeline: "claims",
    name: "paid",
    file: "pipelines/claims/paid.yaml",
    codeFile: "pipelines/claims/paid.sql",
    codeHolds: "select",
    kind: "create_table_as",
    description: "What was paid.",
    owners: ["paid@clover.example"],
    inputs: [{ type: "transform", id: "claims.claims" }],
    outputs: [
      {
        type: "table",
        schema: "claims",
        name: "Paid 2018",
        description: "One row a payment.",
        columns: [
          { name: "id", type: "bigint", phi: false, notNull: true, identity: "always" },
          { name: "claim_id", type: "bigint", description: "Its claim", phi: true, notNull: true },
          { name: "amount", type: "numeric(12,2)", phi: false, notNull: true, default: "0" },
          { name: "Paid On", type: "date", phi: false, notNull: false },
        ],
        primaryKey: { name: "paid_key", columns: ["claim_id"] },
        unique: [{ columns: ["claim_id", "amount"] }, { columns: ["amount"], nullsNotDistinct: true }],
        indexes: [
          {
            name: "by_day",
            keys: [{ column: "Paid On", order: "desc", nulls: "last" }, { expression: "abs(amount)" }],
            unique: true,
            method: "btree",
            where: "amount > 0",
            include: ["claim_id"],
          },
          { keys: [{ column: "amount" }], unique: false },
        ],
        constraints: [{ name: "positive", check: "amount >= 0" }],
        foreignKeys: [
          { columns: ["claim_id"], references: { schema: "claims", name: "claims", columns: ["id"] }, enforce: false },
        ],
        statistics: [{ name: "paid_stats", columns: ["claim_id", "amount"], kinds: ["mcv"] }],
        grants: [{ role: "reporting", privileges: ["select"] }],
      },
    ],
    monitors: [{ type: "row_count", min: 1, max: 10, change: 0.5 }],
    settings: { work_mem: "64MB", jit: "off", random_page_cost: "1.1", TimeZone: "UTC" },
    retries: 5,
    timeoutMs: 90_000,
    publishWaitMs: 3_600_000,
    snapshotWaitMs: 100,
    keepPrevious: true,
    spec: {},
  });
});

test("the nearest says: the transform before its pipeline, the pipeline before the project", async () => {
  const { project } = await check({
    "ctf.yaml": `ctf: 1
project: example
defaults: {retries: 1, timeout: 1h, publish_wait: 1m, settings: {work_mem: 1MB, jit: on}, owners: [everyone]}
grants: {reporting: [select], auditors: [select]}
`,
    "pipelines/claims/pipeline.yaml":
      "defaults: {retries: 2, settings: {work_mem: 2MB}}\ngrants: {reporting: [insert]}\n",
    "pipelines/claims/paid.yaml":
      "kind: no_op\noutput: {table: claims.paid, grants: {reporting: [update]}}\nretries: 3\n",
    "pipelines/claims/open.yaml": "kind: no_op\noutput: {table: claims.open}\n",
  });
  const [open, paid] = project.transforms;
  expect(paid).toMatchObject({ retries: 3, timeoutMs: 3_600_000, publishWaitMs: 60_000, snapshotWaitMs: 30_000 });
  expect(open).toMatchObject({ retries: 2, owners: ["everyone"], settings: { work_mem: "2MB", jit: "on" } });
  expect(paid?.outputs).toMatchObject([
    {
      grants: [
        { role: "reporting", privileges: ["select", "insert", "update"] },
        { role: "auditors", privileges: ["select"] },
      ],
    },
  ]);
});

test("ctf.yaml's defaults", async () => {
  const { project } = await check({});
  expect(project).toMatchObject({
    name: "example",
    postgres: 18,
    targets: [{ name: "local", type: "embedded" }],
    defaultTarget: "local",
    variables: [],
  });
});

test("targets and variables", async () => {
  const { project } = await check({
    "ctf.yaml": `ctf: 1
project: example
postgres: 15
targets: {prod: {url_env: WAREHOUSE_URL}}
vars:
  run_date: {type: date, default: 2018-04-17, description: The day}
  rate: {type: numeric, default: 1.5}
  who: {}
`,
  });
  expect(project).toMatchObject({
    postgres: 15,
    targets: [{ name: "prod", type: "url", urlEnv: "WAREHOUSE_URL" }],
    defaultTarget: "prod",
    variables: [
      { name: "run_date", type: "date", default: "2018-04-17", description: "The day" },
      { name: "rate", type: "numeric", default: "1.5" },
      { name: "who", type: "text" },
    ],
  });
});

describe("the layout", () => {
  test("tests and factories are for later; hidden files, other files and folders without definitions are nobody's business", async () => {
    const { project, diagnostics } = await check({
      "pipelines/claims/paid.yaml": "kind: no_op\noutput: {table: claims.paid}\n",
      "pipelines/claims/paid.test.yaml": "a: [\n",
      "pipelines/claims/factories.yaml": "a: [\n",
      "pipelines/claims/.hidden.yaml": "a: [\n",
      "pipelines/claims/README.md": "Read me\n",
      "pipelines/notes/README.md": "Read me\n",
      "sources/deep/er/raw.yaml": "sources:\n  - {name: days, table: raw.days}\n",
    });
    expect(lines(diagnostics)).toEqual([]);
    expect(project.transforms.map((t) => t.id)).toEqual(["claims.paid"]);
    expect(project.sources).toMatchObject([{ sourceName: "days", file: "sources/deep/er/raw.yaml" }]);
  });

  test("SQL may lie elsewhere in the project", async () => {
    const output = "output: {table: claims.paid, columns: [{name: a, type: text}]}\n";
    const { project, diagnostics } = await check({
      "pipelines/claims/paid.yaml": `kind: create_table_as\nsql: ../../shared/paid.sql\n${output}`,
      "shared/paid.sql": SQL,
    });
    expect(lines(diagnostics)).toEqual([]);
    expect(project.transforms[0]?.codeFile).toBe("shared/paid.sql");
  });

  test("an empty folder is a project without its file", async () => {
    const root = folderOf({});
    const { diagnostics } = await checkFolder(root);
    expect(diagnostics.map((d) => d.code)).toEqual(["CTF008"]);
  });
});

test("a pipe is nobody's definition: to read it would be to wait for ever", async () => {
  const root = folderOf({
    "ctf.yaml": "ctf: 1\nproject: pipes\n",
    "pipelines/claims/pipeline.yaml": "description: Claims.\nowners: [paid@clover.example]\n",
  });
  execFileSync("mkfifo", [join(root, "pipelines/claims/paid.yaml")]);
  const { project, diagnostics } = await checkFolder(root);
  expect([project.transforms, diagnostics]).toEqual([[], []]);
});
