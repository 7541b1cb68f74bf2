/** What `ctf.testing` in Python asks CTF, line by line (src/testing/service/protocol.ts). Its own tests stand in python/tests. */
import { createServer } from "node:net";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { VERSION } from "../../src/project/version.ts";
import { PROTOCOL } from "../../src/testing/service/protocol.ts";
import { ensureServer } from "../../src/warehouse/embedded/server.ts";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import type { Files } from "../support/files.ts";
import { type TestMajor, testMajors } from "../support/servers.ts";
import { until } from "../support/warehouse.ts";
import { copyOf, inWorld, type World } from "./world.ts";

const upsert: Files = {
  ...copyOf(
    "[{name: id, type: bigint, not_null: true}, {name: day, type: date}]",
    "SELECT id, CURRENT_DATE AS day FROM raw.members",
  ),
  "kept.yaml": `kind: upsert
inputs: [{transform: t}]
output:
  table: p.kept
  columns: [{name: number, type: bigint, not_null: true, identity: always}, {name: id, type: bigint, not_null: true}]
  primary_key: [id]
`,
  "kept.sql": "SELECT id FROM p.t",
};

type Message = Readonly<Record<string, unknown>> & { readonly id?: number };

const answersIn = (text: string): readonly Message[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Message)
    .filter(({ id }) => id !== undefined);

const linesOf = (world: World, requests: readonly object[]): string =>
  requests.map((request, n) => `${JSON.stringify({ id: n + 1, project: world.root, ...request })}\n`).join("");

/** Each request's answer: `ok`, or `problem`. Hangs up after the last one. */
async function ask(world: World, requests: readonly object[], env = {}): Promise<readonly unknown[]> {
  const stdin = new PassThrough();
  stdin.write(linesOf(world, requests));
  const heard = (text: string) => {
    if (answersIn(text).length === requests.length) stdin.end();
  };
  const { stdout } = await runCtf(["__serve"], { cwd: world.root, env, stdin, heard });
  const messages = answersIn(stdout);
  expect(messages.map(({ id }) => id)).toEqual(requests.map((_, n) => n + 1));
  return messages.map(({ ok, problem }) => ok ?? problem);
}

async function databases(world: World, major: TestMajor): Promise<readonly string[]> {
  const { url } = await ensureServer({ root: world.root, role: "scratch", major });
  const { rows } = await (await connect(url)).query("SELECT datname FROM pg_database WHERE datname ~ '_x[0-9a-f]+$'");
  return rows.map(({ datname }) => datname as string);
}

const open = (mode: "rollback" | "clone") => ({ do: "open", mode });
const give = (database: number, table: string, ...rows: readonly object[]) => ({ do: "give", database, table, rows });
const run = (database: number, transform: string, more: object = {}) => ({
  do: "run",
  database,
  transform,
  variables: {},
  monitors: false,
  ...more,
});

test("it greets, and ends when nobody asks any more", async () => {
  const { stdout, code } = await runCtf(["__serve"], { cwd: "/" });
  expect([code, JSON.parse(stdout)]).toEqual([0, { hello: { protocol: PROTOCOL, version: VERSION } }]);
});

for (const major of testMajors) {
  inWorld(major, (world) => {
    test.each(["rollback", "clone"] as const)(
      "transforms one after the other on the rows of a test, by %s",
      async (mode) => {
        world.files(upsert);
        const now = "2018-04-17T06:00:00Z";
        const answers = await ask(world, [
          open(mode),
          give(1, "members", { id: "7" }),
          run(1, "t", { now }),
          run(1, "kept", { now }),
          give(1, "raw.members", { id: "7" }, { id: "8" }),
          run(1, "t", { now }),
          run(1, "kept", { now }),
          { do: "close", database: 1 },
          open(mode),
          {
            do: "query",
            database: 2,
            text: "SELECT (SELECT count(*) FROM raw.members) + (SELECT count(*) FROM p.kept) AS rows",
          },
          run(2, "kept"),
        ]);
        const rowsOf = (answer: unknown, output: string) =>
          (answer as { outputs: Record<string, { rows: unknown }> }).outputs[output]?.rows;
        expect(rowsOf(answers[2], "p.t")).toEqual([["7", "2018-04-17"]]);
        expect(rowsOf(answers[3], "p.kept")).toEqual([["1", "7"]]);
        expect(answers[6]).toMatchObject({
          transform: "p.kept",
          counts: { inserted: 1, updated: 0, unchanged: 1 },
          outputs: {
            "p.kept": {
              rows: [
                ["1", "7"],
                [expect.any(String), "8"],
              ],
            },
          },
        });
        expect(answers[9]).toMatchObject({ rows: [["0"]] });
        expect(await databases(world, major)).toEqual([]);
      },
    );
  });
}

inWorld(18, (world) => {
  test("what a function takes is told by what is declared: no server is started", async () => {
    world.files({
      "f.yaml": `kind: python
inputs: [{source: members}]
output:
  table: p.f
  columns:
    - {name: a, type: int}
    - {name: b, type: "varchar(5)[]"}
    - {name: c, type: "timestamptz(3)", default: now()}
    - {name: d, type: shop.money}
`,
      "f.py": "def transform(members):\n    return []\n",
    });
    const [told] = await ask(world, [{ do: "function", transform: "p.f" }]);
    expect(told).toMatchObject({
      inputs: [{ type: "table", parameter: "members", name: "raw.members" }],
      columns: [
        { base: "integer", mayLack: false },
        { base: "character varying(5)[]" },
        { base: "timestamp with time zone(3)", mayLack: true },
        { base: "shop.money" },
      ],
      variables: { run_date: { type: "date", value: "2018-04-17" } },
    });
  });

  test("problems are answers, and the conversation goes on", async () => {
    world.files(upsert);
    const answers = await ask(world, [
      { do: "render", text: "SELECT 1", piece: "cte(a)", patches: [] },
      { do: "open", mode: "rollback", project: "/" },
      open("rollback"),
      run(1, "kep"),
      { do: "query", database: 1, text: "SELECT 1/0" },
      { do: "query", database: 7, text: "SELECT 1" },
      { do: "query", database: 1, text: "SELECT 1 AS a" },
    ]);
    expect(answers).toMatchObject([
      { type: "piece", kind: "no_match" },
      { type: "diagnostics", diagnostics: [{ code: "CTF008" }] },
      { database: 1 },
      { type: "diagnostics", diagnostics: [{ code: "CTF401", hint: "Did you mean kept?" }] },
      { type: "database", sqlstate: "22012" },
      { type: "fault" },
      { rows: [["1"]] },
    ]);
  });

  test("a table that can't be made concerns those who need it, and says where it is declared", async () => {
    const odd = "kind: create_table_as\noutput: {table: p.odd, columns: [{name: id, type: bigit}]}\n";
    world.files({
      ...upsert,
      "odd.yaml": odd,
      "odd.sql": "SELECT 1 AS id",
      "sources/others.yaml": `sources:
  - {name: right, table: raw.right, columns: [{name: id, type: bigint}]}
  - {name: wrong, table: raw.wrong, columns: [{name: id, type: bigint}, {name: day, type: dat}]}
`,
    });
    const answers = await ask(world, [
      open("rollback"),
      give(1, "right", { id: "1" }),
      give(1, "members", { id: "7" }),
      run(1, "t"),
      run(1, "odd"),
      give(1, "odd", { id: "1" }),
      give(1, "wrong", { id: "1" }),
    ]);
    const unmade = (file: string, line: number) => ({ diagnostics: [{ code: "CTF867", file, line }] });
    expect(answers).toMatchObject([
      { database: 1 },
      { rows: [["1"]] },
      {},
      { outputs: { "p.t": { rows: [["7", expect.anything()]] } } },
      unmade("pipelines/p/odd.yaml", 2),
      unmade("pipelines/p/odd.yaml", 2),
      unmade("sources/others.yaml", 3),
    ]);
  });

  test("a target that points elsewhere hears nothing", async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    world.files({ ...upsert, "ctf.yaml": "ctf: 1\nproject: test\ntargets: {prod: {url_env: WAREHOUSE_URL}}\n" });
    const url = `postgresql://me@127.0.0.1:${port}/prod`;
    const requests = [open("rollback"), run(1, "t"), open("clone"), run(2, "t"), { ...open("rollback"), url }];
    const answers = await ask(world, requests, { WAREHOUSE_URL: url });
    expect(JSON.stringify(answers.at(-1))).toContain("it is the database of target prod");
    expect(answers.slice(0, 4).map((answer) => (answer as { type?: string }).type)).toEqual(Array(4).fill(undefined));
    expect(connections).toBe(0);
  });

  test("one that is killed leaves a database that the next one drops", async () => {
    world.files(upsert);
    const killed = await spawnCtf(["__serve"], {
      cwd: world.root,
      input: linesOf(world, [open("clone")]),
      keepsOpen: true,
    });
    await killed.saw(/"ok"/);
    expect(await databases(world, 18)).toHaveLength(1);
    killed.child.kill("SIGKILL");
    await killed.ended;
    await until(async () => {
      await ask(world, [open("rollback")]);
      return (await databases(world, 18)).length === 0;
    }, "that the killed one's database is dropped");
  });

  test("what is going on when the other side hangs up is broken off", async () => {
    world.files(upsert);
    const requests = [open("clone"), { do: "query", database: 1, text: "SELECT pg_sleep(600)" }];
    const going = await spawnCtf(["__serve"], { cwd: world.root, input: linesOf(world, requests), keepsOpen: true });
    await until(async () => {
      const { url } = await ensureServer({ root: world.root, role: "scratch", major: 18 });
      const { rowCount } = await (
        await connect(url)
      ).query(
        "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()",
      );
      return rowCount === 1;
    }, "that the query runs");
    going.child.stdin!.end();
    expect((await going.ended).code).toBe(0);
    expect(await databases(world, 18)).toEqual([]);
  });
});
