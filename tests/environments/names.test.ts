/** What `ctf check` has against the targets of ctf.yaml. */
import { expect, test } from "vitest";
import { check, lines } from "../support/files.ts";

const files = (targets: string, schema = "claims") => ({
  "ctf.yaml": `ctf: 1\nproject: test\ntargets:\n  local: {embedded: true}\n${targets}`,
  "sources/raw.yaml": "sources:\n  - {name: raw, table: dev_raw.claims}\n",
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
  "pipelines/p/t.yaml": `kind: no_op\noutput: {table: ${schema}.t, columns: [{name: x, type: int}]}\n`,
  "pipelines/p/u.yaml": "kind: no_op\noutput: {table: dev_claims.u, columns: [{name: x, type: int}]}\n",
});

test.each([
  [
    "a prefix that leads to another output's schema",
    "  dev: {embedded: true, prefix: dev_}\n",
    "claims",
    ["5:33 CTF218 target dev: with prefix dev_, schema claims becomes dev_claims, the schema of other outputs"],
  ],
  [
    "a prefix that leads to a source's schema",
    "  dev: {embedded: true, prefix: dev_}\n",
    "raw",
    ["5:33 CTF218 target dev: with prefix dev_, schema raw becomes dev_raw, the schema of source raw"],
  ],
  [
    "a name that PostgreSQL would cut off",
    `  dev: {embedded: true, prefix: d_}\n`,
    "x".repeat(62),
    [
      `5:33 CTF218 target dev: with prefix d_, schema ${"x".repeat(62)} becomes d_${"x".repeat(62)}, 64 bytes: PostgreSQL keeps 63`,
    ],
  ],
  [
    "two targets with one prefix",
    "  a: {embedded: true, prefix: x_}\n  b: {embedded: true, prefix: x_}\n",
    "claims",
    ["6:31 CTF218 target b: with prefix x_, schema claims becomes x_claims, which is target a's"],
  ],
  [
    "a prefix that is no name",
    "  dev: {embedded: true, prefix: Dev-}\n",
    "claims",
    ['5:33 CTF104 "prefix" must be small letters, digits and _, such as dev_jane_'],
  ],
  [
    "defer without a prefix",
    "  dev: {embedded: true, defer: local}\n",
    "claims",
    [
      '5:32 CTF104 target "dev" defers to another and has no prefix → Add "prefix: dev_": a target without one reads where it writes.',
    ],
  ],
  [
    "defer to what is not there",
    "  dev: {embedded: true, prefix: x_, defer: locl}\n",
    "claims",
    ['5:44 CTF104 there is no target "locl"'],
  ],
  [
    "defer in a circle",
    "  a: {embedded: true, prefix: x_, defer: b}\n  b: {embedded: true, prefix: y_, defer: a}\n",
    "claims",
    ['5:42 CTF104 target "a" defers to itself by way of "b"', '6:42 CTF104 target "b" defers to itself by way of "a"'],
  ],
  ["all is well", "  dev: {embedded: true, prefix: d_, defer: local}\n", "claims", []],
])("%s", async (_, targets, schema, expected) => {
  const { diagnostics } = await check(files(targets, schema));
  const found = lines(diagnostics.filter(({ span }) => span?.file === "ctf.yaml"));
  expect(found).toHaveLength(expected.length);
  expected.forEach((text, n) => expect(found[n]).toContain(text));
});
