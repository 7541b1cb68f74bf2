/** isolation: role, on a `sql` transform's statements: they change the declared outputs in place, and nothing else. */
import { describe, expect, test } from "vitest";
import { PUBLISH_LOCK } from "../../src/warehouse/session/locks.ts";
import { connect } from "../support/database.ts";
import { definition, until } from "../support/warehouse.ts";
import { guestsHave, isolated, said } from "./world.ts";

const COLUMNS = "columns: [{name: n, type: int}]";
const TABLE = `kind: sql\ninputs: [{source: claims}]\noutput: {table: lab.t, ${COLUMNS}}\n`;
const ALL = `kind: sql
inputs: [{source: claims}]
outputs:
  - {table: lab.t, description: Numbers, ${COLUMNS}, grants: {pg_monitor: [select]}}
  - {view: lab.v, ${COLUMNS}}
  - {view: lab.m}
  - {function: lab.f, arguments: [int], description: One more}
`;
const owners = `SELECT relname AS name, relowner::regrole::text AS owner FROM pg_class WHERE relname IN ('t', 'v', 'm', 't_id_seq')
  UNION ALL SELECT 'f', proowner::regrole::text FROM pg_proc WHERE proname = 'f' ORDER BY 1`;

describe.each([15, 18] as const)("PostgreSQL %i", (major) => {
  test("tables, views and functions are made, replaced and dropped, and are CTF's own afterwards", async () => {
    const w = await isolated(
      major,
      { "t.yaml": ALL },
      "ALTER DEFAULT PRIVILEGES IN SCHEMA lab GRANT SELECT ON TABLES TO pg_signal_backend",
    );
    const make = `CREATE TEMP TABLE draft AS SELECT n FROM lab.claims;
CREATE TABLE lab.t (id serial, n int);
ALTER TABLE lab.t DROP COLUMN id;
INSERT INTO lab.t SELECT n FROM draft;
CREATE INDEX ON lab.t (n);
CREATE OR REPLACE VIEW lab.v AS SELECT n FROM lab.t;
CREATE MATERIALIZED VIEW lab.m AS SELECT n FROM lab.claims;
CREATE OR REPLACE FUNCTION lab.f(n int) RETURNS int LANGUAGE sql AS 'SELECT n + 1';`;
    w.write({ "t.sql": `DROP TABLE IF EXISTS lab.t CASCADE; DROP MATERIALIZED VIEW IF EXISTS lab.m; ${make}` });
    for (const _ of ["made", "made again"]) {
      await w.publish();
      const owned = await w.rows(owners);
      expect(owned).toEqual(["f", "m", "t", "v"].map((name) => ({ name, owner: "isolation_owner" })));
    }
    w.write({
      "t.sql": `TRUNCATE lab.t; INSERT INTO lab.t SELECT 5 * n FROM lab.claims; REFRESH MATERIALIZED VIEW lab.m;
      CREATE OR REPLACE FUNCTION lab.f(n int) RETURNS int LANGUAGE sql AS 'SELECT n + 2'`,
    });
    await w.publish();
    expect(await w.rows("SELECT n, lab.f(n) FROM lab.v")).toEqual([{ n: 5, f: 7 }]);
    const words = `SELECT obj_description('lab.t'::regclass, 'pg_class') AS t, obj_description('lab.f(int)'::regprocedure, 'pg_proc') AS f,
      has_table_privilege('pg_monitor', 'lab.t', 'SELECT') AS granted, has_table_privilege('pg_signal_backend', 'lab.v', 'SELECT') AS "byDefault"`;
    expect(await w.rows(words)).toEqual([{ t: "Numbers", f: "One more", granted: true, byDefault: true }]);
    expect(await w.rows("SELECT count(*)::int, bool_and(status = 'succeeded') AS all FROM ctf.transform_run")).toEqual([
      { count: 3, all: true },
    ]);
    expect(await guestsHave(w)).toEqual([]);
    expect(await w.rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^ctf_'")).toEqual([]);
  });

  test("a schema that is made if it is missing, and a table that is verified as if another had made it", async () => {
    const w = await isolated(major, {
      "stand_in.yaml": "kind: sql\ninputs: [{source: claims}]\noutputs: []\n",
      "stand_in.sql": `CREATE SCHEMA IF NOT EXISTS care;
CREATE TABLE IF NOT EXISTS care.outreach (n int);
INSERT INTO care.outreach SELECT n FROM lab.claims;`,
      "outreach.yaml": `kind: no_op\ninputs: [{transform: stand_in}]\noutput: {table: care.outreach, ${COLUMNS}}\n`,
    });
    await w.publish();
    await w.publish();
    expect(await w.rows("SELECT count(*)::int FROM care.outreach")).toEqual([{ count: 2 }]);
    const owner = "SELECT relowner::regrole::text AS owner FROM pg_class WHERE relname = 'outreach'";
    expect(await w.rows(owner)).toEqual([{ owner: "isolation_owner" }]);
    expect(await guestsHave(w)).toEqual([]);
  });

  test("what is not declared is neither read nor changed nor made, and all is undone", async () => {
    const w = await isolated(
      major,
      {
        "t.yaml": TABLE,
        "t.sql": "SELECT 1",
        "u.yaml": `${TABLE.replace("lab.t", "lab.u")}`,
        "u.sql": "CREATE TABLE IF NOT EXISTS lab.u (n int)",
      },
      "CREATE TABLE lab.t (n int); INSERT INTO lab.t VALUES (3);",
    );
    await w.publish({ only: ["u"] });
    const refused = async (sql: string): Promise<string> => {
      w.write({ "t.sql": `TRUNCATE lab.t;\n${sql}` });
      const [line, ...others] = said(await w.run({ only: ["t"] }));
      expect(others).toEqual([]);
      return line!.replace("pipelines/p/t.sql:", "").replace(/ →.*/, "");
    };
    const dynamic = (sql: string) => `DO $$ BEGIN EXECUTE '${sql}'; END $$`;
    expect(await refused(dynamic("INSERT INTO lab.t SELECT n FROM lab.secret"))).toBe(
      "2:1 CTF542 reads lab.secret, which is not among its inputs",
    );
    expect(await refused(dynamic("DELETE FROM lab.claims"))).toBe(
      "2:1 CTF542 changes lab.claims, which is not among its outputs",
    );
    expect(await refused(dynamic("DROP TABLE lab.u"))).toBe("2:1 CTF542 changes lab.u, which is not among its outputs");
    expect(await refused(dynamic("CREATE TABLE lab.more (n int)"))).toContain(
      "CTF544 the SQL made table lab.more, which is not among the outputs",
    );
    expect(await refused(dynamic("CREATE FUNCTION lab.g() RETURNS int LANGUAGE sql AS $f$ SELECT 1 $f$"))).toContain(
      "CTF544 the SQL made function lab.g()",
    );
    // A name that is put together may hold a value.
    expect(await refused("DO $$ BEGIN EXECUTE format('CREATE TABLE lab.%I ()', 'Ada' || 'Lovelace'); END $$")).toBe(
      "pipelines/p/t.yaml:1:1 CTF544 the SQL made a table, which is not among the outputs",
    );
    expect(await refused(dynamic("CREATE SCHEMA mine"))).toContain(
      "CTF543 the SQL uses a database that it has no right to",
    );
    expect(await refused(dynamic("CREATE EXTENSION dblink"))).toContain("CTF543");
    expect(await refused(dynamic("RESET ROLE; SELECT * FROM lab.secret"))).toContain("CTF542 reads lab.secret");
    expect(await refused(dynamic("SET ROLE isolation_owner"))).toContain("CTF543");
    expect(await refused(dynamic("UPDATE ctf.run SET status = NULL"))).toContain("CTF542 changes ctf.run");
    expect(await w.rows("SELECT n FROM lab.t")).toEqual([{ n: 3 }]);
    expect(await w.rows(owners)).toEqual([{ name: "t", owner: "isolation_owner" }]);
    expect(await guestsHave(w)).toEqual([]);
  });

  test("a function that was not declared never gets CTF's rights, not even where it can't be undone", async () => {
    const w = await isolated(major, { "t.yaml": `${TABLE}transaction: none\n` });
    const definer =
      "CREATE FUNCTION lab.sly() RETURNS int SECURITY DEFINER LANGUAGE sql AS ''SELECT n FROM lab.secret''";
    w.write({
      "t.sql": `CREATE TABLE IF NOT EXISTS lab.t (n int); SET check_function_bodies = off; DO $$ BEGIN EXECUTE '${definer}'; END $$`,
    });
    expect(said(await w.run())).toEqual([expect.stringContaining("CTF544 the SQL made function lab.sly()")]);
    expect(
      await w.rows("SELECT proowner::regrole::text AS owner, prosecdef FROM pg_proc WHERE proname = 'sly'"),
    ).toEqual([{ owner: "isolation_owner", prosecdef: false }]);
  });

  test("default privileges and locks of its session reach nobody else", async () => {
    const held = `SELECT pg_advisory_lock(${PUBLISH_LOCK}, 0);`;
    const w = await isolated(major, {
      "t.yaml": TABLE,
      "t.sql": `${held} CREATE TABLE IF NOT EXISTS lab.t (n int)`,
      "u.yaml": definition("lab.u", { n: "int" }, "", "inputs: [{source: claims}]"),
      "u.sql": "SELECT n FROM lab.claims",
    });
    await w.publish();
    w.write({ "t.sql": `${held} SELECT 1 / 0` });
    expect(said(await w.run())).toEqual([expect.stringContaining("division by zero")]);
    w.write({ "t.sql": "DO $$ BEGIN EXECUTE 'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC'; END $$" });
    expect(said(await w.run())).toEqual([expect.stringMatching(/p\/t\.yaml.* CTF544 the SQL made a default acl/)]);
    expect(await guestsHave(w)).toEqual([]);
  });

  test("a foreign key must not let another table's changes run code of the transform with CTF's rights", async () => {
    const key = "REFERENCES lab.claims ON DELETE CASCADE";
    const w = await isolated(
      major,
      {
        "t.yaml":
          "kind: sql\ninputs: [{source: claims}]\noutputs: [{table: lab.t}, {function: lab.f, arguments: []}, {function: lab.pos, arguments: [int]}]\n",
      },
      "ALTER TABLE lab.claims ADD PRIMARY KEY (n)",
    );
    const made = (columns: string, more = "") => ({
      "t.sql": `DROP TABLE IF EXISTS lab.t;
CREATE OR REPLACE FUNCTION lab.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'TABLE lab.secret'; RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION lab.pos(n int) RETURNS boolean LANGUAGE sql AS 'SELECT n > 0';
CREATE TABLE lab.t (${columns}); ${more}`,
    });
    const trigger = "CREATE TRIGGER tr AFTER DELETE ON lab.t FOR EACH STATEMENT EXECUTE FUNCTION lab.f();";
    const refused = [
      expect.stringMatching(/CTF544 the SQL made a foreign key by which another table's changes run code of this one/),
    ];
    w.write(made(`n int ${key}`, trigger));
    expect(said(await w.run())).toEqual(refused);
    w.write(made("n int REFERENCES lab.claims ON UPDATE SET NULL CHECK (lab.pos(n))"));
    expect(said(await w.run())).toEqual(refused);
    for (const innocent of [
      made(`n int ${key} CHECK (abs(n) > 0)`),
      made("n int REFERENCES lab.claims CHECK (lab.pos(n))", trigger),
    ]) {
      w.write(innocent);
      await w.publish();
    }
  });

  test("readers of a view see it as before until the statements are done", async () => {
    const w = await isolated(
      major,
      {
        "t.yaml": ALL.replace(/ {2}- \{table.*\n/, "").replace(/ {2}- \{view: lab.m.*\n/, ""),
        "t.sql":
          "SELECT lab.gate(); CREATE OR REPLACE VIEW lab.v AS SELECT 2 * n AS n FROM lab.claims; CREATE OR REPLACE FUNCTION lab.f(n int) RETURNS int LANGUAGE sql AS 'SELECT n + 1'",
      },
      `CREATE VIEW lab.v AS SELECT n FROM lab.claims; GRANT USAGE ON SCHEMA lab TO pg_monitor; GRANT SELECT ON lab.v TO pg_monitor;
       CREATE FUNCTION lab.gate() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(77); END'`,
    );
    const reader = await connect(w.url);
    await reader.query("SELECT pg_advisory_lock(77); SET ROLE pg_monitor");
    const going = await w.start();
    await until(
      async () => (await w.value("SELECT count(*)::int FROM pg_locks WHERE objid = 77 AND NOT granted")) === 1,
      "the gate",
    );
    expect((await reader.query("SELECT n FROM lab.v")).rows).toEqual([{ n: 1 }]);
    await reader.query("SELECT pg_advisory_unlock(77)");
    expect((await going.result).status).toBe("succeeded");
    expect((await reader.query("SELECT n FROM lab.v")).rows).toEqual([{ n: 2 }]);
  });

  test("statements by themselves: what fails in the middle leaves the outputs to CTF", async () => {
    const w = await isolated(major, {
      "t.yaml": `${TABLE}transaction: none\n`,
      "t.sql":
        "CREATE TABLE lab.t (n int); INSERT INTO lab.t SELECT n FROM lab.claims; CREATE INDEX CONCURRENTLY ON lab.t (n)",
    });
    await w.publish();
    w.write({ "t.sql": "CREATE INDEX CONCURRENTLY ON lab.t (n); VACUUM lab.t; INSERT INTO lab.t VALUES (1 / 0)" });
    expect(said(await w.run())).toEqual([expect.stringMatching(/t\.sql:1:\d+ CTF515 .*division by zero/)]);
    expect(await w.rows(owners)).toEqual([{ name: "t", owner: "isolation_owner" }]);
    expect(await guestsHave(w)).toEqual([]);
  });
});
