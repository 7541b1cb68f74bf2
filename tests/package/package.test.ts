/** The packed package, installed in an empty folder as a user would, gives a ctf that works from init to a built table. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { compiled } from "../support/compiled.ts";
import { MARK } from "../support/processes.ts";

const repository = join(import.meta.dirname, "../..");
let folder: string;
let project: string;

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, [MARK]: inject("testFolder"), NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
const ctf = (...args: readonly string[]) =>
  run(join(folder, "install/node_modules/.bin/ctf"), args, existsSync(project) ? project : folder);

beforeAll(async () => {
  folder = mkdtempSync(join(inject("testFolder"), "package-"));
  project = join(folder, "my_warehouse");
  const staged = join(folder, "staged");
  cpSync(await compiled(), join(staged, "dist"), { recursive: true });
  for (const name of ["package.json", "README.md", "LICENSE", "schemas"]) {
    cpSync(join(repository, name), join(staged, name), { recursive: true });
  }
  run("npm", ["pack", "--loglevel=error"], staged);
  const [tarball] = readdirSync(staged).filter((name) => name.endsWith(".tgz"));
  cpSync(join(staged, tarball!), join(folder, "install", tarball!), { recursive: true });
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", `./${tarball}`], join(folder, "install"));
}, 300_000);

afterAll(() => {
  if (existsSync(project)) ctf("db", "stop");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test("tells its version", () => {
  expect(ctf("--version").trim()).toMatch(/^\d+\.\d+\.\d+$/);
});

test("makes a project that checks and runs as it is, with schemas for the editor", () => {
  ctf("init", "my_warehouse");
  ctf("check");
  ctf("run", "--all");
  const { transforms } = JSON.parse(ctf("ls", "--json")) as { transforms: { lastRun: { status: string } | null }[] };
  expect(transforms.length).toBeGreaterThan(1);
  expect(transforms.every((transform) => transform.lastRun?.status === "succeeded")).toBe(true);
  expect(readdirSync(join(project, ".ctf/schemas"))).toContain("transform.schema.json");
}, 120_000);
