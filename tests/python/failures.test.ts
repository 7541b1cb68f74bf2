/** What goes wrong in a function is told at the user's own line, and no value of a table is told at all. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { ctf } from "../../src/cli/main.ts";
import { fakeTerminal } from "../cli/terminal.ts";
import { runCtf } from "../support/cli.ts";
import { lines } from "../support/files.ts";
import { world } from "./world.ts";

const columns = { id: "int", v: "text" };

const CASES: Readonly<Record<string, readonly [code: string, told: string]>> = {
  "an exception, where it was raised": [
    "def transform():\n    return score({})\n\n\ndef score(row):\n    return row['v']\n",
    "pipelines/p/t.py:6 CTF604 KeyError in score()",
  ],
  "an exception in a generator": [
    "def transform():\n    yield 1, 'a'\n    raise ValueError('x')\n",
    "pipelines/p/t.py:3 CTF604 ValueError in transform()",
  ],
  "a syntax error": ["def transform():\n    return [\n", "pipelines/p/t.py:2 CTF605"],
  "a package that is not there": [
    "import not_a_package\n\ndef transform():\n    return []\n",
    "pipelines/p/t.py:1 CTF606 the package not_a_package is not installed",
  ],
  "no function": ["x = 1\n", "pipelines/p/t.py:1 CTF607"],
  "a parameter that is no input": ["def transform(claims):\n    return []\n", "pipelines/p/t.py:1 CTF607"],
  "a return that is nothing to store": ["def transform():\n    return 5\n", "pipelines/p/t.py:1 CTF607"],
  "other columns": [
    "def transform():\n    yield {'id': 1, 'w': 2}\n",
    "pipelines/p/t.py:1 CTF608 what transform() returned does not have the output's columns: v is missing; w is not declared",
  ],
  "a value of another type": ["def transform():\n    yield 'x', 'y'\n", "pipelines/p/t.py:1 CTF610 row 1, column id:"],
  "the end of the process": ["import os\n\ndef transform():\n    os._exit(3)\n", "pipelines/p/t.py:1 CTF613"],
  "being killed from outside": [
    "import os, signal\n\ndef transform():\n    os.kill(os.getpid(), signal.SIGKILL)\n",
    "pipelines/p/t.py:1 CTF613 the Python process was ended from outside by SIGKILL in the middle of the call",
  ],
  leaving: ["import sys\n\ndef transform():\n    sys.exit(0)\n", "pipelines/p/t.py:4 CTF604 SystemExit in transform()"],
};

test.each(Object.entries(CASES))("%s", async (_, [code, told]) => {
  const w = await world(18, { code, columns });
  const { transforms } = await w.run();
  const found = lines(transforms[0]!.diagnostics).map((line) => line.replace(/^(\S+:\d+):\d+/, "$1"));
  expect(found).toEqual([expect.stringContaining(told)]);
  expect(await w.value("SELECT to_regclass('lab.t')::text")).toBeNull();
});

test("the calls that led there are told with their places", async () => {
  const code = "import helper\n\n\ndef transform():\n    return helper.score()\n";
  const w = await world(18, { code, columns, more: { "helper.py": "def score():\n    raise RuntimeError('x')\n" } });
  const [diagnostic] = (await w.run()).transforms[0]!.diagnostics;
  expect(diagnostic?.span).toMatchObject({ file: "pipelines/p/helper.py", start: { line: 2 } });
  expect(diagnostic?.labels).toMatchObject([
    { span: { file: "pipelines/p/t.py", start: { line: 5 } }, message: "called from transform()" },
  ]);
});

const CANARY = "Wilhelmina Featherstonehaugh";
const LEAKY = `import ctf


def transform(members: ctf.Table, ctx: ctf.Context):
    for row in members.rows():
        print("saw", row.name)
        ctx.log.info("a member named %s", row.name)
        ctx.log.warning(f"again {row.name}")
        raise ValueError(row.name)
`;

test("what is printed, logged and raised is masked everywhere, and shown on a terminal with --show-data", async () => {
  const setup = `CREATE TABLE lab.members AS SELECT 1 AS id, '${CANARY}' AS name`;
  const w = await world(18, { code: LEAKY, columns, reads: ["members"], setup });
  const env = { WAREHOUSE_URL: w.url };
  const asText = await runCtf(["run", "--all"], { cwd: w.root, env });
  const asJson = await runCtf(["run", "--all", "--json"], { cwd: w.root, env });
  expect(asText.stderr).toContain(`p.t  t.py:6 printed a line (${CANARY.length + 4} characters)`);
  expect(asText.stderr).toContain("p.t  t.py:7 a member named %s");
  expect(asText.stderr).toContain(`p.t  t.py:8 logged a line (${CANARY.length + 6} characters)`);
  expect(asText.stderr).toContain("ValueError in transform()");

  const terminal = fakeTerminal(200);
  const io = {
    cwd: w.root,
    env: { ...process.env, ...env, TERM: "xterm", NO_COLOR: "1" },
    stdin: Readable.from([]),
    stdout: terminal as never,
    stderr: terminal as never,
    signals: new EventEmitter(),
  };
  await ctf(["run", "p", "--show-data"], io);
  expect(terminal.screen()).toContain(`t.py:6 saw ${CANARY}`);
  expect(terminal.screen()).toContain(`Python: ${CANARY}`);

  const runs = join(w.root, ".ctf", "runs");
  const logs = readdirSync(runs).map((file) => readFileSync(join(runs, file), "utf8"));
  const records = JSON.stringify(await w.rows("SELECT * FROM ctf.transform_run"));
  for (const text of [asText.stderr, asText.stdout, asJson.stdout, asJson.stderr, records, ...logs])
    expect(text.split("\n").filter((line) => line.includes("Featherstonehaugh"))).toEqual([]);
});

test("what fails on CTF's side comes first: an input that may not be read", async () => {
  const code = "def transform(members):\n    return [(row.id, row.name) for row in members.rows()]\n";
  const setup = "CREATE VIEW lab.members AS SELECT 1 AS id, (1 / (random() * 0)::int)::text AS name";
  const w = await world(18, { code, columns, reads: ["members"], setup });
  const { transforms } = await w.run();
  expect(lines(transforms[0]!.diagnostics)).toEqual([
    expect.stringContaining("lab.members: division by zero (SQLSTATE 22012)"),
  ]);
});

test("an input that is not there is told before the function is called", async () => {
  const w = await world(18, { code: "raise SystemError\n", columns, reads: ["members"] });
  const { transforms } = await w.run();
  expect(lines(transforms[0]!.diagnostics)).toEqual([
    expect.stringContaining("CTF611 the input lab.members is not in the warehouse"),
  ]);
});
