/** What a function gets and what it can't: inputs of one moment, variables, no way to the data. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { processIdentity } from "../../src/warehouse/embedded/process.ts";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { pythonProject } from "../support/python.ts";
import { s3Server } from "../support/s3.ts";
import { problems, until, warehouse } from "../support/warehouse.ts";
import { world } from "./world.ts";

test("all inputs are of one moment, whatever is committed between reading one and the next", async () => {
  const w = await world(18, {
    code: `import os, time, pathlib

def transform(a, b):
    first = next(iter(a.rows())).n
    pathlib.Path("read_one").touch()
    while not os.path.exists("changed"):
        time.sleep(0.01)
    yield first, next(iter(b.rows())).n
    yield next(iter(a.rows())).n, 0
`,
    columns: { a: "int", b: "int" },
    reads: ["a", "b"],
    setup: "CREATE TABLE lab.a AS SELECT 1 AS n; CREATE TABLE lab.b AS SELECT 1 AS n",
  });
  const going = await w.start();
  await until(() => existsSync(join(w.root, "read_one")), "that one input was read");
  await w.client.query("UPDATE lab.a SET n = 2; UPDATE lab.b SET n = 2");
  writeFileSync(join(w.root, "changed"), "");
  expect(problems(await going.result)).toEqual([]);
  expect(await w.rows("SELECT a, b FROM lab.t ORDER BY b DESC")).toEqual([
    { a: 1, b: 1 },
    { a: 1, b: 0 },
  ]);
});

test("an environment without the ways to the data", async () => {
  const w = await world(18, {
    code: `import os

def transform():
    for name in os.environ:
        yield (name,)
`,
    columns: { name: "text" },
  });
  const env = {
    WAREHOUSE_URL: w.url,
    PGPASSWORD: "secret",
    PGHOST: "nowhere",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_PROFILE: "p",
    MINE: "kept",
  };
  await w.publish({ env });
  const names = (await w.rows("SELECT name FROM lab.t")).map(({ name }) => name);
  expect(names).toContain("MINE");
  expect(names.filter((name) => /^(PG|AWS_|WAREHOUSE)/.test(name as string))).toEqual([]);
});

test("inputs by name: transforms, another pipeline's of the same name, sources, files as they are", async () => {
  const w = await warehouse(
    18,
    {
      "./ctf.yaml": pythonProject(),
      "sources/s.yaml": "sources:\n  - {name: claims, table: lab.raw}\n  - {name: notes, files: [data/*.csv]}\n",
      "data/b.csv": "second\n",
      "data/a.csv": "first\n",
      "pipelines/other/pipeline.yaml": "description: O\nowners: [us]\n",
      "pipelines/other/claims.yaml":
        "kind: create_table_as\noutput: {table: lab.others, columns: [{name: n, type: int}]}\n",
      "pipelines/other/claims.sql": "SELECT 20 AS n\n",
      "claims.yaml": "kind: create_table_as\noutput: {table: lab.ours, columns: [{name: n, type: int}]}\n",
      "claims.sql": "SELECT 3 AS n\n",
      "t.yaml": `kind: python
inputs:
  - transform: claims
  - {pipeline: other, transform: claims}
  - source: claims
  - source: notes
output: {table: lab.t, columns: [{name: n, type: int}, {name: notes, type: text}]}
`,
      "t.py": `import ctf

def transform(claims: ctf.Table, other__claims: ctf.Table, source__claims: ctf.Table, notes: ctf.Files):
    n = sum(row.n for table in (claims, other__claims, source__claims) for row in table.rows())
    yield n, ",".join(file.name + ":" + file.open().read().decode().strip() for file in notes)
`,
    },
    "CREATE SCHEMA lab; CREATE TABLE lab.raw AS SELECT 100 AS n",
  );
  await w.publish();
  expect(await w.rows("SELECT * FROM lab.t")).toEqual([{ n: 123, notes: "data/a.csv:first,data/b.csv:second" }]);
});

test("variables have their types, and the time is that of the run's beginning", async () => {
  const w = await world(18, {
    code: `def transform(ctx):
    yield str(type(ctx.vars["run_date"]).__name__), str(ctx.vars["run_date"]), ctx.now.tzinfo is not None
`,
    columns: { kind: "text", value: "text", zoned: "bool" },
    more: { "./ctf.yaml": pythonProject("vars: {run_date: {type: date, default: 2024-02-29}}\n") },
  });
  expect((await runCtf(["run", "--all"], { cwd: w.root, env: { WAREHOUSE_URL: w.url } })).code).toBe(0);
  expect(await w.rows("SELECT * FROM lab.t")).toEqual([{ kind: "date", value: "2024-02-29", zoned: true }]);
});

test("a worker is used again within a run, and none is left after it", async () => {
  const code = "import os\n\ndef transform():\n    yield (os.getpid(),)\n";
  const more = Object.fromEntries(
    ["u", "v"].flatMap((name) => [
      [`${name}.py`, code],
      [`${name}.yaml`, `kind: python\noutput: {table: lab.${name}, columns: [{name: pid, type: int}]}\n`],
    ]),
  );
  const w = await world(18, { code, columns: { pid: "int" }, more });
  await w.publish({ concurrency: 1 });
  const rows = await w.rows("SELECT pid FROM lab.t UNION ALL SELECT pid FROM lab.u UNION ALL SELECT pid FROM lab.v");
  const [pid, ...others] = [...new Set(rows.map((row) => row["pid"] as number))];
  expect(others).toEqual([]);
  expect(() => process.kill(pid!, 0)).toThrow("ESRCH");
});

test("a million rows pass through in little memory", async () => {
  const w = await world(18, {
    code: `import resource

def transform(numbers):
    for row in numbers.rows():
        yield row.n, row.t
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 150 * 1024
`,
    columns: { n: "int", t: "text" },
    reads: ["numbers"],
    setup: "CREATE TABLE lab.numbers AS SELECT n, repeat('x', 200) AS t FROM generate_series(1, 1000000) n",
  });
  const before = process.memoryUsage().rss;
  await w.publish();
  expect(await w.value("SELECT count(*)::int FROM lab.t")).toBe(1_000_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 << 20);
});

test("files: whole under their name, or as they were", async () => {
  const code = (body: string) =>
    `def transform(claims):\n    for row in claims.rows():\n        yield row.n, row.t\n${body}`;
  const output = (path: string, columns = "") =>
    `kind: python\ninputs: [{source: claims}]\noutput: {file: ${path}${columns}}\n`;
  const columns = ", columns: [{name: n, type: int}, {name: t, type: text}]";
  const w = await warehouse(
    18,
    {
      "./ctf.yaml": pythonProject(),
      "sources/s.yaml": "sources:\n  - {name: claims, table: lab.claims}\n",
      "t.yaml": output("out/t.csv", columns),
      "t.py": code(""),
      "u.yaml": output("out/u.jsonl", columns),
      "u.py": code(""),
      "v.yaml": output("out/v.parquet", columns),
      "v.py": code(""),
    },
    `CREATE SCHEMA lab; CREATE TABLE lab.claims (n, t) AS VALUES (1, 'a,"b"'), (2, NULL)`,
  );
  const result = await w.publish();
  expect(result.transforms.map(({ counts }) => counts.rows)).toEqual([2, 2, 2]);
  const read = (name: string) => readFileSync(join(w.root, "out", name), "utf8");
  expect(read("t.csv").split(/\r?\n/)).toEqual(["n,t", '1,"a,""b"""', "2,", ""]);
  expect(
    read("u.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { n: 1, t: 'a,"b"' },
    { n: 2, t: null },
  ]);
  expect(read("v.parquet").slice(0, 4)).toBe("PAR1");

  const before = read("t.csv");
  w.write({ "t.py": code("    raise ValueError()\n") });
  expect(problems(await w.run({ only: ["t"] }))).toEqual([expect.stringContaining("CTF604 ValueError")]);
  w.write({ "t.py": code(""), "t.yaml": `${output("out/t.csv", columns)}monitors: [{row_count: {min: 3}}]\n` });
  expect(problems(await w.run({ only: ["t"] }))).toEqual([
    expect.stringContaining("out/t.csv: 2 rows, fewer than the 3"),
  ]);
  expect(read("t.csv")).toBe(before);
  expect(readdirSync(join(w.root, "out")).sort()).toEqual(["t.csv", "u.jsonl", "v.parquet"]);
});

test.each(["csv", "jsonl", "parquet"])("a file on S3 (%s): whole, or as it was", async (ending) => {
  const code = "def transform():\n    yield {'n': 1, 't': 'a'}\n";
  const output = `s3://bucket/out/t.${ending}`;
  const w = await world(18, {
    code,
    columns: {},
    more: { "t.yaml": `kind: python\noutput: {file: "${output}"}\n` },
  });
  const { client } = await s3Server();
  await client.send(new CreateBucketCommand({ Bucket: "bucket" }));
  const stored = async () => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: "bucket" }));
    return Contents.map(({ Key, ETag }) => `${Key} ${ETag}`);
  };
  const failing = `${code}    raise ValueError()\n`;
  w.write({ "t.py": failing });
  expect(problems(await w.run())).toEqual([expect.stringContaining("CTF604 ValueError")]);
  expect(await stored()).toEqual([]);

  w.write({ "t.py": code });
  await w.publish();
  const whole = await stored();
  expect(whole).toEqual([expect.stringContaining(`out/t.${ending} `)]);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "bucket", Key: `out/t.${ending}` }));
  const text = await Body!.transformToString("latin1");
  if (ending === "parquet") expect([text.slice(0, 4), text.slice(-4)]).toEqual(["PAR1", "PAR1"]);
  else expect(text).toBe(ending === "csv" ? "n,t\r\n1,a\r\n" : '{"n":1,"t":"a"}\n');

  w.write({ "t.py": failing });
  await w.run();
  expect(await stored()).toEqual(whole);
  expect(readdirSync(join(w.root, ".ctf", "drafts"))).toEqual([]);
});

test("a module that it imports, directly or not, belongs to its code", async () => {
  const w = await world(18, {
    code: "import helper\nfrom shared import rates\n\ndef transform():\n    return []\n",
    columns: { n: "int" },
    more: {
      "helper.py": "def f():\n    import deeper, json\n",
      "deeper.py": "",
      "unused.py": "",
      "shared/__init__.py": "",
      "shared/rates.py": "",
    },
  });
  const version = async () => (await w.plan()).transforms[0]!.codeVersion;
  const before = await version();
  const changes: Record<string, boolean> = {};
  for (const path of ["t.py", "helper.py", "deeper.py", "shared/rates.py", "unused.py"]) {
    const at = path.includes("/") ? path : `pipelines/p/${path}`;
    const text = readFileSync(join(w.root, at), "utf8");
    w.write({ [path]: `${text}# changed\n` });
    changes[path] = (await version()) !== before;
    w.write({ [path]: text });
  }
  expect(changes).toEqual({
    "t.py": true,
    "helper.py": true,
    "deeper.py": true,
    "shared/rates.py": true,
    "unused.py": false,
  });
});

test("an interpreter that is not there, or is none, is told with what to do", async () => {
  const told = async (python: string) => {
    const w = await world(18, {
      code: "def transform():\n    return []\n",
      columns: { n: "int" },
      more: { "./ctf.yaml": `ctf: 1\nproject: test\npython: ${python}\ntargets: {test: {url_env: WAREHOUSE_URL}}\n` },
    });
    return problems(await w.run({ env: { PATH: process.env["PATH"] } }));
  };
  expect(await told("bin/python")).toEqual([expect.stringContaining("CTF601 bin/python is not there → ")]);
  expect(await told("no_such_python")).toEqual([
    expect.stringContaining("CTF601 there is no no_such_python on PATH → "),
  ]);
  expect(await told("/bin/true")).toEqual([expect.stringContaining("CTF601 ")]);
});

test("the connections that it took are gone when it has ended", async () => {
  const w = await world(18, {
    code: "def transform(a):\n    for row in a.rows():\n        yield (row.n,)\n        break\n",
    columns: { n: "int" },
    reads: ["a"],
    setup: "CREATE TABLE lab.a AS SELECT n FROM generate_series(1, 300000) n",
  });
  await w.publish();
  const other = await connect(w.url);
  const ours =
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^ctf'";
  await until(async () => (await other.query(ours)).rows[0].n === 0, "that no session is left");
});

test("ctf killed in the middle of a call: its worker goes with it, what that started, and its socket", async () => {
  const code = `import os, pathlib, subprocess, time

def transform():
    pathlib.Path("pids").write_text(f"{os.getpid()} {subprocess.Popen(['sleep', '600']).pid}")
    pathlib.Path("begun").touch()
    time.sleep(600)
    yield (1,)
`;
  const w = await world(18, { code, columns: { n: "int" } });
  const temporary = join(w.root, "tmp");
  mkdirSync(temporary);
  const env = { WAREHOUSE_URL: w.url, TMPDIR: temporary };
  const ctf = await spawnCtf(["run", "--all"], { cwd: w.root, env });
  await until(() => existsSync(join(w.root, "begun")), "that the function runs");
  const pids = readFileSync(join(w.root, "pids"), "utf8").split(" ").map(Number);
  expect(readdirSync(temporary)).toHaveLength(1);
  ctf.child.kill("SIGKILL");
  await ctf.ended;
  for (const pid of pids) await until(() => processIdentity(pid) === undefined, `that ${pid} is gone`);
  expect(readdirSync(temporary)).toEqual([]);
});

test("a Python that is too old says so", async () => {
  const old = '#!/bin/sh\n[ "$1" = -I ] && echo 3.9.2\n';
  const w = await world(18, {
    code: "def transform():\n    return []\n",
    columns: { n: "int" },
    more: {
      "./old_python": old,
      "./ctf.yaml": "ctf: 1\nproject: test\npython: ./old_python\ntargets: {test: {url_env: WAREHOUSE_URL}}\n",
    },
  });
  chmodSync(join(w.root, "old_python"), 0o755);
  expect(problems(await w.run())).toEqual([
    expect.stringContaining("CTF602 old_python is Python 3.9.2; CTF needs 3.11 or newer"),
  ]);
});
