/** What each kind asks of its definition. */
import { expect, test } from "vitest";
import { check, lines } from "../support/files.ts";

const FILE = "pipelines/claims/paid.yaml";
const SQL = "SELECT 1::bigint AS claim_id, 'x' AS status\n";
const OUTPUT =
  "output:\n  table: claims.paid\n  columns:\n    - {name: claim_id, type: bigint}\n    - {name: status, type: text}\n";
const SOURCES = { "sources/raw.yaml": "sources:\n  - {name: files, file: a.csv}\n  - {name: days, table: raw.days}\n" };

test.each<[string, string, boolean, readonly string[]]>([
  ["publish: rows needs a primary key", `kind: create_table_as\npublish: rows\n${OUTPUT}`, true, ["2:10 CTF120"]],
  ["publish is swap or rows", `kind: create_table_as\npublish: row\n${OUTPUT}`, true, ["2:10 CTF104"]],
  ["create_table_as has one output", `kind: create_table_as\noutputs: []\n`, true, ["2:1 CTF111"]],
  ["create_table_as makes tables", "kind: create_table_as\noutput: {view: claims.paid}\n", true, ["2:10 CTF111"]],
  ["create_table_as needs columns", "kind: create_table_as\noutput: {table: claims.paid}\n", true, ["2:1 CTF102"]],
  ["upsert needs keys", `kind: upsert\n${OUTPUT}`, true, ["1:7 CTF120"]],
  ["upsert's keys are columns", `kind: upsert\nkeys: [claim]\n${OUTPUT}`, true, ["2:8 CTF121"]],
  ["upsert's keys are named once", `kind: upsert\nkeys: [claim_id, claim_id]\n${OUTPUT}`, true, ["2:18 CTF109"]],
  [
    "upsert updates no keys",
    `kind: upsert\nkeys: [claim_id]\nupdate_columns: [claim_id]\n${OUTPUT}`,
    true,
    ["3:18 CTF121"],
  ],
  ["load has no SQL", `kind: load\nsql: x.sql\ninputs: [{source: files}]\n${OUTPUT}`, false, ["2:1 CTF101"]],
  ["load reads one source", `kind: load\n${OUTPUT}`, false, ["1:1 CTF122"]],
  ["load reads files", `kind: load\ninputs: [{source: days}]\n${OUTPUT}`, false, ["2:10 CTF122"]],
  [
    "load renames to columns",
    `kind: load\ninputs: [{source: files}]\nrename: {A: claim}\n${OUTPUT}`,
    false,
    ["3:13 CTF121"],
  ],
])("%s", async (_, yaml, withSql, expected) => {
  const { diagnostics } = await check({
    ...SOURCES,
    [FILE]: yaml,
    ...(withSql && { "pipelines/claims/paid.sql": SQL }),
  });
  expect(
    lines(diagnostics).map((line) => line.replace(`${FILE}:`, "").slice(0, line.indexOf(" CTF") + 7 - FILE.length - 1)),
  ).toEqual(expected);
});
