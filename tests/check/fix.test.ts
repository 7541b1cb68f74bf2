/** `ctf check --fix`: the one right answer, and everything else in the file as it was. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { addToList, removeFromList } from "../../src/project/write/list_edits.ts";
import { runCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";

const OUTPUT = "output:\n  table: claims.open\n  columns: [{name: id, type: bigint}]\n";
const pipeline = { "pipelines/claims/pipeline.yaml": "owners: [a]\n" };
const made = (name: string) => ({
  [`pipelines/claims/${name}.yaml`]: `kind: no_op\noutput: {table: claims.${name}, columns: [{name: id, type: bigint}]}\n`,
});

async function fixed(
  yaml: string,
  sql: string,
): Promise<{ yaml: string; sql: string; stderr: string; stdout: string }> {
  const { root } = scratchProject({
    ...pipeline,
    ...made("paid"),
    ...made("denied"),
    "pipelines/claims/open.yaml": yaml,
    "pipelines/claims/open.sql": sql,
  });
  const { stderr, stdout } = await runCtf(["check", "--no-compile", "--fix"], { cwd: root });
  const read = (name: string) => readFileSync(join(root, "pipelines/claims", name), "utf8");
  return { yaml: read("open.yaml"), sql: read("open.sql"), stderr, stdout };
}

const BOTH = "SELECT id FROM claims.paid JOIN claims.denied USING (id)\n";

describe("inputs that are missing", () => {
  test.each([
    [
      "no list yet: before the output",
      `# mine\nkind: create_table_as # as always\n${OUTPUT}`,
      `# mine\nkind: create_table_as # as always\ninputs:\n  - transform: paid\n  - transform: denied\n${OUTPUT}`,
    ],
    [
      "at the end of the list, with its indent and its comments",
      `kind: create_table_as\ninputs:\n    # the payments\n    - transform: paid # all of them\n# and now the output\n${OUTPUT}`,
      `kind: create_table_as\ninputs:\n    # the payments\n    - transform: paid # all of them\n    - transform: denied\n# and now the output\n${OUTPUT}`,
    ],
    [
      "no list yet, and comments about the output",
      `kind: create_table_as\n\n# For finance.\n${OUTPUT}`,
      `kind: create_table_as\n\ninputs:\n  - transform: paid\n  - transform: denied\n# For finance.\n${OUTPUT}`,
    ],
    [
      "behind what is said of the last item",
      `kind: create_table_as\ninputs:\n  - transform: paid\n    # all of them\n  # and then\n${OUTPUT}`,
      `kind: create_table_as\ninputs:\n  - transform: paid\n    # all of them\n  - transform: denied\n  # and then\n${OUTPUT}`,
    ],
    [
      "in brackets",
      `kind: create_table_as\ninputs: [{transform: paid}]\n${OUTPUT}`,
      `kind: create_table_as\ninputs: [{transform: paid}, {transform: denied}]\n${OUTPUT}`,
    ],
    [
      "in a file with Windows' line ends, of which the list is the last",
      `kind: create_table_as\n${OUTPUT}inputs:\n  - transform: paid`.replaceAll("\n", "\r\n"),
      `kind: create_table_as\n${OUTPUT}inputs:\n  - transform: paid\n  - transform: denied\n`.replaceAll("\n", "\r\n"),
    ],
  ])("%s", async (_, before, after) => {
    const { yaml, stderr, stdout } = await fixed(before, BOTH);
    expect(yaml).toBe(after);
    expect(stderr).toContain("CTF203 reads claims.denied, which is not among its inputs");
    expect(stdout).toContain("All is well");
  });
});

test("inputs that are never read go, and the list with the last of them", async () => {
  const inputs = "inputs:\n  # old\n  - transform: paid # why?\n  - transform: denied\n";
  const none = await fixed(`kind: create_table_as\n${inputs}${OUTPUT}`, "SELECT 1::bigint AS id\n");
  expect(none.yaml).toBe(`kind: create_table_as\n${OUTPUT}`);
  const one = await fixed(`kind: create_table_as\n${inputs}${OUTPUT}`, "SELECT id FROM claims.denied\n");
  expect(one.yaml).toBe(`kind: create_table_as\ninputs:\n  # old\n  - transform: denied\n${OUTPUT}`);
});

test("a name gets its schema, in the SQL", async () => {
  const { sql } = await fixed(
    `kind: create_table_as\ninputs:\n  - transform: paid\n${OUTPUT}`,
    "SELECT 'é😀' AS t, id FROM paid -- here\n",
  );
  expect(sql).toBe("SELECT 'é😀' AS t, id FROM claims.paid -- here\n");
});

test("what has no one right answer is left, and so is a file that can't be added to", async () => {
  const braces = "{kind: create_table_as, output: {table: claims.open, columns: [{name: id, type: bigint}]}}\n";
  const { yaml, stderr } = await fixed(braces, "SELECT id FROM claims.paid\n");
  expect(yaml).toBe(braces);
  expect(stderr).toContain("Nothing that --fix could mend.");
});

describe("the edits themselves", () => {
  const text = "kind: sql\ninputs:\noutputs: []\n";
  test("an empty key gets its first item", () => {
    expect(addToList("f", text, "inputs", { source: "on" }, ["outputs"])).toEqual({
      span: { file: "f", start: { line: 3, column: 1 }, end: { line: 3, column: 1 } },
      text: '  - source: "on"\n',
    });
  });
  test("nothing is removed from what is no list", () => {
    expect(removeFromList("f", text, "inputs", 0)).toBeUndefined();
  });
});

test("what a word processor made of SQL is written as it was meant", async () => {
  const sql =
    "SELECT\u00a0id, \u2019\u{1f600}\u2018, \u201cid\u201d \u2013 1 \u2014 a comment\nFROM\u00a0claims.paid -- \u201cmine\u201d\n";
  const result = await fixed(`kind: create_table_as\ninputs:\n  - transform: paid\n${OUTPUT}`, sql);
  expect(result.sql).toBe("SELECT id, '\u{1f600}', \"id\" - 1 -- a comment\nFROM claims.paid -- \u201cmine\u201d\n");
  expect(result.stdout).toContain("All is well");
});

test("ctf check says what --fix would mend", async () => {
  const { root } = scratchProject({
    ...pipeline,
    ...made("paid"),
    "pipelines/claims/open.yaml": `kind: create_table_as\n${OUTPUT}`,
    "pipelines/claims/open.sql": "SELECT id FROM claims.paid\n",
    "pipelines/claims/other.yaml": "kind: no_op\n",
  });
  const { stdout } = await runCtf(["check", "--no-compile"], { cwd: root });
  expect(stdout).toMatch(/^2 errors\. "ctf check --fix" mends 1 of them\.$/m);
});

test("values that YAML would cut up are put in quotes", async () => {
  const yaml = `kind: create_table_as
description: Paid: all of it
inputs: [{transform: paid}]
output:
  table: claims.open
  columns: [{name: id, type: bigint}, {name: amount, type: numeric(12,2)}]
`;
  const result = await fixed(yaml, "SELECT id, 1::numeric(12,2) AS amount FROM claims.paid\n");
  expect(result.yaml).toBe(
    yaml.replace("Paid: all of it", '"Paid: all of it"').replace("numeric(12,2)", '"numeric(12,2)"'),
  );
  expect(result.stdout).toContain("All is well");
});
