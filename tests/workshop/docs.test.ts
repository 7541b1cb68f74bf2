/** docs/workshop: every block of code, as it stands there, on the scenario `small`. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { MARK } from "../support/processes.ts";
import { testPython } from "../support/python.ts";
import { filled } from "./support.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

function blocksOf(file: string, language: string): string {
  const text = readFileSync(join(repository, "docs/workshop", file), "utf8");
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block]) => block!);
  expect(blocks.length).toBeGreaterThan(5);
  return blocks.join("\n");
}

const run = (
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string => {
  try {
    const marked = { ...process.env, [MARK]: inject("testFolder"), ...env };
    return execFileSync(program, args, { cwd, env: marked, encoding: "utf8", stdio: "pipe", timeout: 90_000 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} failed:\n${stdout}${stderr}`, { cause: error });
  }
};

const folderFor = () => {
  const folder = mkdtempSync(join(inject("testFolder"), "workshop-"));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  return folder;
};

test("the walk-through in TypeScript is sound, and does what it says", async () => {
  const folder = folderFor();
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  writeFileSync(join(folder, "walk.ts"), blocksOf("walk_through.md", "ts"));
  const { url } = await filled("small");
  const strict = ["--strict", "--noUncheckedIndexedAccess", "--target", "es2023", "--module", "nodenext"];
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  run(process.execPath, [tsc, ...strict, "--types", "node", "--skipLibCheck", "walk.ts"], folder);
  run(process.execPath, ["walk.js"], folder, { DATABASE_URL: url });
});

test("the core in Python is sound, and does what it says", async () => {
  const folder = folderFor();
  writeFileSync(join(folder, "walk.py"), blocksOf("python.md", "python"));
  const { url } = await filled("small");
  const env = { PYTHONPATH: join(repository, "python"), MYPYPATH: join(repository, "python") };
  run(testPython(), ["-m", "mypy", "--strict", "--cache-dir", join(folder, "mypy"), "walk.py"], folder, env);
  run(testPython(), ["walk.py"], folder, { ...env, DATABASE_URL: url });
});
