/** What is kept from earlier checks can save time, and never change an answer. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";

const transform = (name: string, sql: string, inputs = "inputs:\n  - transform: paid\n") => ({
  [`pipelines/claims/${name}.yaml`]: `kind: create_table_as\n${inputs}output:\n  table: claims.${name}\n  columns: [{name: id, type: bigint}]\n`,
  [`pipelines/claims/${name}.sql`]: `${sql}\n`,
});
const base = {
  "pipelines/claims/pipeline.yaml": "owners: [a]\n",
  "pipelines/claims/paid.yaml": "kind: no_op\noutput: {table: claims.paid, columns: [{name: id, type: bigint}]}\n",
};
const check = async (root: string) => (await runCtf(["check", "--no-compile"], { cwd: root })).stdout;

test("one changed file is looked at again, and the same answer comes from the cache", async () => {
  const { root } = scratchProject({
    ...base,
    ...transform("a", "SELECT id FROM claims.b"),
    ...transform("b", "SELECT id FROM claims.paid"),
  });
  const first = await check(root);
  expect(first).toContain("CTF203 reads claims.b");
  expect(await check(root)).toBe(first);
  writeFileSync(join(root, "pipelines/claims/a.sql"), "SELECT id FROM claims.paid\n");
  expect(await check(root)).toContain("All is well");
});

describe.each(["uses/pipelines.claims.json", "check.json"])("a damaged .ctf/cache/%s", (name) => {
  test.each([
    ["cut off", (text: string) => text.slice(0, text.length / 2)],
    ["with other content", (text: string) => text.replaceAll("claims", "finance")],
    ["of another version", (text: string) => `x${text}`],
    ["empty", () => ""],
  ])("%s is not believed", async (_, damage) => {
    const { root } = scratchProject({ ...base, ...transform("a", "SELECT id FROM claims.nowhere") });
    const first = await check(root);
    const file = join(root, ".ctf/cache", name);
    expect(existsSync(file)).toBe(true);
    writeFileSync(file, damage(readFileSync(file, "utf8")));
    expect(await check(root)).toBe(first);
  });
});

test("many new files are parsed by several threads, with the same answer", async () => {
  const many = Array.from({ length: 1700 }, (_, i) => transform(`t${i}`, "SELECT id FROM claims.paid"));
  const bad = transform("t1650", "SELECT id FROM claims.t3");
  const { root } = scratchProject(Object.assign({}, base, ...many, bad));
  const { ended } = await spawnCtf(["check", "--no-compile"], { cwd: root });
  const { code, stdout } = await ended;
  expect(code).toBe(1);
  expect(stdout).toContain("pipelines/claims/t1650.sql:1:16 CTF203 reads claims.t3, which is not among its inputs");
  expect(stdout).toContain("1 error and 1 warning.");
});
