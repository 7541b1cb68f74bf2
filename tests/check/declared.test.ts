/** Declared = used, and who may read what. The examples of the codes show each rule's plain case; here is the rest. */
import { describe, expect, test } from "vitest";
import { check, type Files, lines } from "../support/files.ts";

const table = (name: string, more = "", pipeline = "claims"): Files => ({
  [`pipelines/${pipeline}/${name}.yaml`]: `kind: no_op\noutput:\n  table: ${pipeline}.${name}\n  columns: [{name: id, type: bigint}]\n${more}`,
});
const select = (sql: string, inputs = "", kind = "create_table_as", pipeline = "claims"): Files => ({
  [`pipelines/${pipeline}/open.yaml`]: `kind: ${kind}\n${inputs}output:\n  table: ${pipeline}.open\n  columns: [{name: id, type: bigint}]\n  primary_key: [id]\n`,
  [`pipelines/${pipeline}/open.sql`]: sql,
});
const statements = (sql: string, outputs: string, inputs = ""): Files => ({
  "pipelines/claims/open.yaml": `kind: sql\n${inputs}outputs:\n${outputs}`,
  "pipelines/claims/open.sql": sql,
});
const source = (more = ""): Files => ({
  "sources/raw.yaml": `sources:\n  - name: days\n    table: raw.days\n    owners: [calendar@clover.example]\n${more}`,
});
const finance: Files = { "pipelines/finance/pipeline.yaml": "owners: [finance@clover.example]\n" };
const found = async (...files: Files[]) => lines((await check(Object.assign({}, ...files))).diagnostics);

describe("reads that are not declared", () => {
  test("of the same pipeline, of another one, and of a source: with the line to add", async () => {
    const sql = "SELECT id FROM claims.paid\nJOIN finance.spend USING (id)\nJOIN raw.days USING (id)\n";
    expect(await found(table("paid"), table("spend", "", "finance"), finance, source(), select(sql))).toEqual([
      'pipelines/claims/open.sql:1:16 CTF203 reads claims.paid, which is not among its inputs → Add "- transform: paid" under inputs: in pipelines/claims/open.yaml.',
      'pipelines/claims/open.sql:2:6 CTF203 reads finance.spend, which is not among its inputs → Add "- {pipeline: finance, transform: spend}" under inputs: in pipelines/claims/open.yaml.',
      'pipelines/claims/open.sql:3:6 CTF203 reads raw.days, which is not among its inputs → Add "- source: days" under inputs: in pipelines/claims/open.yaml.',
    ]);
  });

  test("of what nothing in the project makes: a near name, or how to declare a source", async () => {
    expect(await found(table("paid"), select("SELECT id FROM claims.piad, vendor.eligibility"))).toEqual([
      'pipelines/claims/open.sql:1:16 CTF203 reads claims.piad, which is neither an output nor a source of this project → Did you mean claims.paid? If CTF does not build claims.piad, declare it: "ctf source add claims.piad".',
      'pipelines/claims/open.sql:1:29 CTF203 reads vendor.eligibility, which is neither an output nor a source of this project → If CTF does not build it, declare it: "ctf source add vendor.eligibility", then name it under inputs: in pipelines/claims/open.yaml.',
    ]);
  });

  test("a command in a hint can be copied into a shell", async () => {
    const [line] = await found(select('SELECT id FROM "B"."It\'s mixed"', ""));
    expect(line).toContain(`"ctf source add '"B"."It'\\''s mixed"'"`);
  });

  test("of its own table, by an upsert that does not say so", async () => {
    expect(await found(select("SELECT id FROM claims.open", "", "upsert"))).toEqual([
      'pipelines/claims/open.sql:1:16 CTF203 reads claims.open, which it makes itself → If its kind keeps earlier rows (upsert), write "- transform: open" under inputs: in pipelines/claims/open.yaml. If not, read them from another table.',
    ]);
    expect(await found(select("SELECT id FROM claims.open", "inputs:\n  - transform: open\n", "upsert"))).toEqual([]);
  });

  test.each([
    [
      "PostgreSQL's catalogs",
      "SELECT relpages::bigint AS id FROM pg_class, pg_catalog.pg_type, information_schema.tables",
    ],
    ["the records of runs", "SELECT count(*) AS id FROM ctf.transform_run"],
    ["WITH queries", "WITH paid AS (SELECT 1::bigint AS id) SELECT id FROM paid"],
    ["functions", "SELECT id::bigint FROM generate_series(1, 3) AS id"],
  ])("%s need no declaration", async (_, sql) => {
    expect(await found(select(sql))).toEqual([]);
  });

  test("what a load could not read counts as its output", async () => {
    const load: Files = {
      "sources/raw.yaml": 'sources:\n  - {name: files, file: "data/*.csv"}\n',
      "pipelines/claims/paid.yaml":
        "kind: load\ninputs:\n  - source: files\noutput:\n  table: claims.paid\n  columns: [{name: id, type: bigint}]\n",
    };
    expect(
      await found(load, select("SELECT 1::bigint AS id FROM claims.paid_rejects", "inputs:\n  - transform: paid\n")),
    ).toEqual([]);
  });

  test("an input whose definition is broken gives no follow-up error", async () => {
    const broken: Files = { "pipelines/claims/paid.yaml": "kind: no_op\noutput: {tabel: claims.paid}\n" };
    const codes = (
      await check({ ...broken, ...select("SELECT id FROM claims.paid", "inputs:\n  - transform: paid\n") })
    ).diagnostics;
    expect(codes.map(({ code }) => code)).toEqual(["CTF101"]);
  });
});

describe("names without a schema", () => {
  const inputs = "inputs:\n  - transform: paid\n";

  test("the only table of that name is suggested, the inputs before all others", async () => {
    const elsewhere = { ...table("paid", "", "finance"), ...finance };
    expect(await found(table("paid"), elsewhere, select("SELECT id FROM paid", inputs))).toEqual([
      "pipelines/claims/open.sql:1:16 CTF236 paid is named without its schema → Write claims.paid.",
    ]);
    expect(await found(table("paid"), elsewhere, select("SELECT id FROM paid"))).toEqual([
      "pipelines/claims/open.sql:1:16 CTF236 paid is named without its schema → Write claims.paid or finance.paid.",
    ]);
  });
});

describe("inputs that are never read", () => {
  test("are told of, unless they stand behind a view that is read", async () => {
    const view: Files = {
      "pipelines/claims/view.yaml": "kind: sql\ninputs:\n  - transform: paid\noutput: {view: claims.shown}\n",
      "pipelines/claims/view.sql": "CREATE OR REPLACE VIEW claims.shown AS SELECT id FROM claims.paid;\n",
    };
    const reader = select(
      "SELECT id FROM claims.shown",
      "inputs:\n  - transform: view\n  - transform: paid\n  - transform: denied\n",
    );
    expect(await found(table("paid"), table("denied"), view, reader)).toEqual([
      "pipelines/claims/open.yaml:5:5 CTF230 claims.denied is among the inputs, but pipelines/claims/open.sql does not read it → Remove the input, or read it.",
    ]);
  });
});

describe("SQL files", () => {
  test.each([
    ["a syntax error", "SELECT id\nFORM claims.paid", "2:6 CTF301"],
    ["a second statement", "SELECT 1::bigint AS id;\nDROP TABLE claims.paid;", "2:1 CTF302"],
    ["no statement", "-- not yet\n", "1:1 CTF303"],
  ])("%s is found without a run", async (_, sql, expected) => {
    const [line, ...others] = await found(select(sql));
    expect(line).toContain(`pipelines/claims/open.sql:${expected}`);
    expect(others).toEqual([]);
  });

  const QUOTES = "Texts stand between ' and ', names that need it between \" and \".";
  test.each([
    [
      "\u2018paid\u2019",
      "curly quotes",
      `1:8 CTF307 SQL: here stands a curly quote, and 1 more such after it → ${QUOTES}`,
    ],
    [
      "1\u00a0AS id",
      "a hard space",
      "1:9 CTF307 SQL: here stands a space that is none to PostgreSQL (a non-breaking one, for example) → Write a usual space.",
    ],
    ["2 \u2013 1", "a dash", "1:10 CTF307 SQL: here stands a dash that is no minus → Write -."],
    [
      "1 AS id,",
      "a comma too many",
      '1:17 CTF301 SQL: syntax error at or near "FROM" → A comma stands before it, though nothing more follows in its list: take the comma out.',
    ],
    [
      "TOP 10 id",
      "TOP",
      '1:12 CTF301 SQL: syntax error at or near "10" → PostgreSQL has LIMIT for this, at the end of the SELECT: LIMIT 10.',
    ],
    [
      "[id]",
      "brackets",
      '1:8 CTF301 SQL: syntax error at or near "[" → Names that need it stand between " and ", and most need none.',
    ],
  ])("SELECT %s: %s", async (list, _, expected) => {
    expect(
      await found(table("paid"), select(`SELECT ${list} FROM claims.paid`, "inputs:\n  - transform: paid\n")),
    ).toEqual([`pipelines/claims/open.sql:${expected}`]);
  });

  test("dashes, quotes and spaces of all sorts may stand in texts, comments and quoted names", async () => {
    const sql = `SELECT id, '\u2018\u2013\u2019' AS t, E'\\'\u201c' AS e, $$\u2014$$ AS d, U&'\u00a0' AS "\u2019" -- \u201c\u00a0\u201d
FROM claims.paid /* \u2014 */`;
    expect(await found(table("paid"), select(sql, "inputs:\n  - transform: paid\n"))).toEqual([]);
  });

  test.each([
    ["INSERT INTO claims.paid SELECT 1", "changes claims.paid"],
    ["UPDATE claims.paid SET id = 1", "changes claims.paid"],
    ["DELETE FROM ONLY claims.paid", "changes claims.paid"],
    [
      "MERGE INTO claims.paid p USING (VALUES (1)) v (id) ON p.id = v.id WHEN MATCHED THEN DELETE",
      "changes claims.paid",
    ],
    ["TRUNCATE claims.paid", "changes claims.paid"],
    ["COPY claims.paid FROM '/tmp/x'", "changes claims.paid"],
    ["ALTER TABLE claims.paid ADD x int", "changes claims.paid"],
    ["DROP TABLE claims.paid", "changes claims.paid"],
    ["CREATE INDEX ON claims.paid (id)", "changes claims.paid"],
    ["CREATE TABLE claims.new AS SELECT 1 AS id", "makes claims.new"],
    ["SELECT 1 AS id INTO claims.new", "makes claims.new"],
    ["CREATE VIEW claims.new AS SELECT 1 AS id", "makes claims.new"],
    ["DO $$ BEGIN DELETE FROM claims.paid; END $$", "changes claims.paid"],
  ])("%s is no output of the transform", async (sql, does) => {
    const own = "CREATE OR REPLACE VIEW claims.b AS SELECT 1 AS x;\n";
    const [line, ...others] = await found(table("paid"), statements(`${own}${sql};\n`, "  - view: claims.b\n"));
    expect(line).toContain(`CTF231 ${does}, which is not among its outputs`);
    expect(line).toContain("pipelines/claims/open.sql:2:");
    expect(others).toEqual([]);
  });

  test("who makes the table is named", async () => {
    const sql = "TRUNCATE claims.paid, raw.days;\nCREATE OR REPLACE VIEW claims.b AS SELECT 1 AS x;";
    expect(await found(table("paid"), source(), statements(sql, "  - view: claims.b\n"))).toEqual([
      "pipelines/claims/open.sql:1:10 CTF231 changes claims.paid, which is not among its outputs → claims.paid makes it (claims@clover.example): make your change there, or a table of your own.",
      'pipelines/claims/open.sql:1:23 CTF231 changes raw.days, which is not among its outputs → It is source "days", which CTF only reads (calendar@clover.example).',
    ]);
  });

  test("a no_op that names it among its inputs lets it write the table", async () => {
    const verified: Files = {
      "pipelines/claims/paid.yaml": "kind: no_op\ninputs:\n  - transform: open\noutput: {table: claims.paid}\n",
      "pipelines/claims/open.yaml": "kind: sql\noutputs: []\n",
      "pipelines/claims/open.sql": "INSERT INTO claims.paid SELECT 1;\n",
    };
    expect(await found(verified)).toEqual([]);
  });

  test("temporary tables are a transform's own business", async () => {
    const sql = `CREATE TEMP TABLE step AS SELECT id FROM claims.paid;
CREATE TABLE IF NOT EXISTS claims.b (id bigint);
INSERT INTO claims.b SELECT id FROM step;
DROP TABLE step;`;
    expect(
      await found(table("paid"), statements(sql, "  - table: claims.b\n", "inputs:\n  - transform: paid\n")),
    ).toEqual([]);
  });

  test.each([
    [
      "created by a statement",
      `CREATE SEQUENCE IF NOT EXISTS claims.numbers;
CREATE TABLE IF NOT EXISTS claims.b (id bigint DEFAULT nextval('claims.numbers'));
ALTER SEQUENCE claims.numbers OWNED BY claims.b.id;`,
    ],
    [
      "that comes with a column",
      `CREATE TABLE IF NOT EXISTS claims.b (id bigserial);
SELECT setval('claims.b_id_seq', 100);`,
    ],
  ])("a sequence %s belongs to the transform", async (_, sql) => {
    expect(await found(statements(sql, "  - table: claims.b\n"))).toEqual([]);
  });

  test("the sequence of another does not", async () => {
    const sql = "CREATE OR REPLACE VIEW claims.b AS SELECT nextval('claims.numbers') AS id;";
    expect(await found(statements(sql, "  - view: claims.b\n"))).toEqual([
      expect.stringContaining("pipelines/claims/open.sql:1:52 CTF203 reads claims.numbers"),
    ]);
  });

  test("what the body of a function reads counts", async () => {
    const sql = `CREATE OR REPLACE FUNCTION claims.f() RETURNS bigint LANGUAGE sql
AS $$
  SELECT max(id) FROM claims.paid
$$;`;
    expect(await found(table("paid"), statements(sql, "  - function: claims.f\n"))).toEqual([
      expect.stringContaining("pipelines/claims/open.sql:3:23 CTF203 reads claims.paid"),
    ]);
  });

  test("SQL that is put together while it runs may read any input and make any output", async () => {
    const sql = "DO $$ BEGIN EXECUTE 'SELECT 1'; END $$;";
    expect(
      await found(table("paid"), statements(sql, "  - view: claims.b\n", "inputs:\n  - transform: paid\n")),
    ).toEqual([]);
  });

  test("a declared output that no statement makes", async () => {
    expect(
      await found(
        statements("CREATE OR REPLACE VIEW claims.b AS SELECT 1 AS x;", "  - view: claims.a\n  - view: claims.b\n"),
      ),
    ).toEqual([
      "pipelines/claims/open.yaml:3:11 CTF235 no statement of pipelines/claims/open.sql makes or changes claims.a → Correct its name, or remove the output.",
    ]);
  });
});

describe("who may read", () => {
  const reads = (inputs = "inputs:\n  - {pipeline: claims, transform: paid}\n") =>
    select("SELECT id FROM claims.paid", inputs, "create_table_as", "finance");

  test.each([
    ["visibility: private", "it is private: only claims.paid itself may read it", "what to read instead."],
    [
      "visibility: pipeline",
      "only pipeline claims may read it",
      'to add "finance" to its "readers:", or read something else.',
    ],
    [
      "readers: [quality]",
      "only pipelines claims, quality may read it",
      'to add "finance" to its "readers:", or read something else.',
    ],
  ])("%s keeps another pipeline out", async (restriction, who, hint) => {
    const quality = { "pipelines/quality/pipeline.yaml": "owners: [q]\n", ...table("x", "", "quality") };
    const { diagnostics } = await check({ ...table("paid", `  ${restriction}\n`), ...quality, ...finance, ...reads() });
    expect(lines(diagnostics)).toEqual([
      `pipelines/finance/open.sql:1:16 CTF232 reads claims.paid, but ${who} → Ask claims@clover.example ${hint}`,
    ]);
    expect(diagnostics[0]!.labels).toMatchObject([
      { message: "declared here", span: { file: "pipelines/claims/paid.yaml", start: { line: 5 } } },
    ]);
  });

  test("private keeps its own pipeline out, too", async () => {
    const own = select("SELECT id FROM claims.paid", "inputs:\n  - transform: paid\n");
    expect(await found(table("paid", "  visibility: private\n"), own)).toEqual([
      expect.stringContaining("CTF232 reads claims.paid, but it is private"),
    ]);
    expect(await found(table("paid", "  visibility: pipeline\n"), own)).toEqual([]);
  });

  test("who may not read it is not told to declare it", async () => {
    expect(await found(table("paid", "  visibility: pipeline\n"), finance, reads(""))).toEqual([
      expect.stringContaining("CTF232"),
    ]);
  });

  test("a pipeline's default, and then the project's, holds for outputs that don't say theirs", async () => {
    const pipeline = "owners: [claims@clover.example]\ndefaults: {visibility: pipeline}\n";
    const byPipeline = await check({
      "pipelines/claims/pipeline.yaml": pipeline,
      ...table("paid"),
      ...finance,
      ...reads(),
    });
    expect(byPipeline.diagnostics).toMatchObject([
      { code: "CTF232", labels: [{ span: { file: "pipelines/claims/pipeline.yaml", start: { line: 2 } } }] },
    ]);
    const ctf = { "ctf.yaml": "ctf: 1\nproject: x\ndefaults: {visibility: private}\n" };
    expect((await check({ ...ctf, ...table("paid"), ...finance, ...reads() })).diagnostics).toMatchObject([
      { code: "CTF232", labels: [{ span: { file: "ctf.yaml", start: { line: 3 } } }] },
    ]);
    expect(await found(ctf, table("paid", "  visibility: public\n"), finance, reads())).toEqual([]);
  });

  test("a source is open to its readers alone", async () => {
    const days = source("    readers: [finance]\n");
    const reader = select("SELECT id FROM raw.days", "inputs:\n  - source: days\n");
    const { diagnostics } = await check({ ...days, ...table("x", "", "finance"), ...finance, ...reader });
    expect(lines(diagnostics)).toEqual([
      'pipelines/claims/open.sql:1:16 CTF232 reads raw.days, but only pipeline finance may read it → Ask calendar@clover.example to add "claims" to its "readers:", or read something else.',
    ]);
    expect(diagnostics[0]!.labels![0]!.span).toMatchObject({ file: "sources/raw.yaml", start: { line: 5 } });
  });

  test("without SQL the declaration counts", async () => {
    const reader: Files = {
      "pipelines/finance/open.yaml":
        "kind: no_op\ninputs:\n  - {pipeline: claims, transform: paid}\noutput: {table: finance.open}\n",
    };
    expect(await found(table("paid", "  visibility: pipeline\n"), finance, reader)).toEqual([
      expect.stringContaining("pipelines/finance/open.yaml:3:5 CTF232"),
    ]);
  });

  test("readers and another visibility contradict each other", async () => {
    expect(await found(table("paid", "  visibility: public\n  readers: [claims]\n"))).toEqual([
      'pipelines/claims/paid.yaml:6:3 CTF112 "visibility: public" lets everybody read it, but "readers" names some pipelines → Remove "readers", or write "visibility: pipeline".',
    ]);
  });

  test("a deprecated source names its successor and whom to ask", async () => {
    const days = source("    deprecated: {since: 2026-01-01, use: claims.paid}\n");
    expect(await found(days, table("paid"), select("SELECT id FROM raw.days", "inputs:\n  - source: days\n"))).toEqual([
      "pipelines/claims/open.sql:1:16 CTF234 reads raw.days, which is deprecated since 2026-01-01 → Read claims.paid instead. Questions: calendar@clover.example.",
    ]);
  });

  test("a successor that is not there", async () => {
    expect(await found(table("paid", "  deprecated: {since: 2026-01-01, use: claims.payd}\n"))).toEqual([
      'pipelines/claims/paid.yaml:5:40 CTF233 "use" names claims.payd, which is neither a table, a transform nor a source of this project → Did you mean claims.paid?',
    ]);
  });
});
