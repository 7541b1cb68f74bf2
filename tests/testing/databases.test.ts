/** Where tests run: on the scratch server alone, in databases that nothing leaves its mark on. */
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureServer } from "../../src/warehouse/embedded/server.ts";
import { spawnCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import type { Files } from "../support/files.ts";
import { copyOf, inWorld, masked, type World } from "./world.ts";

const passing: Files = {
  ...copyOf("[{name: id, type: bigint}]", "SELECT id FROM raw.members"),
  "t.test.yaml": "tests: [{name: one row, given: {members: [{id: 1}]}, expect: [{id: 1}]}]\n",
};

const slow: Files = {
  "slow.yaml": `kind: python
inputs: [{source: members}]
output: {table: p.slow, columns: [{name: id, type: bigint}]}
`,
  "slow.py":
    'import pathlib, time\n\n\ndef transform(members):\n    pathlib.Path(__file__).with_name("begun").touch()\n    time.sleep(600)\n',
  "slow.test.yaml": "tests: [{name: for ever, expect: []}]\n",
};

async function databases(world: World): Promise<readonly string[]> {
  const { url } = await ensureServer({ root: world.root, role: "scratch", major: 18 });
  const client = await connect(url);
  const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'ctf%' ORDER BY 1");
  return rows.map(({ datname }) => datname as string);
}

const isOwn = (name: string): boolean => /_x/.test(name);

inWorld(18, (world) => {
  test("a target that points elsewhere hears nothing", async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    world.files({
      ...passing,
      "ctf.yaml": "ctf: 1\nproject: test\ntargets: {prod: {url_env: WAREHOUSE_URL}}\n",
      "p.test.yaml":
        "tests: [{name: whole, run: {pipeline: p}, given: {members: [{id: 1}]}, expect: {p.t: [{id: 1}]}}]\n",
    });
    const { code, stdout } = await world.ctfTest();
    expect(masked(stdout)).toBe("✓ p: whole\n✓ p.t: one row\n2 tests: 2 passed, in … s.");
    expect({ code, connections, port: port > 0 }).toEqual({ code: 0, connections: 0, port: true });
  });

  test("what a test committed is gone; what it rolled back was never there", async () => {
    world.files({
      ...passing,
      "t.test.yaml": `tests:
  - {name: rows, given: {members: [{id: 1}]}, expect: [{id: 1}]}
  - {name: none, expect: []}
`,
      "p.test.yaml": `tests:
  - {name: rows, run: {pipeline: p}, given: {members: [{id: 1}]}, expect: {p.t: [{id: 1}]}}
  - {name: none, run: {pipeline: p}, expect: {p.t: []}}
`,
    });
    expect((await world.ctfTest()).code).toBe(0);
    expect((await databases(world)).filter(isOwn)).toEqual([]);
  });

  test("who commits into a database finds it as it was in the beginning, whatever others did there before", async () => {
    const again = (tests: (n: number) => string): string =>
      `tests:\n${Array.from({ length: 3 }, (_, n) => tests(n)).join("")}`;
    const columns = "columns: [{name: id, type: bigint, not_null: true}, {name: n, type: integer, identity: always}]";
    world.files({
      ...passing,
      "sources/files.yaml": 'sources: [{name: numbers, file: "numbers_*.csv"}]\n',
      "loaded.yaml": `kind: load\ninputs: [{source: numbers}]\nmode: append\nmax_rejects: 1\noutput:\n  table: p.loaded\n  ${columns}\n  primary_key: [id]\n`,
      "loaded.test.yaml": again(
        (n) => `  - name: the same file, never loaded ${n}
    given: {numbers: {file: numbers_1.csv, text: "id\\n7\\nx\\n"}}
    expect: [{id: 7, n: 1}]
    expect_rejects: [{line: 3}]
    counts: {read: 2, rejected: 1}
`,
      ),
      "copied.yaml": `kind: python\ninputs: [{transform: loaded}]\noutput:\n  table: p.copied\n  columns: [{name: id, type: bigint}]\n  foreign_keys: [{columns: [id], references: {table: p.loaded, columns: [id]}}]\n`,
      "copied.py": "def transform(loaded):\n    return [{'id': row.id} for row in loaded]\n",
      "copied.test.yaml": again(
        (n) => `  - {name: some ${n}, given: {loaded: [{id: ${n}}]}, expect: [{id: ${n}}]}
  - {name: none ${n}, expect: []}
`,
      ),
      "extra.yaml": "kind: sql\noutputs: [{table: p.extra, columns: [{name: id, type: bigint}]}]\n",
      "extra.sql": "CREATE TABLE IF NOT EXISTS p.extra (id bigint);\nINSERT INTO p.extra VALUES (1);\n",
      "extra.test.yaml": again(
        (n) =>
          `  - {name: statements ${n}, run: {pipeline: p, start: extra, end: extra}, expect: {p.extra: [{id: 1}]}}\n`,
      ),
    });
    const { code, stdout } = await world.ctfTest("--no-structural");
    expect([code, stdout.match(/^✗.*/gm)]).toEqual([0, null]);
    expect((await databases(world)).filter(isOwn)).toEqual([]);
  });

  test("templates are found again, and few are kept", async () => {
    for (let n = 0; n < 9; n++) {
      world.files({
        ...passing,
        "ctf.yaml": `ctf: 1\nproject: test\nvars: {v${n}: {type: text, default: x}}\n`,
      });
      expect((await world.ctfTest()).code).toBe(0);
    }
    expect((await world.ctfTest()).code).toBe(0);
    const before = await databases(world);
    expect((await world.ctfTest()).code).toBe(0);
    expect(await databases(world)).toEqual(before);
    expect(before.filter((name) => /^ctf_test_[0-9a-f]+$/.test(name)).length).toBe(6);
  });

  test("two at once do not disturb each other", async () => {
    world.files({
      ...passing,
      "t.test.yaml": `tests:\n${Array.from({ length: 30 }, (_, n) => `  - {name: test ${n}, given: {members: [{id: 1}]}, expect: [{id: 1}]}\n`).join("")}`,
    });
    const both = await Promise.all([world.ctfTest(), world.ctfTest()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
  });

  test("one that is killed leaves databases that the next one drops", async () => {
    world.files(slow);
    const killed = await spawnCtf(["test"], { cwd: world.root });
    const { existsSync } = await import("node:fs");
    const { until } = await import("../support/warehouse.ts");
    await until(() => existsSync(join(world.root, "pipelines/p/begun")), "that the function has begun");
    expect((await databases(world)).filter(isOwn)).toHaveLength(1);
    killed.child.kill("SIGKILL");
    await killed.ended;
    world.files(passing);
    await until(async () => {
      expect((await world.ctfTest()).code).toBe(0);
      return (await databases(world)).filter(isOwn).length === 0;
    }, "that the killed one's database is dropped");
  });

  test("people's SQL is no superuser's, and can't stop the tests", async () => {
    const said = await world.said({
      ...copyOf("[{name: who, type: text}]", "SELECT pg_read_file('/etc/passwd') AS who"),
      "t.test.yaml": "tests: [{name: file, expect: []}]\n",
      "u.yaml": "kind: sql\noutputs: [{table: p.u, columns: [{name: id, type: bigint}]}]\n",
      "u.sql": "SELECT pg_terminate_backend(pg_backend_pid())",
      "u.test.yaml": `tests:
  - {name: ends its own session, expect: []}
`,
      "v.yaml": "kind: create_table_as\noutput: {table: p.v, columns: [{name: id, type: integer}]}\n",
      "v.sql": "SELECT 1 AS id",
      "v.test.yaml": "tests: [{name: goes on, expect: [{id: 1}]}]\n",
    });
    expect(said).toMatchInlineSnapshot(`
      "✗ p.t: file
        pipelines/p/t.sql:1:1 CTF537 permission denied for function pg_read_file
          1 | SELECT pg_read_file('/etc/passwd') AS who
            | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        PostgreSQL: permission denied for function pg_read_file
        → If this is what must happen: expect_error: {code: CTF537}

      ✗ p.u: ends its own session
        pipelines/p/u.test.yaml:2:12 CTF864 the test took too long, or ended its own session
          2 |   - {name: ends its own session, expect: []}
            |            ^^^^^^^^^^^^^^^^^^^^

      ✓ p.v: goes on
      3 tests: 2 failed, 1 passed, in … s."
    `);
  });
});
