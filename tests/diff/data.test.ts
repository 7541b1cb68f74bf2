/** `ctf diff --data`: rows compared by key, as counts: with what the SELECT gives now, and with another target. */
import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";
import { fakeTerminal } from "../cli/terminal.ts";
import { ctf } from "../../src/cli/main.ts";
import { testMajors, type TestMajor } from "../support/servers.ts";

const TARGETS = `ctf: 1
project: test
default_target: test
targets:
  test: {url_env: WAREHOUSE_URL}
  dev: {url_env: WAREHOUSE_URL, prefix: dev_}
  other: {url_env: OTHER_URL}
vars:
  least: {type: integer, default: 0}
`;

const table = (columns: string, more = "", kind = "create_table_as"): string =>
  `kind: ${kind}\noutput:\n  table: a.t\n  columns:\n${columns}${more}`;
const COLUMNS = "    - {name: id, type: bigint}\n    - {name: amount, type: numeric}\n    - {name: note, type: text}\n";
const KEY = "  primary_key: [id]\n";

const files = (definition = table(COLUMNS, KEY), select = "SELECT id, amount, note FROM a.input\n") => ({
  "ctf.yaml": TARGETS,
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
  "pipelines/p/t.yaml": definition,
  ...(select === "" ? {} : { "pipelines/p/t.sql": select }),
});

interface World {
  readonly sql: (text: string) => Promise<unknown>;
  readonly diff: (...args: readonly string[]) => Promise<Record<string, unknown>>;
  readonly refused: (...args: readonly string[]) => Promise<string>;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

async function world(major: TestMajor, project = files(), otherUrl = ""): Promise<World> {
  const { root } = scratchProject(project);
  const database = await freshDatabase(major);
  const client = await connect(database.url);
  const env = { WAREHOUSE_URL: database.url, OTHER_URL: otherUrl };
  const run = (args: readonly string[]) => runCtf(["diff", ...args, "--data", "t"], { cwd: root, env });
  await client.query("CREATE SCHEMA a; CREATE TABLE a.input (id bigint, amount numeric, note text)");
  return {
    root,
    env,
    sql: (text) => client.query(text),
    diff: async (...args) => {
      const { stdout, stderr } = await run([...args, "--json"]);
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    refused: async (...args) => {
      const { code, stderr, stdout } = await run(args);
      expect([code > 0, stdout]).toEqual([true, ""]);
      return stderr;
    },
  };
}

const PUBLISHED = `
  CREATE TABLE a.t (id bigint PRIMARY KEY, amount numeric, note text);
  INSERT INTO a.t VALUES (1, 1.0, 'a'), (2, 2, NULL), (3, 3, 'c'), (4, 4, 'd'), (5, NULL, 'e');`;
const NOW = `INSERT INTO a.input VALUES (1, 1.00, 'a'), (2, 2, NULL), (3, 33, 'C'), (4, NULL, 'd'), (6, 6, 'f'), (7, 7, 'g');`;

test.each(testMajors)("on PostgreSQL %i, a published table and what its SELECT gives now", async (major) => {
  const { sql, diff, root, env } = await world(major);
  await sql(PUBLISHED + NOW);
  expect(await diff()).toEqual({
    table: "a.t",
    key: ["id"],
    before: { name: "published", rows: 5 },
    now: { name: "SELECT", rows: 6 },
    onlyBefore: 1,
    onlyNow: 2,
    changed: 2,
    same: 2,
    columns: [
      { name: "amount", changed: 2 },
      { name: "note", changed: 1 },
    ],
    columnsOnlyBefore: [],
    columnsOnlyNow: [],
  });
  const { stdout } = await runCtf(["diff", "--data", "a.t"], { cwd: root, env });
  expect(stdout).toBe(`a.t, its rows by id
in published       5
in SELECT          6
only in published  1
only in SELECT     2
changed            2
  amount           2
  note             1
the same           2
`);
});

const VALUES: readonly (readonly [type: string, one: string, other: string, differs: boolean])[] = [
  ["numeric", "1.0", "1.000", false],
  ["numeric", "NaN", "NaN", false],
  ["numeric", "0.1", "0.10000001", true],
  ["double precision", "0", "-0", false],
  ["double precision", "NaN", "NaN", false],
  ["json", '{"a": 1, "b": [1, 2]}', '{"b":[1,2],"a":1}', false],
  ["json", '{"a": 1}', '{"a": 2}', true],
  ["jsonb", '{"a": 1}', '{"a":1}', false],
  ["text", "a", "a ", true],
  ["char(3)", "a", "a  ", false],
  ["text[]", "{a,NULL}", "{a,NULL}", false],
  ["text[]", "{a,NULL}", "{a,b}", true],
  ["timestamptz", "2026-01-01 00:00+00", "2026-01-01 01:00+01", false],
  ["bytea", "\\x00ff", "\\x00FF", false],
  ["point", "(1,2)", "(1,2)", false],
  ["box", "(0,0),(1,2)", "(0,0),(2,1)", true],
  ["xml", "<a/>", "<a/>", false],
  ["xml", "<a/>", "<b/>", true],
  ["int4range", "[1,3)", "[1,2]", false],
  ["text", "\t\n\\", "\t\n\\", false],
];

const typed = (side: "one" | "other"): string => {
  const columns = VALUES.map(([type], i) => `c${i} ${type}, n${i} ${type}`).join(", ");
  const values = VALUES.map(([, one, other]) => `E'${(side === "one" ? one : other).replaceAll("\\", "\\\\")}', NULL`);
  return `(id bigint PRIMARY KEY, ${columns}); INSERT INTO $t VALUES (1, ${values.join(", ")})`;
};
const createTyped = (name: string, side: "one" | "other") =>
  `CREATE TABLE ${name} ${typed(side).replaceAll("$t", name)};`;

const EXPECTED = Object.fromEntries(
  VALUES.flatMap(([, , , differs], i) => [
    [`c${i}`, differs ? 1 : 0],
    [`n${i}`, 0],
  ]),
);
const byColumn = ({ columns }: Record<string, unknown>) =>
  Object.fromEntries((columns as { name: string; changed: number }[]).map(({ name, changed }) => [name, changed]));

test.each(testMajors)("on PostgreSQL %i, values of every sort, in one database", async (major) => {
  const { sql, diff } = await world(major);
  await sql(`CREATE SCHEMA dev_a; ${createTyped("a.t", "one")} ${createTyped("dev_a.t", "other")}`);
  const found = await diff("--target", "dev", "--against", "test");
  expect([found["before"], found["now"]]).toEqual([
    { name: "test", rows: 1 },
    { name: "dev", rows: 1 },
  ]);
  expect(byColumn(found)).toEqual(EXPECTED);
});

test("values of every sort, on two servers of different ages and settings", async () => {
  const other = await freshDatabase(15);
  const there = await connect(other.url);
  await there.query(
    `ALTER DATABASE ${other.name} SET TimeZone TO 'Asia/Tokyo'; ALTER DATABASE ${other.name} SET DateStyle TO 'German'`,
  );
  await there.query(`CREATE SCHEMA a; ${createTyped("a.t", "one")}`);
  const { sql, diff } = await world(18, files(), other.url);
  await sql(createTyped("a.t", "other"));
  expect(byColumn(await diff("--against", "other"))).toEqual(EXPECTED);
});

test("two servers are merged by key, whatever order their texts have there", async () => {
  const other = await freshDatabase(15);
  const there = await connect(other.url);
  const key = "CASE WHEN i % 3 = 0 THEN E'\\tä' || i WHEN i % 3 = 1 THEN 'Z' || i ELSE NULLIF('a' || i, 'a2') END";
  const rows = (from: number, to: number, amount: string) =>
    `SELECT i AS id, ${amount} AS amount, ${key} AS note FROM generate_series(${from}, ${to}) i`;
  await there.query(`CREATE SCHEMA a; CREATE TABLE a.t AS ${rows(1, 50_000, "i::numeric")}`);
  const { sql, diff } = await world(18, files(), other.url);
  await sql(`CREATE TABLE a.t AS ${rows(2, 50_010, "CASE WHEN i % 1000 = 0 THEN 0 ELSE i END::numeric(20,3)")}`);
  expect(await diff("--against", "other", "--key", "note")).toMatchObject({
    onlyBefore: 1,
    onlyNow: 10,
    changed: 50,
    same: 49_949,
    columns: [
      { name: "id", changed: 0 },
      { name: "amount", changed: 50 },
    ],
  });
});

test.each([
  ["in one database", (_: string) => ["--target", "dev"], "test"],
  ["on two servers", (_: string) => [], "other"],
] as const)(
  "columns that only one side has, another type of number, and a key that is NULL: %s",
  async (_, args, against) => {
    const other = await freshDatabase(15);
    const there = await connect(other.url);
    const before = (name: string) =>
      `CREATE TABLE ${name} (id bigint, amount integer, old text); INSERT INTO ${name} VALUES (NULL, 5, 'x'), (1, 6, 'y')`;
    await there.query(`CREATE SCHEMA a; ${before("a.t")}`);
    const { sql, diff } = await world(18, files(), other.url);
    const now = (name: string) =>
      `CREATE TABLE ${name} (id bigint, amount numeric, fresh text); INSERT INTO ${name} VALUES (NULL, 5.00, 'x'), (1, 7, 'y')`;
    await sql(against === "test" ? `CREATE SCHEMA dev_a; ${before("a.t")}; ${now("dev_a.t")}` : now("a.t"));
    expect(await diff(...args(""), "--against", against, "--key", "id")).toMatchObject({
      onlyBefore: 0,
      onlyNow: 0,
      changed: 1,
      same: 1,
      columns: [{ name: "amount", changed: 1 }],
      columnsOnlyBefore: ["old"],
      columnsOnlyNow: ["fresh"],
    });
  },
);

test("an upsert is compared by its keys, in the columns that it updates", async () => {
  const { sql, diff } = await world(18, files(table(COLUMNS, KEY, "upsert\nupdate_columns: [amount]")));
  await sql(PUBLISHED + NOW);
  expect(await diff()).toMatchObject({ changed: 2, columns: [{ name: "amount", changed: 2 }] });
});

test("the SELECT gets the project's variables, and can change nothing", async () => {
  const select = (what: string) =>
    files(undefined, `SELECT id, amount, note FROM a.input WHERE ${what} -- to the end\n`);
  const variables = await world(18, select("id >= current_setting('ctf.least')::int"));
  await variables.sql(PUBLISHED + NOW);
  expect(await variables.diff("--var", "least=7")).toMatchObject({ now: { rows: 1 }, onlyNow: 1 });

  const writing = await world(18, select("nextval('a.s') > 0"));
  await writing.sql(`${PUBLISHED}${NOW} CREATE SEQUENCE a.s`);
  expect(await writing.refused()).toMatch(
    /^pipelines\/p\/t.sql:1:1 CTF515 the transaction may only read \(SQLSTATE 25006\)/,
  );
});

test("an environment's table is compared with the one that would be read in its place", async () => {
  const deferring = TARGETS.replace(
    "prefix: dev_}",
    "prefix: dev_, defer: staging}\n  staging: {url_env: WAREHOUSE_URL, prefix: st_, defer: test}",
  );
  const { sql, diff } = await world(18, { ...files(), "ctf.yaml": deferring });
  const rows = (schema: string, n: number) =>
    `CREATE SCHEMA IF NOT EXISTS ${schema}; CREATE TABLE ${schema}.t AS SELECT i AS id, 0 AS amount FROM generate_series(1, ${n}) i`;
  await sql(`${rows("a", 1)}; ${rows("dev_a", 3)}`);
  const sides = async () => {
    const { before, now } = await diff("--target", "dev");
    return [before, now];
  };
  expect(await sides()).toEqual([
    { name: "test", rows: 1 },
    { name: "dev", rows: 3 },
  ]);
  await sql(rows("st_a", 2));
  expect(await sides()).toEqual([
    { name: "staging", rows: 2 },
    { name: "dev", rows: 3 },
  ]);
});

test.each(testMajors)(
  "on PostgreSQL %i, with isolation what a person wrote reads the declared inputs alone",
  async (major) => {
    const isolated = {
      ...files(
        `${table(COLUMNS, KEY)}inputs: [{source: input}]\n`,
        "SELECT id, amount, a.whisper() AS note FROM a.input\n",
      ),
      "ctf.yaml": TARGETS.replace("test: {", "test: {isolation: role, "),
      "sources/a.yaml": "sources:\n  - {name: input, table: a.input}\n",
      "pipelines/p/v.yaml": `kind: sql\noutput:\n  view: a.v\n`,
      "pipelines/p/v.sql": "CREATE OR REPLACE VIEW a.v AS SELECT 1 AS id, a.whisper() AS note;\n",
    };
    const { sql, diff, refused, root, env } = await world(major, isolated);
    await sql(`${PUBLISHED}${NOW} CREATE TABLE a.secret AS SELECT 'hush'::text AS note;
    CREATE FUNCTION a.whisper() RETURNS text LANGUAGE sql AS 'SELECT note FROM a.secret'; CREATE VIEW a.v AS SELECT 1 AS id, a.whisper() AS note`);
    expect(await refused()).toMatch(/^pipelines\/p\/t.sql:1:1 CTF542 reads a.secret, which is not among its inputs\n/);
    const view = await runCtf(["diff", "--data", "v", "--against", "test", "--key", "id"], { cwd: root, env });
    expect(view.stderr).toMatch(/CTF542 reads a.secret/);
    await sql(`CREATE OR REPLACE FUNCTION a.whisper() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'`);
    expect(await diff()).toMatchObject({ now: { rows: 6 }, onlyNow: 2 });
    const left = await (
      await connect(env["WAREHOUSE_URL"]!)
    ).query(`SELECT 1 FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
    WHERE r.rolname ~ '^ctf_guest_' AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    expect(left.rows).toEqual([]);
  },
);

test("what can't be compared is refused, with what to do", async () => {
  const plain = await world(18, files(table(COLUMNS)));
  await plain.sql(PUBLISHED + NOW);
  expect(await plain.refused()).toMatch(/^pipelines\/p\/t.yaml CTF451 a.t has no primary_key to compare its rows by\n/);
  expect(await plain.refused("--key", "id,nte")).toBe(
    "CTF451 nte is not a column on both sides of a.t\n  → Did you mean note?\n",
  );
  expect(await plain.refused("--target", "dev", "--key", "id")).toBe(
    "CTF450 target dev has a prefix and no `defer:`, so there is no other a.t to compare with\n  → Name the target to compare with: --against TARGET.\n",
  );
  expect(await plain.refused("HEAD")).toBe(
    `error: --data compares rows, so it takes no commit, and prints text or JSON
Usage: ctf diff [options] [ref]
"ctf diff --help" tells more.
`,
  );
  expect(await plain.refused("--show-data")).toMatch(/^error: --show-data works on a terminal only/);

  const typo = await world(18, files(undefined, "SELECT id, amount,\n  nope AS note FROM a.input\n"));
  await typo.sql(PUBLISHED);
  expect(await typo.refused()).toMatch(/^pipelines\/p\/t.sql:2:3 CTF515 column "nope" does not exist/);
  const missing = await world(18);
  expect(await missing.refused()).toBe(
    "CTF450 there is no table a.t to compare with: it has not been built yet\n  → Run its transform first, on the target it is to be on.\n",
  );
  const loaded = await world(18, files(table(COLUMNS, KEY, "no_op"), ""));
  expect(await loaded.refused()).toMatch(/^CTF450 p.t has no SELECT, so what a run would make of it is known only/);
});

test.each([
  ["in one database", ["--target", "dev", "--against", "test"]],
  ["on two servers", ["--target", "dev", "--against", "other"]],
] as const)("a key that several rows share is refused: %s", async (_, args) => {
  const other = await freshDatabase(15);
  const rows = (name: string) => `CREATE TABLE ${name} AS SELECT 1 AS id, i AS amount FROM generate_series(1, 1000) i`;
  await (await connect(other.url)).query(`CREATE SCHEMA a; ${rows("a.t")}`);
  const { sql, refused } = await world(18, files(), other.url);
  await sql(`CREATE SCHEMA dev_a; ${rows("a.t")}; ${rows("dev_a.t")}`);
  expect(await refused(...args, "--key", "id")).toBe(
    "CTF452 several rows of a.t have the same id, so they can't be told apart\n  → Name more columns: --key a,b.\n",
  );
});

test.each([
  ["in one database", "--target=test", "test"],
  ["on two servers", "--against=other", "other"],
])("values are shown on a terminal only, and only when asked for: %s", async (_, option, place) => {
  const other = await freshDatabase(15);
  await (await connect(other.url)).query(`CREATE SCHEMA a; ${PUBLISHED}`);
  const { sql, root, env } = await world(18, files(), other.url);
  await sql(place === "test" ? PUBLISHED + NOW : "CREATE TABLE a.t (LIKE a.input)");
  await sql(place === "test" ? "SELECT" : NOW.replace("a.input", "a.t"));
  await sql(`UPDATE ${place === "test" ? "a.input" : "a.t"} SET note = E'\\x1b[31mred' WHERE id = 3`);
  const show = async (...more: readonly string[]) => {
    const terminal = fakeTerminal(80);
    const io = {
      cwd: root,
      env: { ...process.env, ...env, NO_COLOR: "1" },
      stdin: Readable.from([]),
      signals: new EventEmitter(),
    };
    await ctf(["diff", "--data", "t", option, ...more], {
      ...io,
      stdout: terminal as never,
      stderr: terminal as never,
    });
    return terminal.screen();
  };
  expect(await show()).not.toContain("red");
  const names = place === "test" ? { before: "published", now: "SELECT" } : { before: "other", now: "test" };
  expect((await show("--show-data")).split("\n\n")[1]).toBe(`3
  amount: 3 → 33
  note: c → \\x1b[31mred
4
  amount: 4 → NULL
5  only in ${names.before}
6  only in ${names.now}
7  only in ${names.now}
`);
});
