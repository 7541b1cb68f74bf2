/** What newcomers read first: the demo's own tests all pass, and nothing of it is without one. */
import { cpSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { spawnCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";

const demo = fileURLToPath(new URL("../../examples/demo", import.meta.url));

test("the demo's tests pass and cover all of it", { timeout: 300_000 }, async () => {
  const { root } = scratchProject({});
  cpSync(demo, root, { recursive: true, filter: (file) => !/^(data|\.ctf)(\/|$)/.test(relative(demo, file)) });
  const { ended } = await spawnCtf(["test", "--coverage"], { cwd: root });
  const { code, stdout, stderr } = await ended;
  expect(stdout.split("\n").filter((line) => line.startsWith("✗"))).toEqual([]);
  expect(stdout).toMatch(/^100% has a test/m);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
