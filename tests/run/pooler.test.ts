/** A pooler between: refused where session locks would protect nothing, fine where each client has its own backend. */
import { describe, expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { pgbouncer, pooled } from "../support/pgbouncer.ts";
import { definition, until, warehouse } from "../support/warehouse.ts";

const FILES = { "t.yaml": definition("lab.t", { n: "int" }), "t.sql": "SELECT 1 AS n FROM pg_sleep(0)" };

describe.skipIf(!pgbouncer)(`a pooler${pgbouncer ? "" : " (skipped: this machine has no pgbouncer)"}`, () => {
  test.each(["transaction", "statement"] as const)("in %s mode is refused, and nothing is touched", async (mode) => {
    const w = await warehouse(18, FILES);
    const url = await pooled(w.url, mode);
    const { code, stderr } = await runCtf(["run", "--all"], { cwd: w.root, env: { WAREHOUSE_URL: url } });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^CTF504 the warehouse at 127\.0\.0\.1:\d+\/test_\w+ is behind a pooler in (transaction|statement) mode/,
      ),
    });
    expect(await w.value("SELECT to_regnamespace('ctf')")).toBeNull();
  });

  test("in transaction mode a command that only looks ends, and says so", async () => {
    const w = await warehouse(18, FILES);
    const env = { WAREHOUSE_URL: await pooled(w.url, "transaction") };
    // The backend that it gets still has what another client prepared.
    const other = await connect(env.WAREHOUSE_URL);
    await other.query({ name: "ctf_0", text: "SELECT 1" });
    const { code, stderr } = await runCtf(["history"], { cwd: w.root, env });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("CTF504 the warehouse at") });
  });

  test("in session mode runs, and cancels the right backend", async () => {
    const w = await warehouse(18, FILES);
    const env = { WAREHOUSE_URL: await pooled(w.url, "session") };
    await w.publish({ env });
    w.write({ "t.sql": "SELECT 1 AS n FROM pg_sleep(60)" });
    const ctrlC = new AbortController();
    const going = await w.start({ env, interrupt: ctrlC.signal });
    const asleep = `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`;
    await until(async () => (await w.value(asleep)) === 1, "asleep");
    ctrlC.abort();
    expect((await going.result).status).toBe("interrupted");
    expect(await w.value(asleep)).toBe(0);
  });
});
