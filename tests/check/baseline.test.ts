/** `ctf check --baseline`: what is known is left out, and only that. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";

const SQL = "pipelines/claims/open.sql";
const files = {
  "pipelines/claims/pipeline.yaml": "owners: [a]\n",
  "pipelines/claims/paid.yaml": "kind: no_op\noutput: {table: claims.paid, columns: [{name: id, type: bigint}]}\n",
  "pipelines/claims/open.yaml":
    "kind: create_table_as\noutput:\n  table: claims.open\n  columns: [{name: id, type: bigint}]\n",
  [SQL]: "SELECT id FROM claims.paid\n",
};

test("the first check writes it, the next ones report only what is new", async () => {
  const { root } = scratchProject(files);
  const check = (...more: string[]) => runCtf(["check", "--no-compile", "--baseline", ...more], { cwd: root });

  const first = await check();
  expect(first.code).toBe(0);
  expect(first.stderr).toContain("Wrote 1 known problem to ctf_baseline.json");
  expect(JSON.parse(readFileSync(join(root, "ctf_baseline.json"), "utf8"))).toEqual({
    version: 1,
    known: [{ code: "CTF203", file: SQL, message: "reads claims.paid, which is not among its inputs", count: 1 }],
  });

  writeFileSync(join(root, SQL), "-- moved\n\n\nSELECT id FROM claims.paid\n");
  const moved = await check();
  expect(moved.code).toBe(0);
  expect(moved.stdout).toContain("All is well");
  expect(moved.stderr).toContain("1 known problem hidden, listed in ctf_baseline.json.");

  writeFileSync(join(root, SQL), "SELECT id FROM claims.paid, vendor.days\n");
  const more = await check();
  expect(more.code).toBe(1);
  expect(more.stdout).toContain("CTF203 reads vendor.days");
  expect(more.stdout).not.toContain("reads claims.paid");

  writeFileSync(join(root, SQL), "SELECT 1::bigint AS id\n");
  const gone = await check();
  expect(gone.stderr).toContain("1 entry of ctf_baseline.json no longer needed");
  await check("--update-baseline");
  expect(JSON.parse(readFileSync(join(root, "ctf_baseline.json"), "utf8"))).toEqual({ version: 1, known: [] });
});

test("what is known of a file moves with it, once", async () => {
  const { root } = scratchProject(files);
  const check = () => runCtf(["check", "--no-compile", "--baseline"], { cwd: root });
  await check();
  const yaml = readFileSync(join(root, "pipelines/claims/open.yaml"), "utf8");
  const moved = { "unpaid.yaml": yaml.replace("claims.open", "claims.unpaid"), "unpaid.sql": files[SQL] };
  for (const [name, text] of Object.entries(moved)) writeFileSync(join(root, "pipelines/claims", name), text);
  expect((await check()).stdout).toContain("unpaid.sql:1:16 CTF203");
  for (const name of ["open.yaml", "open.sql"]) rmSync(join(root, "pipelines/claims", name));
  expect((await check()).code).toBe(0);
  for (const [name, text] of Object.entries(moved))
    writeFileSync(join(root, "pipelines/claims", name.replace("unpaid", "more")), text.replace("unpaid", "more"));
  expect((await check()).stdout).toMatch(/^1 error\./m);
});

test("a run is not stopped by what is listed", async () => {
  const { root } = scratchProject(files);
  const dryRun = () => runCtf(["run", "claims", "--only", "open", "--dry-run"], { cwd: root });
  expect((await dryRun()).stderr).toContain("CTF203 reads claims.paid");
  await runCtf(["check", "--no-compile", "--baseline"], { cwd: root });
  expect(await dryRun()).toMatchObject({ code: 0, stderr: "" });
});

test("a file that is something else is not overwritten", async () => {
  const { root } = scratchProject({ ...files, "known.json": "[]" });
  const { code, stderr } = await runCtf(["check", "--no-compile", "--baseline", "known.json"], { cwd: root });
  expect(code).toBe(1);
  expect(stderr).toContain("CTF237");
  expect(readFileSync(join(root, "known.json"), "utf8")).toBe("[]");
});

test("without the option there is none", async () => {
  const { root } = scratchProject(files);
  expect((await runCtf(["check", "--no-compile"], { cwd: root })).code).toBe(1);
  expect(existsSync(join(root, "ctf_baseline.json"))).toBe(false);
});
