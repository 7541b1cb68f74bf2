/** What readers see while a table is swapped under them. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { describe, expect, test } from "vitest";
import { connect } from "../support/database.ts";
import { testMajors } from "../support/servers.ts";
import { definition, problems, until, warehouse } from "../support/warehouse.ts";

const ROWS = 500;
const files = (top = "") => ({
  "t.yaml": definition("s.t", { id: "integer", run: "text" }, "primary_key: [id]", top),
  "t.sql": `SELECT n AS id, 'first' AS run FROM generate_series(1, ${ROWS}) n`,
});
const second = { "t.sql": `SELECT n AS id, 'second' AS run FROM generate_series(1, ${ROWS}) n` };

/** Reads over and over, every other client by a prepared statement, and notes everything that is not the whole old or new table. */
function readAllTheTime(clients: readonly pg.Client[], texts: readonly string[], perSecond: number) {
  const stop = new AbortController();
  const wrong: string[] = [];
  let reads = 0;
  const loop = async (client: pg.Client, text: string, n: number): Promise<void> => {
    while (!stop.signal.aborted) {
      const began = performance.now();
      try {
        const { rows } = await client.query<{ n: string; runs: string }>({
          text,
          ...(n % 2 === 1 ? { name: `read_${n}` } : {}),
        });
        if (Number(rows[0]?.n) !== ROWS || !["first", "second"].includes(rows[0]?.runs ?? "")) {
          wrong.push(`${text}: ${JSON.stringify(rows[0])}`);
        }
      } catch (error) {
        wrong.push(`${text}: ${(error as Error).message}`);
      }
      reads += 1;
      await sleep(Math.max(0, (1000 * clients.length) / perSecond - (performance.now() - began)));
    }
  };
  const done = Promise.all(clients.map((client, n) => loop(client, texts[n % texts.length]!, n)));
  return {
    count: () => reads,
    async stop() {
      stop.abort();
      await done;
      return wrong;
    },
  };
}

const count = (from: string) => `SELECT count(*) AS n, string_agg(DISTINCT run, ',') AS runs FROM ${from}`;

describe.each(testMajors)("on PostgreSQL %i", (major) => {
  test("200 reads a second, directly and through views, never fail and always see a whole table", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query(`CREATE VIEW s.v AS SELECT id, run FROM s.t;
      CREATE VIEW s.vv AS SELECT id, run FROM s.v WHERE id > 0;
      CREATE VIEW s.vvv AS SELECT vv.id, v.run FROM s.vv JOIN s.v USING (id);
      CREATE VIEW s.both AS SELECT v.id, t.run FROM s.v JOIN s.t USING (id)`);
    const clients = await Promise.all([1, 2, 3, 4].map(() => connect(w.url)));
    const readers = readAllTheTime(clients, [count("s.t"), count("s.vvv"), count("s.v"), count("s.both")], 200);
    for (let n = 0; n < 3; n += 1) {
      w.write(n % 2 === 0 ? second : files());
      await w.publish();
      const seen = readers.count();
      await until(() => readers.count() > seen + 20, "reads after the publish");
    }
    expect(await readers.stop()).toEqual([]);
    expect(await w.value("SELECT DISTINCT run FROM s.both")).toBe("second");
  });

  test("views are locked before the table, as their readers do", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query("CREATE VIEW s.v AS SELECT * FROM s.t");
    const other = await connect(w.url);
    await other.query("BEGIN; COMMENT ON VIEW s.v IS 'keeps the view, not the table'");
    const run = await w.start();
    const locks = () =>
      w.rows(`SELECT relation::regclass::text AS name, granted FROM pg_locks
        WHERE relation IN ('s.t'::regclass, 's.v'::regclass) AND mode = 'AccessExclusiveLock'`);
    let seen: readonly unknown[] = [];
    await until(async () => (seen = await locks()).length > 0, "a try to publish");
    expect(seen).toEqual([{ name: "s.v", granted: false }]);
    await other.query("COMMIT");
    expect((await run.result).status).toBe("succeeded");
  });

  test("a reader that takes the locks in the other order is not the one to fail", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query("CREATE VIEW s.v AS SELECT * FROM s.t");
    const reader = await connect(w.url);
    await reader.query("BEGIN");
    await reader.query("SELECT FROM s.t LIMIT 1");
    w.write(second);
    const run = await w.start();
    await run.saw(({ type }) => type === "waiting");
    // The publish holds the view and waits for the table now and then; this waits for the view.
    expect((await reader.query("SELECT DISTINCT run FROM s.v")).rows).toEqual([{ run: "first" }]);
    await reader.query("COMMIT");
    expect((await run.result).status).toBe("succeeded");
    expect(await w.value("SELECT DISTINCT run FROM s.v")).toBe("second");
  });

  test("while a long reader keeps the table, others are never held up for long", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query("CREATE VIEW s.v AS SELECT * FROM s.t; CREATE VIEW s.v2 AS SELECT * FROM s.t");
    const [long, other] = [await connect(w.url), await connect(w.url)];
    await long.query("BEGIN");
    await long.query("SELECT FROM s.t LIMIT 1");
    w.write(second);
    const run = await w.start();
    await run.saw(({ type }) => type === "waiting");
    const waits: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const began = performance.now();
      await other.query("SELECT FROM s.v, s.v2 LIMIT 1");
      waits.push(performance.now() - began);
      await sleep(10);
    }
    // 100 ms of lock_timeout, and what a busy machine adds.
    expect(Math.max(...waits)).toBeLessThan(1500);
    await long.query("COMMIT");
    expect((await run.result).status).toBe("succeeded");
  });

  test("after publish_wait the blocking sessions are named, and --resume publishes what was built", async () => {
    const w = await warehouse(major, files("publish_wait: 500ms"));
    await w.publish();
    const long = await connect(w.url);
    await long.query("SET application_name = 'nightly report'; BEGIN; SELECT FROM s.t LIMIT 1");
    const pid = (await long.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
    w.write(second);
    const blocked = await w.run();
    expect(problems(blocked)).toEqual([
      expect.stringMatching(
        `^p\\.t CTF523 s\\.t is built, but could not be published: locked by backend ${pid} \\(postgres, nightly report, idle in transaction, for 00:00:0\\d\\) → .*--resume`,
      ),
    ]);
    expect(await w.value("SELECT DISTINCT run FROM s.t")).toBe("first");
    const built = await w.value("SELECT 'ctf_build_' || last_value FROM ctf.build_number");
    expect(await w.value("SELECT status FROM ctf.transform_run ORDER BY run DESC LIMIT 1")).toBe("built");
    await long.query("COMMIT");

    const oid = await w.value(`SELECT to_regclass('${String(built)}.t')::oid`);
    const resumed = await w.start({ resume: true });
    expect((await resumed.result).status).toBe("succeeded");
    expect(resumed.events.filter(({ type }) => type === "phase_started")).toMatchObject([{ phase: "publish" }]);
    expect(await w.value("SELECT 's.t'::regclass::oid")).toBe(oid);
    expect(await w.value("SELECT DISTINCT run FROM s.t")).toBe("second");
  });

  test("READ COMMITTED sees the old table or the new one", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    const reader = await connect(w.url);
    await reader.query("BEGIN; SELECT 1");
    w.write(second);
    await w.publish();
    expect((await reader.query("SELECT DISTINCT run FROM s.t")).rows).toEqual([{ run: "second" }]);
    await reader.query("COMMIT");
  });

  test("an older REPEATABLE READ transaction is waited for", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    const reader = await connect(w.url);
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    w.write(second);
    const run = await w.start();
    await run.saw((event) => event.type === "waiting" && event.what.startsWith("older transactions"));
    expect((await reader.query("SELECT DISTINCT run FROM s.t")).rows).toEqual([{ run: "first" }]);
    await reader.query("COMMIT");
    expect(problems(await run.result)).toEqual([]);
    expect(await w.value("SELECT DISTINCT run FROM s.t")).toBe("second");
  });

  test("a REPEATABLE READ transaction that begins after the build is not waited for", async () => {
    const w = await warehouse(major, files(), "CREATE TABLE public.log (a int)");
    await w.publish();
    const [writer, older, newer] = [await connect(w.url), await connect(w.url), await connect(w.url)];
    // While it writes, everybody's snapshots look as old as it is.
    await writer.query("BEGIN; INSERT INTO public.log VALUES (1)");
    await older.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    w.write(second);
    const run = await w.start();
    await run.saw((event) => event.type === "waiting" && event.what.startsWith("older transactions"));
    await newer.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    await older.query("COMMIT");
    expect(problems(await run.result)).toEqual([]);
    expect((await newer.query("SELECT DISTINCT run FROM s.t")).rows).toEqual([{ run: "second" }]);
    for (const client of [writer, newer]) await client.query("COMMIT");
  });

  test("after snapshot_wait the table is published all the same, with a warning that is recorded", async () => {
    const w = await warehouse(major, files("snapshot_wait: 200ms"));
    await w.publish();
    const reader = await connect(w.url);
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    w.write(second);
    const result = await w.publish();
    expect(problems(result)).toEqual([
      expect.stringMatching(/^p\.t CTF526 s\.t is published while 1 older transaction\(s\) are open \(backend \d+\)/),
    ]);
    const recorded = await w.value(
      "SELECT diagnostics -> 0 ->> 'code' FROM ctf.transform_run ORDER BY run DESC LIMIT 1",
    );
    expect(recorded).toBe("CTF526");
    // This is what the warning is about.
    expect((await reader.query("SELECT count(*)::int AS n FROM s.t")).rows).toEqual([{ n: 0 }]);
    await reader.query("COMMIT");
  });

  test("neither a statement on its own nor another build of CTF's is waited for", async () => {
    const w = await warehouse(major, {
      ...files(),
      "slow.yaml": definition("s.slow", { id: "integer" }),
      "slow.sql": "SELECT 1 AS id FROM pg_advisory_lock_shared(4711)",
    });
    const gate = await connect(w.url);
    await gate.query("SELECT pg_advisory_lock(4711)");
    const reader = await connect(w.url);
    const reading = reader.query("SELECT pg_advisory_lock_shared(4711)");
    const run = await w.start();
    const inside =
      "SELECT count(*)::int = 2 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted";
    await until(() => w.value(inside), "both to wait");
    await run.saw((event) => event.type === "transform_finished" && event.result.id === "p.t");
    expect(await w.value("SELECT count(*)::int FROM s.t")).toBe(ROWS);
    await gate.query("SELECT pg_advisory_unlock(4711)");
    await reading;
    expect(problems(await run.result)).toEqual([]);
    expect(run.events.filter(({ type }) => type === "waiting")).toEqual([]);
  });
});
