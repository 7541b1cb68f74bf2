import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";

test("ctf db start, status, url, psql and stop", async () => {
  const { root } = scratchProject({
    "ctf.yaml": "ctf: 1\nproject: warehouse\nvars:\n  day: {type: date, default: '2018-04-17'}\n",
  });
  const db = (...args: string[]) => runCtf(["db", ...args], { cwd: root, env: { PATH: "" } });
  const states = async (): Promise<string[]> => {
    const { stdout } = await db("status", "--json");
    return (JSON.parse(stdout) as { servers: { state: string }[] }).servers.map(({ state }) => state);
  };

  expect(await states()).toEqual(["absent", "absent"]);
  expect(existsSync(join(root, ".ctf", "postgres"))).toBe(false);
  expect((await db("stop")).stderr).toBe("Nothing was running.\n");

  const started = await db("start");
  expect(started).toMatchObject({ code: 0, stdout: "" });
  expect(started.stderr).toMatch(/^PostgreSQL 18 \(durable\) runs on 127\.0\.0\.1:\d+, process \d+\.\n$/);
  expect(await states()).toEqual(["running", "absent"]);
  expect((await db("status")).stdout).toMatch(
    /SERVER +STATE +POSTGRES +PORT +PROCESS +DATA\ndurable +running +18 +\d+/,
  );

  const { stdout: url } = await db("url");
  expect(url).toMatch(/\/warehouse\?sslmode=disable\n$/); // whatever PGSSLMODE says
  const client = await connect(url.trim());
  expect((await client.query("SELECT current_database() AS name")).rows).toEqual([{ name: "warehouse" }]);
  await client.end();

  const asked = await db("psql", "-c", "SELECT current_setting('ctf.day') AS day");
  expect(asked).toMatchObject({ code: 0, stderr: "" });
  expect(asked.stdout).toBe(" day\n------------\n 2018-04-17\n(1 row)\n");
  expect((await db("psql", "--target", "lokal", "-c", "SELECT 1")).code).toBe(2);

  expect((await db("stop")).stderr).toBe("Stopped: durable.\n");
  expect(await states()).toEqual(["stopped", "absent"]);
});
