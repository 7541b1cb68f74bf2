/** Servers that nothing can be written to, or that are not ready yet. */
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { connect as connectWarehouse } from "../../src/warehouse/session/connect.ts";
import { runCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";
import { primary, standbyOf } from "../support/replicas.ts";
import { testMajors } from "../support/servers.ts";
import { definition } from "../support/warehouse.ts";

const project = () =>
  scratchProject({
    "ctf.yaml": "ctf: 1\nproject: test\ndefault_target: test\ntargets:\n  test: {url_env: WAREHOUSE_URL}\n",
    "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
    "pipelines/p/t.yaml": definition("s.t", { id: "integer" }, "primary_key: [id]"),
    "pipelines/p/t.sql": "SELECT 1 AS id",
  }).root;

test.each(testMajors)(
  "a standby is refused in words by what writes, and serves what reads, on PostgreSQL %i",
  async (major) => {
    const server = await primary(major);
    await server.start();
    const cwd = project();
    const ctf = (url: string, ...args: string[]) => runCtf(args, { cwd, env: { WAREHOUSE_URL: url } });
    expect((await ctf(server.url, "run", "p")).code).toBe(0);
    await server.stop();
    const standby = await standbyOf(server, major);
    await server.start();
    await standby.start();
    // It lets nobody in before it has caught up.
    await (await connectWarehouse(standby.url)).end();

    const refused = await ctf(standby.url, "run", "p");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /CTF506 the warehouse at 127\.0\.0\.1:\d+\/postgres is a standby: .*\n.*ctf history/,
    );
    const history = await ctf(standby.url, "history", "--json");
    expect(history.code).toBe(0);
    expect(JSON.parse(history.stdout)).toMatchObject({ runs: [{ selection: "p", status: "succeeded" }] });
    expect((await ctf(standby.url, "ls")).stdout).toMatch(/t +create_table_as +s\.t/);
    expect((await ctf(standby.url, "prune", "--yes")).stderr).toMatch(/Nothing to prune/);

    const client = await connect(server.url);
    await client.query("ALTER ROLE postgres SET default_transaction_read_only = on");
    expect((await ctf(server.url, "run", "p")).stderr).toMatch(/CTF506 sessions at .* may only read .*\n.*ALTER ROLE/);
    await client.end();
  },
);

test("Ctrl-C ends the waiting for a server that is just starting", async () => {
  const server = await primary(18);
  await server.start();
  await server.stop();
  const slow = await standbyOf(server, 18, { restoreCommand: "sleep 1; false" });
  await slow.start();
  const signals = new EventEmitter();
  const run = runCtf(["run", "p"], { cwd: project(), env: { WAREHOUSE_URL: slow.url }, signals });
  await expect.poll(() => signals.listenerCount("SIGINT"), { interval: 5 }).toBe(1);
  signals.emit("SIGINT");
  const { code, stderr } = await run;
  expect({ code, stderr }).toEqual({ code: 130, stderr: "Interrupted.\n" });
});
