/** `ctf test` while somebody sits before it: files that are saved, and Ctrl-C. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureServer } from "../../src/warehouse/embedded/server.ts";
import { spawnCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { two } from "./two_tests.ts";
import { inWorld } from "./world.ts";

inWorld(18, (world) => {
  test("--watch runs again what a saved file concerns, also after one that was half-written", async () => {
    world.files(two);
    const { child, ended, saw } = await spawnCtf(["test", "--watch", "-k", "right"], { cwd: world.root });
    await saw(/Waiting/);
    writeFileSync(join(world.root, "pipelines/p/t.test.yaml"), "tests:\n  - name: [");
    await saw(/CTF003[^]*Waiting/);
    writeFileSync(join(world.root, "pipelines/p/t.test.yaml"), two["t.test.yaml"]!);
    await saw(/✓ p\.t: right[^]*✓ p\.t: right/);
    writeFileSync(join(world.root, "pipelines/p/t.sql"), "SELECT id, upper(name) AS name FROM raw.members");
    await saw(/✗ p\.t: right/);
    child.kill("SIGINT");
    expect((await ended).code).toBe(0);
  });

  test("--watch runs the tests of what was saved and of what reads it, and nothing of others", async () => {
    const reader =
      "kind: create_table_as\ninputs: [{transform: t}]\noutput: {table: p.r, columns: [{name: id, type: bigint}]}\n";
    const other = two["t.yaml"]!.toString().replace("p.t", "p.u");
    const tests = "tests: [{name: right, expect: []}]\n";
    world.files({
      ...two,
      ...{ "r.yaml": reader, "r.sql": "SELECT id FROM p.t", "r.test.yaml": tests },
      ...{ "u.yaml": other, "u.sql": two["t.sql"]!, "u.test.yaml": tests },
    });
    const { child, ended, saw } = await spawnCtf(["test", "--watch", "--no-structural"], { cwd: world.root });
    await saw(/Waiting/);
    writeFileSync(join(world.root, "pipelines/p/t.yaml"), `${two["t.yaml"]}# saved\n`);
    await saw(/4 tests:[^]*3 tests: 1 failed/);
    await saw(/Waiting[^]*Waiting/);
    writeFileSync(join(world.root, "pipelines/p/t.sql"), `${two["t.sql"]} -- saved`);
    await saw(/3 tests:[^]*2 tests: 1 failed/);
    child.kill("SIGINT");
    expect((await ended).code).toBe(0);
  });

  test("Ctrl-C ends at once what is tried on the server, and nothing is said of it", async () => {
    world.files({ ...two, "t.sql": "SELECT id, name FROM raw.members, pg_sleep(60)" });
    const { child, ended } = await spawnCtf(["test", "--structural"], { cwd: world.root });
    const { url } = await ensureServer({ root: world.root, role: "scratch", major: 18 });
    const server = await connect(url);
    const asleep = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    const sleepers = async () => (await server.query<{ n: number }>(asleep)).rows[0]!.n;
    await expect.poll(sleepers, { timeout: 30_000 }).toBe(1);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stdout: expect.stringContaining("1 not run") });
    await expect.poll(sleepers, { timeout: 10_000 }).toBe(0);
  });
});
