/** `ctf etl` as a person uses it: in any folder, on a server that is there only while a command works. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { serverStatus, stopServer } from "../../src/warehouse/embedded/server.ts";
import { CONF_TEXT } from "../../src/workshop/config/defaults.ts";
import { shippedConf } from "../../src/workshop/config/read.ts";
import { serverOf } from "../../src/workshop/server.ts";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { write } from "../support/files.ts";

let cwd: string;
const dataDir = () => join(cwd, "ctf-etl");
const etl = (...args: readonly string[]) => runCtf(["etl", ...args], { cwd });
const state = () => serverStatus(serverOf(dataDir())).state;
const inDatabase = async (scenario: string, query: string) => (await etl("psql", scenario, "-c", query)).stdout;

const DATABASES = "SELECT datname FROM pg_database ORDER BY 1";

beforeAll(() => {
  cwd = mkdtempSync(join(inject("testFolder"), "etl-"));
  chmodSync(cwd, 0o755); // the server's user has to get in when the tests run as root
});
afterAll(async () => {
  await etl("clean");
  await stopServer(serverOf(dataDir()));
  rmSync(cwd, { recursive: true, force: true, maxRetries: 5 });
});

describe("the way through", () => {
  test("generate makes a scenario once, and stops the server", async () => {
    expect((await etl("generate", "small")).stdout).toMatch(
      /^small: 2 users, 2 forms, 20 submissions as jsonb, for 810 events; made in .* s, .* MB\.\n$/,
    );
    expect((await etl("generate", "small")).stdout).toContain("was there already");
    expect(readFileSync(join(dataDir(), "workshop.yaml"), "utf8")).toBe(CONF_TEXT);
    expect(readFileSync(join(dataDir(), "server/.gitignore"), "utf8")).toBe("*\n");
    expect(state()).toBe("stopped");
  });

  test("generate --json says the same for programs", async () => {
    const { stdout } = await etl("generate", "small", "--json");
    const sizes = { users: 2, forms: 2, submissions: 20, events: 810, bytes: expect.any(Number) };
    expect(JSON.parse(stdout)).toEqual({ scenario: "small", documents: "jsonb", ...sizes, made: null });
  });

  test("process says what it took; each run begins with the same data", async () => {
    for (let run = 1; run <= 2; run++) {
      const { code, stdout } = await etl("process", "small", "chunks");
      expect(stdout).toMatch(
        /^small with chunks: 810 events in .* s, .* a second\n {2}10 statements, \d+ % of the time/,
      );
      expect(stdout).toMatch(/processed_on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}\+00\n$/);
      expect(code).toBe(0);
    }
    expect(state()).toBe("stopped");
  });

  test("psql shows what the last run made", async () => {
    expect(await inDatabase("small", "SELECT 'events', count(*) FROM dwh.response_events")).toMatch(/events .*810/);
    expect(state()).toBe("stopped");
  });

  test("psql makes a copy where nothing was run", async () => {
    expect(await inDatabase("basic", "SELECT 'submissions', count(*) FROM app.submissions")).toMatch(/submissions .*1/);
  });

  test("documents as json are another database", async () => {
    await etl("process", "basic", "copy", "--documents", "json");
    const type = "SELECT pg_typeof(responses) FROM app.submissions";
    expect((await etl("psql", "basic", "--documents", "json", "-c", type)).stdout).toMatch(/json\b/);
    expect(await inDatabase("basic", type)).toMatch(/jsonb\b/);
  });

  test("a part of a scenario", async () => {
    const { stdout } = await etl("process", "small", "naive", "--first", "4", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      scenario: "small",
      documents: "jsonb",
      processor: "naive",
      events: 162,
    });
  });

  test("--debug-sql, --debug-mem and --profile tell more", async () => {
    const { code, stderr } = await etl("process", "small", "copy", "--debug-sql", "--debug-mem", "--profile");
    expect(code).toBe(0);
    expect(stderr).toMatch(/-- reader: 20 rows, .* ms\nFETCH 500 FROM submissions;\n/);
    expect(stderr).toMatch(/-- writer: 810 rows, .* ms\nCOPY dwh\.response_events \(\n  submission_id, /);
    const folder = join(dataDir(), "results");
    const files = readdirSync(folder).sort();
    expect(files).toEqual(["small-jsonb-copy-flame.svg", "small-jsonb-copy-memory.svg", "small-jsonb-copy.cpuprofile"]);
    const written = files.map((file) => readFileSync(join(folder, file), "utf8"));
    expect(JSON.parse(written[2]!)).toHaveProperty("nodes");
    for (const svg of written.slice(0, 2)) expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  test("whichever the processor, nothing of the data is in what they tell", async () => {
    const told: string[] = [];
    for (const processor of shippedConf().processors.keys()) {
      const flags = ["--debug-sql", "--debug-mem", "--profile"];
      const { code, stdout, stderr } = await etl("process", "small", processor, ...flags);
      expect(code, processor).toBe(0);
      told.push(stdout, stderr);
    }
    const folder = join(dataDir(), "results");
    const written = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    expect(written).toHaveLength(3 * shippedConf().processors.size);
    const values = await inDatabase(
      "small",
      `SELECT v FROM app.users u, unnest(ARRAY[u.member_id, u.first_name || ' ' || u.last_name]) v
       UNION SELECT v FROM dwh.response_events e, unnest(ARRAY[e.value, e.date_created::text, e.schema_path]) v WHERE length(v) > 9`,
    );
    const words = values
      .split("\n")
      .map((line) => line.replaceAll(/^[\s│|]+|[\s│|]+$/g, ""))
      .filter((word) => word.length > 9);
    expect(words.length).toBeGreaterThan(50);
    const said = [...told, ...written].join("\n");
    expect(words.filter((word) => said.includes(word))).toEqual([]);
  });

  test("clean drops one scenario, then all, then the server and what nobody changed", async () => {
    expect((await etl("clean", "basic")).stderr).toBe("Dropped 4 databases.\n");
    expect((await etl("clean")).stderr).toBe("Dropped 2 databases.\nRemoved the server.\n");
    expect(state()).toBe("absent");
    expect(readdirSync(dataDir())).toEqual(["results"]); // a person's to keep
    rmSync(dataDir(), { recursive: true });
    expect((await etl("clean")).stderr).toBe("There is no server, and no database.\n");
    expect(existsSync(dataDir())).toBe(false);
  });
});

describe("the conf file", () => {
  test("is a person's to change", async () => {
    const scenario = "scenarios:\n  mine: {users: 3, forms: 3, submissions: 3}\n";
    write(cwd, { "mine.yaml": `${scenario}processors:\n  best: {extract: cursor, transform: walk, load: copy}\n` });
    const { stdout } = await etl("process", "mine", "best", "--conf", "mine.yaml", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ events: 143 });
  });

  test("a changed scenario is made anew", async () => {
    const processors = "processors:\n  best: {statement: paths}\n";
    write(cwd, { "mine.yaml": `scenarios:\n  mine: {users: 3, forms: 3, submissions: 6}\n${processors}` });
    expect(JSON.parse((await etl("process", "mine", "best", "--conf", "mine.yaml", "--json")).stdout).events).toBe(286);
  });

  test("all that is wrong in it is told at once, with its place", async () => {
    write(cwd, {
      "wrong.yaml": `scenarios:
  nobody: {users: 0, forms: 1, submissions: 5}
processors:
  half: {extract: cursor, load: copy}
  both: {flatten: sql, chunk: 5}
  odd: {extract: cursors, transform: walk, load: copy}
`,
    });
    const { code, stderr } = await etl("process", "nobody", "half", "--conf", "wrong.yaml");
    expect(code).toBe(1);
    expect(stderr).toContain("wrong.yaml:6:");
    write(cwd, {
      "wrong.yaml": `scenarios:
  nobody: {users: 0, forms: 1, submissions: 5}
processors:
  half: {extract: cursor, load: copy}
  both: {flatten: sql, chunk: 5}
`,
    });
    const { stderr: others } = await etl("process", "nobody", "half", "--conf", "wrong.yaml");
    for (const place of ["wrong.yaml:2:", "wrong.yaml:4:", "wrong.yaml:5:"]) expect(others).toContain(place);
  });
});

test.each([
  [
    "scenarios: {My Data.x: {users: 1, forms: 1, submissions: 1}}\nprocessors: {}\n",
    /:1:13 .*"My Data\.x" can't be a name/,
  ],
  ["scenarios: {one: {users: 1, forms: 1, submissions: 1}}\nprocessors: {}\n", /no processor naive\n.*There is none\./],
  ["scenarios: {}\nprocessors: {}\n", /no scenario one\n.*There is none\./],
  [Buffer.from("scenarios: \xff", "latin1"), /CTF001 the file is not UTF-8/],
])("a conf file such as %j", async (text, expected) => {
  writeFileSync(join(cwd, "odd.yaml"), text);
  const { code, stderr } = await etl("process", "one", "naive", "--conf", "odd.yaml");
  expect(stderr).toMatch(expected);
  expect(code).toBe(1);
});

describe("what can't be done", () => {
  test.each([
    [["process", "smal", "naive"], /no scenario smal[^]*Did you mean small/],
    [["process", "small", "fast"], /no processor fast[^]*There are naive, /],
    [["clean", "smal"], /no database of a scenario smal[^]*There (is|are) /],
    [["generate", "small", "--conf", "none.yaml"], /none\.yaml CTF014 can't be read: /],
    [["process", "xl", "naive"], /xl has 3,003,000 events, and naive is for 120,000 at most[^]*--first 2518/],
  ])("%j", async (args, expected) => {
    const { code, stderr } = await etl(...args);
    expect(stderr).toMatch(expected);
    expect(code).toBe(1);
  });
});

test.each([
  [["generate"], /a scenario has to be named\n.*There are empty, basic, /],
  [["compare"], /a scenario has to be named/],
  [["process", "small"], /a processor has to be named\n.*There are naive, one-transaction, /],
  [["psql", "small", "-c", "SELECT 1", "--", "true"], /either -c or a program/],
  [["generate", "small", "--data-dir", ""], /It must be the path of a folder/],
])("%j is typed wrongly, and told what there is", async (args, expected) => {
  const { code, stderr } = await etl(...args);
  expect(stderr).toMatch(expected);
  expect(code).toBe(2);
});

describe("the data-dir", () => {
  test("is no file", async () => {
    write(cwd, { "a file": "" });
    for (const args of [["generate", "basic"], ["clean"]]) {
      const { code, stderr } = await etl(...args, "--data-dir", "a file");
      expect(stderr).toMatch(/CTF474 .*a file is not a folder/);
      expect(code).toBe(1);
    }
  });

  test("may have spaces and other letters, and be a project's folder, whose own server is left alone", async () => {
    const folder = join(cwd, "a prøject");
    write(folder, { ".ctf/postgres/data/kept": "rows" });
    expect((await etl("generate", "basic", "--data-dir", folder)).code).toBe(0);
    expect((await etl("clean", "--data-dir", folder)).stderr).toBe("Dropped 1 database.\nRemoved the server.\n");
    expect(readFileSync(join(folder, ".ctf/postgres/data/kept"), "utf8")).toBe("rows");
    expect(readdirSync(folder)).toEqual([".ctf"]);
  });
});

test("psql runs a person's program in its place, which finds the database", async () => {
  const program = "const u = new URL(process.env.DATABASE_URL); console.log(u.pathname, u.hostname); process.exit(3)";
  const { code, stdout } = await etl("psql", "small", "--", process.execPath, "-e", program);
  expect(stdout).toBe("/last_small_jsonb 127.0.0.1\n");
  expect(code).toBe(3);
  expect(state()).toBe("stopped");
});

describe("nothing is left running", () => {
  test("Ctrl-C ends a run, drops its copy and stops the server", async () => {
    const { child, saw, ended } = await spawnCtf(["etl", "process", "medium", "naive", "--debug-sql"], { cwd });
    await saw(/INSERT INTO dwh/);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(stderr).toMatch(/Interrupted; what was begun is gone\.\n$/);
    expect(code).toBe(130);
    expect(state()).toBe("stopped");
    expect(await inDatabase("basic", DATABASES)).not.toMatch(/run_medium/);
  });

  test("a database that was half dropped when the server crashed is cleared away", async () => {
    await etl("process", "basic", "copy");
    const { child, saw, ended } = await spawnCtf(["etl", "psql", "basic"], { cwd, keepsOpen: true });
    child.stdin?.write(
      "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'last_small_jsonb' RETURNING 'half ' || 1;\n",
    );
    await saw(/half 1/);
    child.stdin?.end();
    await ended;
    expect(await inDatabase("basic", DATABASES)).not.toMatch(/last_small/);
    expect((await etl("process", "small", "copy")).code).toBe(0);
  });

  test("where the database is taken away below a run, the next one begins anew", async () => {
    const { saw, ended } = await spawnCtf(["etl", "process", "medium", "naive", "--debug-sql"], { cwd });
    await saw(/INSERT INTO dwh/);
    const found = await inDatabase("basic", "SELECT datname FROM pg_database WHERE datname LIKE 'run\\_medium%'");
    await inDatabase("basic", `DROP DATABASE "${/run_medium\S+/.exec(found)![0]}" WITH (FORCE)`);
    const { code, stderr } = await ended;
    expect(stderr).toMatch(/CTF518 the connection to the workshop's database was lost\n.*Run the command again/);
    expect(code).toBe(1);
    expect((await etl("process", "medium", "copy")).code).toBe(0);
  });

  test("what a killed command left, the next one clears away", async () => {
    const { child, saw, ended } = await spawnCtf(["etl", "process", "medium", "naive", "--debug-sql"], { cwd });
    await saw(/INSERT INTO dwh/);
    child.kill("SIGKILL");
    await ended;
    expect(state()).toBe("running");
    const found = await inDatabase("medium", DATABASES);
    expect(found).toMatch(/template_medium_jsonb/);
    expect(found).not.toMatch(/run_medium/);
    expect(state()).toBe("stopped");
  });

  test("two commands at once share the server; the last one stops it", async () => {
    const both = await Promise.all([etl("process", "basic", "copy"), etl("process", "small", "chunks")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(state()).toBe("stopped");
  });
});

test("compare runs each processor in a process of its own, and draws it; what is too much is reckoned up", async () => {
  write(cwd, {
    "few.yaml": `scenarios:
  few: {users: 2, forms: 2, submissions: 20}
processors:
  slow: {extract: one_by_one, transform: walk, load: insert, at_most: 200}
  best: {statement: paths}
`,
  });
  const { ended } = await spawnCtf(["etl", "compare", "few", "--repeat", "2", "--conf", "few.yaml"], { cwd });
  const { code, stdout, stderr } = await ended;
  expect(stderr).toMatch(/round 1 of 2: best, jsonb: .* s\nA round takes .* s; 1 to come\.\n/);
  expect(stderr).toMatch(/round 2 of 2: best, jsonb: .* s\n/);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^slow .* ≈ .* s .*\/s .* MB\n[^]*Reckoned up from 175 of\s+810\s+events/m);
  expect(stdout).toMatch(/^best .* s .*\/s .* MB\n +One statement/m);
  const svg = readFileSync(join(dataDir(), "results", "compare-few-jsonb.svg"), "utf8");
  expect(svg).toContain("few: 20 submissions as jsonb → 810 events");
  expect(svg).toContain("the median of 2 runs; ");
  expect(state()).toBe("stopped");
});

test("a run that fails is told, and the others go on", async () => {
  write(cwd, {
    "odd.yaml": `scenarios:
  one: {users: 1, forms: 1, submissions: 1}
processors:
  never: {extract: cursor, transform: walk, load: copy, at_most: 1}
  best: {statement: paths}
`,
  });
  const { ended } = await spawnCtf(["etl", "compare", "one", "--repeat", "1", "--json", "--conf", "odd.yaml"], { cwd });
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /CTF472 never did not get through one: CTF471 one has 13 events, .*\n.*ctf etl process one never .* --conf .*odd\.yaml/,
  );
  expect(JSON.parse(stdout)).toEqual({
    scenario: "one",
    compared: [
      {
        processor: "best",
        documents: "jsonb",
        events: 13,
        submissions: 1,
        seconds: expect.any(Number),
        fastest: expect.any(Number),
        slowest: expect.any(Number),
        peakBytes: expect.any(Number),
        runs: 1,
        waitedSeconds: expect.any(Number),
        statements: 1,
        reckonedFrom: null,
      },
    ],
  });
});
