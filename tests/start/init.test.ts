import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { stopServer } from "../../src/warehouse/embedded/server.ts";
import { runCtf } from "../support/cli.ts";

function emptyFolder(): string {
  return mkdtempSync(join(inject("testFolder"), "init-"));
}

test("the project that ctf init makes has no problem, passes its tests, and runs as it is", async () => {
  const cwd = emptyFolder();
  const root = join(cwd, "My Warehouse");
  const made = await runCtf(["init", "My Warehouse"], { cwd });
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("Made project my_warehouse") });
  expect(await runCtf(["check"], { cwd: root })).toMatchObject({ code: 0, stdout: expect.not.stringContaining("CTF") });

  onTestFinished(async () => void (await stopServer({ root, role: "durable", major: 18 })));
  const run = await runCtf(["run", "--all"], { cwd: root });
  expect({ run }).toMatchObject({ run: { code: 0, stderr: expect.stringContaining("24 rows") } });
  onTestFinished(async () => void (await stopServer({ root, role: "scratch", major: 18 })));
  const tests = await runCtf(["test"], { cwd: root });
  expect({ tests }).toMatchObject({ tests: { code: 0, stdout: expect.stringContaining("3 tests: 3 passed") } });
});

test("an empty folder will do; one with anything in it will not", async () => {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, ".git"));
  expect(await runCtf(["init", "."], { cwd })).toMatchObject({ code: 0 });
  const text = readFileSync(join(cwd, "ctf.yaml"), "utf8");
  const again = await runCtf(["init", "."], { cwd });
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("CTF701") });
  expect(readFileSync(join(cwd, "ctf.yaml"), "utf8")).toBe(text);

  const other = emptyFolder();
  mkdirSync(join(other, "notes"));
  writeFileSync(join(other, "notes", "mine.txt"), "");
  expect(await runCtf(["init", "notes"], { cwd: other })).toMatchObject({ code: 1 });
  expect(existsSync(join(other, "notes", "ctf.yaml"))).toBe(false);
});

test("the project gets the folder's name in plain letters", async () => {
  const cwd = emptyFolder();
  expect(await runCtf(["init", "Mein Wärehouse"], { cwd })).toMatchObject({ code: 0 });
  expect(readFileSync(join(cwd, "Mein Wärehouse", "ctf.yaml"), "utf8")).toContain("project: mein_warehouse\n");
});
