/** What could reach production from an environment, and what stands in its way. */
import { describe, expect, test } from "vitest";
import { definition } from "../support/warehouse.ts";
import { testMajors } from "../support/servers.ts";
import { world } from "./world.ts";

const SETUP = "CREATE SCHEMA raw; CREATE TABLE raw.claims AS SELECT 1 AS claim_id; CREATE SCHEMA ops";
const BASE = {
  "sources/raw.yaml": "sources:\n  - {name: claims, table: raw.claims}\n",
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
  "pipelines/p/paid.yaml": definition("lab.paid", { claim_id: "int" }, "", "inputs: [{source: claims}]"),
  "pipelines/p/paid.sql": "SELECT claim_id FROM raw.claims\n",
};
const statements = (sql: string, inputs = "", more = "") => ({
  ...BASE,
  "pipelines/p/s.yaml": `kind: sql\n${inputs}${more}output: {table: lab.s}\n`,
  "pipelines/p/s.sql": sql,
});

test.each([
  ["EXECUTE", "CREATE TABLE lab.s ();\nDO $$ BEGIN\n  EXECUTE 'TRUNCATE lab.paid';\nEND $$;\n", "3:3"],
  ["a call with SQL in a string", "CREATE TABLE lab.s ();\nSELECT ops.run('TRUNCATE lab.paid');\n", "2:16"],
  ["dblink", "CREATE TABLE lab.s AS\n  SELECT dblink_exec('x', 'y');\n", "2:10"],
  ["a search_path", "SET search_path = lab;\nCREATE TABLE lab.s ();\n", "1:1"],
  [
    "a function's search_path",
    "CREATE TABLE lab.s ();\nCREATE FUNCTION lab.f() RETURNS int LANGUAGE sql SET search_path = lab AS 'SELECT 1';\n",
    "2:1",
  ],
  [
    "a body in another language",
    "CREATE TABLE lab.s ();\nCREATE FUNCTION lab.f() RETURNS int LANGUAGE plpython3u AS 'x';\n",
    "2:60",
  ],
  ["COPY to a file", "CREATE TABLE lab.s ();\nCOPY lab.s TO '/tmp/never';\n", "2:1"],
  ["DROP SCHEMA", "CREATE TABLE lab.s ();\n\n-- away\nDROP SCHEMA lab CASCADE;\n", "4:1"],
])("%s is refused on a target with a prefix, at its place", async (_, sql, place) => {
  const w = await world(18, statements(sql), SETUP);
  const { code, stdout } = await w.ctf("check", "--no-compile", "--target", "dev", "--format", "json");
  const found = (
    JSON.parse(stdout) as {
      diagnostics: { code: string; span: { file: string; start: { line: number; column: number } } }[];
    }
  ).diagnostics;
  expect(
    found
      .filter((one) => one.code === "CTF350")
      .map(({ span }) => `${span.file}:${span.start.line}:${span.start.column}`),
  ).toEqual([`pipelines/p/s.sql:${place}`]);
  expect(code).toBe(1);
  const ran = await w.ctf("run", "--only", "s", "--target", "dev");
  expect(ran.stderr).toContain(`pipelines/p/s.sql:${place} CTF350 p.s can't run on target dev`);
  expect(await w.rows("SELECT FROM pg_namespace WHERE nspname ~ '^(dev_|lab|ctf)'")).toEqual([]);
});

test("an expression in a definition that can't be moved is refused as well", async () => {
  const w = await world(
    18,
    {
      ...BASE,
      "pipelines/p/paid.yaml": definition(
        "lab.paid",
        { claim_id: "int" },
        "constraints: [{name: c, check: \"query_to_xml('x', true, true, '') IS NULL\"}]",
        "inputs: [{source: claims}]",
      ),
    },
    SETUP,
  );
  const { stderr } = await w.ctf("run", "--all", "--target", "dev");
  expect(stderr).toContain("pipelines/p/paid.yaml:1:1 CTF350");
});

describe.each(testMajors)("PostgreSQL %i", (major) => {
  const HIDDEN = `${SETUP};
    CREATE FUNCTION ops.tidy() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DELETE FROM lab.pa' || 'id'; RETURN 1; END $$;`;

  test.each([
    [
      "a SELECT",
      {
        "pipelines/p/t.yaml": definition("lab.t", { claim_id: "int" }),
        "pipelines/p/t.sql": "SELECT ops.tidy() AS claim_id\n",
      },
      "t",
    ],
    ["statements", statements("CREATE TABLE lab.s AS SELECT ops.tidy() AS x;\n"), "s"],
    [
      "statements without a transaction",
      statements("CREATE TABLE lab.s AS SELECT ops.tidy() AS x;\n", "", "transaction: none\n"),
      "s",
    ],
  ])("a function of somebody else that writes to production, called in %s, is undone", async (_, files, name) => {
    const w = await world(major, { ...BASE, ...files }, HIDDEN);
    await w.run("--only", "paid");
    const before = await w.digest("lab");
    const { code, stderr } = await w.ctf("run", "--only", name, "--target", "dev");
    expect(stderr).toContain(`CTF561 p.${name} changed lab.paid, outside of its environment; everything was undone`);
    expect(code).toBe(1);
    expect(await w.digest("lab")).toEqual(before);
  });

  test.each([
    ["drops a table", "DROP TABLE lab.pa' || 'id CASCADE", "lab.paid"],
    ["drops a function", "DROP FUNCTION lab.he' || 'lps()", "lab.helps()"],
    ["replaces a function", "CREATE OR REPLACE FUNCTION lab.he' || 'lps() RETURNS int RETURN 2", "lab.helps()"],
    ["empties a table", "TRUNCATE lab.pa' || 'id", "lab.paid"],
    ["grants a right", "GRANT SELECT ON lab.pa' || 'id TO PUBLIC", "lab.paid"],
  ])("a function of somebody else that %s of production's is undone, also behind a savepoint", async (_, sql, name) => {
    const setup = `${SETUP};
      CREATE SCHEMA lab; CREATE FUNCTION lab.helps() RETURNS int RETURN 1;
      CREATE FUNCTION ops.tidy() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
        BEGIN EXECUTE '${sql}'; EXCEPTION WHEN division_by_zero THEN NULL; END; RETURN 1;
      END $$;`;
    const upsert = definition("lab.t", { claim_id: "int" }, "primary_key: [claim_id]").replace(
      /kind: \w+/,
      "kind: upsert",
    );
    const query = "SELECT ops.tidy() AS claim_id\n";
    const w = await world(major, { ...BASE, "pipelines/p/t.yaml": upsert, "pipelines/p/t.sql": query }, setup);
    await w.run("--only", "paid");
    const before = await w.digest("lab");
    const { stderr } = await w.ctf("run", "--only", "t", "--target", "dev");
    expect(stderr).toContain(`CTF561 p.t changed ${name}, outside of its environment; everything was undone`);
    expect(await w.digest("lab")).toEqual(before);
  });

  const ELSEWHERE = [
    ["CREATE TYPE lab.mood AS ENUM ()", "type lab.mood"],
    ["CREATE TYPE lab.pair AS (a int)", "lab.pair"],
    ["DROP TYPE lab.old", "type lab.old"],
    ["ALTER TYPE lab.size ADD VALUE 'xl'", "type lab.size"],
    ["ALTER DOMAIN lab.pos ADD CHECK (value < 9)", "type lab.pos"],
    ["CREATE SCHEMA elsewhere", "schema elsewhere"],
    ["DROP SCHEMA gone", "schema gone"],
    ["GRANT USAGE ON SCHEMA opened TO PUBLIC", "schema opened"],
    ["COMMENT ON FUNCTION lab.helps() IS 'x'", "the comment on function lab.helps()"],
    ["COMMENT ON SCHEMA said IS 'x'", "the comment on schema said"],
    ["CREATE OPERATOR lab.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)", "operator lab.===(integer,integer)"],
    ["ALTER DEFAULT PRIVILEGES IN SCHEMA said GRANT SELECT ON TABLES TO PUBLIC", "in schema said"],
  ] as const;

  test("all that a function of somebody else changes elsewhere is named, and undone", async () => {
    const files = {
      "pipelines/p/t.yaml": definition("lab.t", { n: "int" }),
      "pipelines/p/t.sql": "SELECT ops.tidy() AS n\n",
    };
    const setup = `${SETUP}; CREATE SCHEMA lab; CREATE SCHEMA gone; CREATE SCHEMA opened; CREATE SCHEMA said;
      CREATE FUNCTION lab.helps() RETURNS int RETURN 1; CREATE TYPE lab.size AS ENUM ('s'); CREATE TYPE lab.old AS ENUM ('s'); CREATE DOMAIN lab.pos AS int;
      CREATE FUNCTION ops.tidy() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
        ${ELSEWHERE.map(([sql]) => sql).join(";\n")}; RETURN 1;
      END $$;`;
    const w = await world(major, { ...BASE, ...files }, setup);
    const { stderr } = await w.ctf("run", "--only", "t", "--target", "dev");
    const [, named = ""] =
      /CTF561 p.t changed (.*), outside of its environment; everything was undone/.exec(stderr) ?? [];
    for (const [, name] of ELSEWHERE) expect(named).toContain(name);
    expect(named.split(", ")).toHaveLength(ELSEWHERE.length);
  });

  test("VACUUM and what else refuses a transaction runs in an environment too", async () => {
    const w = await world(
      major,
      statements(
        "CREATE TABLE IF NOT EXISTS lab.s (x int);\nVACUUM lab.s;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON lab.s (x);\n",
        "",
        "transaction: none\n",
      ),
      SETUP,
    );
    await w.run("--only", "s", "--target", "dev");
    expect(await w.value("SELECT 'dev_lab.i'::regclass IS NOT NULL")).toBe(true);
  });

  test("an error of PostgreSQL stands at the person's own line and column", async () => {
    const w = await world(
      major,
      {
        ...BASE,
        "pipelines/p/t.yaml": definition("lab.t", { claim_id: "int" }, "", "inputs: [{transform: paid}]"),
        "pipelines/p/t.sql": "-- Größe 🙂 lab.paid\nSELECT lab.paid.claim_id, '🙂é', lab.paid.oops\nFROM lab.paid\n",
        ...{
          "pipelines/p/s.yaml": "kind: sql\noutput: {table: lab.s}\n",
          "pipelines/p/s.sql":
            "CREATE TABLE lab.s (x int);\nCREATE INDEX ON lab.s (x); /* 🙂é */ SELECT lab.s.x, lab.s.oops FROM lab.s;\n",
        },
      },
      SETUP,
    );
    await w.run("--only", "paid");
    const { stderr } = await w.ctf("run", "--all", "--target", "dev");
    expect(stderr).toContain("pipelines/p/t.sql:2:33 CTF515");
    expect(stderr).toContain("pipelines/p/s.sql:2:53 CTF515");
  });

  test("a schema that CTF did not make is not written into", async () => {
    const w = await world(major, BASE, `${SETUP}; CREATE SCHEMA dev_lab`);
    const { stderr } = await w.ctf("run", "--all", "--target", "dev");
    expect(stderr).toContain("CTF560 schema dev_lab is in the warehouse, and CTF did not make it for target dev");
    expect(await w.digest("dev_lab")).toHaveLength(1);
  });

  test("a target in another database can't be deferred to", async () => {
    const w = await world(major, BASE, SETUP);
    const other = await world(major, BASE, SETUP);
    w.write({
      "ctf.yaml":
        "ctf: 1\nproject: test\ntargets:\n  prod: {url_env: OTHER_URL}\n  dev: {url_env: WAREHOUSE_URL, prefix: dev_, defer: prod}\ndefault_target: prod\n",
    });
    const { runCtf } = await import("../support/cli.ts");
    const { stderr, code } = await runCtf(["run", "--all", "--target", "dev"], {
      cwd: w.root,
      env: { WAREHOUSE_URL: w.url, OTHER_URL: other.url },
    });
    expect(stderr).toContain("CTF562 target dev defers to prod, which is another database");
    expect(code).toBe(1);
  });

  test("a view of an environment never holds production up", async () => {
    const w = await world(
      major,
      {
        ...BASE,
        "pipelines/p/s.yaml": "kind: sql\ninputs: [{transform: paid}]\noutput: {view: lab.s}\n",
        "pipelines/p/s.sql": "CREATE OR REPLACE VIEW lab.s AS SELECT claim_id FROM lab.paid\n",
      },
      SETUP,
    );
    await w.run("--only", "paid");
    await w.run("--only", "s", "--target", "dev");
    await w.run("--only", "paid");
    expect(await w.value("SELECT count(*)::int FROM dev_lab.s")).toBe(1);
    w.write({
      "pipelines/p/paid.yaml": definition("lab.paid", { claim_id: "text" }, "", "inputs: [{source: claims}]"),
      "pipelines/p/paid.sql": "SELECT claim_id::text FROM raw.claims\n",
    });
    const { code, stderr } = await w.ctf("run", "--only", "paid");
    expect(stderr).toContain("CTF563 view dev_lab.s of an environment could not follow lab.paid and was dropped");
    expect(code).toBe(0);
  });
});
