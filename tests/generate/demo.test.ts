/** The demo without its generator: on the first day, everything runs on rows that are made up. */
import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { runProject } from "../support/run_project.ts";
import { scratchProject } from "../support/project.ts";

const DEMO = join(import.meta.dirname, "../../examples/demo");

test("ctf db fill, then ctf run --all", async () => {
  const { root } = scratchProject({});
  cpSync(DEMO, root, { recursive: true, filter: (path) => ![".ctf", "data"].includes(basename(path)) });
  const { code, stderr } = await runCtf(["db", "fill"], { cwd: root });
  expect({ code, stderr }).toEqual({ code: 0, stderr });
  expect(stderr).toContain('Made 7 files. "ctf run --all" has rows to work on.');
  await runProject(["--all"], { cwd: root });
});
