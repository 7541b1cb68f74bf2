import { describe, expect, test } from "vitest";
import { spawnCtf } from "./cli.ts";
import { connect, freshDatabase } from "./database.ts";
import { scratchProject } from "./project.ts";

describe.each([15, 18] as const)("PostgreSQL %i", (major) => {
  test("gives each test an empty database of its own", async () => {
    const [one, other] = await Promise.all([freshDatabase(major), freshDatabase(major)]);
    const client = await connect(one.url);
    await client.query("CREATE TABLE t AS SELECT 1 AS a");
    const second = await connect(other.url);
    const { rows } = await second.query("SELECT to_regclass('t') AS t, current_setting('server_version_num') AS v");
    expect(rows[0].t).toBeNull();
    expect(Math.trunc(Number(rows[0].v) / 10_000)).toBe(major);
  });
});

test("writes a project with a ctf.yaml", () => {
  const { root } = scratchProject({ "pipelines/p/pipeline.yaml": "description: P\n" });
  expect(root).toContain("project-");
});

test("runs the compiled ctf as a process, which can be watched and killed", async () => {
  const { root } = scratchProject({});
  const version = await spawnCtf(["--version"], { cwd: root });
  await version.saw(/^\d+\.\d+\.\d+\n$/);
  expect(await version.ended).toMatchObject({ code: 0, stderr: "" });
});
