import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeNewFiles } from "../../src/project/write/new_files.ts";
import { scratchProject } from "../support/project.ts";

test("new files are written all or none, and what is there stays", () => {
  const { root } = scratchProject({ "pipelines/a/t.sql": "SELECT 1" });
  expect(() => writeNewFiles(root, { "pipelines/a/t.yaml": "kind: sql", "pipelines/a/t.sql": "" })).toThrow(/EEXIST/);
  expect(existsSync(join(root, "pipelines/a/t.yaml"))).toBe(false);
  expect(readFileSync(join(root, "pipelines/a/t.sql"), "utf8")).toBe("SELECT 1");

  writeNewFiles(root, { "pipelines/a/t.yaml": "kind: sql", "pipelines/b/t.sql": "SELECT 2" });
  expect(readFileSync(join(root, "pipelines/b/t.sql"), "utf8")).toBe("SELECT 2");
});
