/** isolation: role, on what a SELECT reads: declared inputs alone, whatever way it takes to a table. */
import { describe, expect, test } from "vitest";
import { connect } from "../support/database.ts";
import { definition, problems } from "../support/warehouse.ts";
import { as, asSuperuser, CTF_YAML, guestsHave, isolated, said } from "./world.ts";

const YAML = definition("lab.t", { n: "int" }, "", "inputs: [{source: claims}]");

/** Functions that hide what they read, or try to be somebody else. */
const FUNCTIONS = `
  CREATE FUNCTION lab.peek() RETURNS int LANGUAGE plpgsql AS 'DECLARE r int; BEGIN EXECUTE ''SELECT n FROM lab.secret'' INTO r; RETURN r; END';
  CREATE FUNCTION lab.peek_sql() RETURNS int LANGUAGE sql AS 'SELECT n FROM lab.secret';
  CREATE VIEW lab.by_view AS SELECT n FROM lab.secret;
  CREATE FUNCTION lab.peek_view() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT n FROM lab.by_view); END';
  CREATE FUNCTION lab.spoil() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM lab.secret; RETURN 1; END';
  CREATE FUNCTION lab.spoil_input() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM lab.claims; RETURN 1; END';
  CREATE FUNCTION lab.dress_up(how text) RETURNS int LANGUAGE plpgsql AS
    'DECLARE r int; BEGIN EXECUTE how; EXECUTE ''SELECT n FROM lab.secret'' INTO r; RETURN r; END';
  CREATE FUNCTION lab.lie() RETURNS int LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION USING ERRCODE = ''42501'', MESSAGE = ''permission denied for table Ada Lovelace''; END';
  CREATE FUNCTION lab.leave_something() RETURNS int LANGUAGE plpgsql AS
    'BEGIN EXECUTE format(''CREATE TABLE %s.extra ()'', (SELECT nspname FROM pg_namespace WHERE nspname ~ ''^ctf_build_'')); RETURN 1; END';
  CREATE FUNCTION lab.private() RETURNS int LANGUAGE sql AS 'SELECT 1';
  REVOKE EXECUTE ON FUNCTION lab.private() FROM PUBLIC;
`;

const DECLARE = '→ Add "- source: secret" under inputs: in pipelines/p/t.yaml.';
const READS = `CTF542 reads lab.secret, which is not among its inputs ${DECLARE}`;

describe.each([15, 18] as const)("PostgreSQL %i", (major) => {
  test("a declared input is read, the output is CTF's own, and no right is left", async () => {
    const w = await isolated(major, { "t.yaml": YAML, "t.sql": "SELECT n FROM lab.claims" });
    await w.publish();
    expect(await w.rows("SELECT n FROM lab.t")).toEqual([{ n: 1 }]);
    expect(await w.value("SELECT relowner::regrole::text FROM pg_class WHERE oid = 'lab.t'::regclass")).toBe(
      "isolation_owner",
    );
    expect(await guestsHave(w)).toEqual([]);
  });

  test("whoever reads more is refused, with the table's name and the line to add", async () => {
    const w = await isolated(major, { "t.yaml": YAML }, FUNCTIONS);
    const refused = async (sql: string): Promise<string> => {
      w.write({ "t.sql": sql });
      const [line, ...others] = said(await w.run());
      expect(others).toEqual([]);
      return line!.replace("pipelines/p/t.sql:", "");
    };
    expect(await refused("SELECT n FROM lab.claims\nUNION SELECT n FROM lab.secret")).toBe(`1:1 ${READS}`);
    for (const sql of ["lab.peek()", "lab.peek_sql()"]) expect(await refused(`SELECT ${sql} AS n`)).toContain(READS);
    // Read by its owner, the view itself is what is read.
    expect(await refused("SELECT lab.peek_view() AS n")).toMatch(
      /CTF542 reads lab.by_view, which is not among its inputs → If CTF does not build it, declare it: "ctf source add lab.by_view", then/,
    );
    for (const how of ["RESET ROLE", "RESET SESSION AUTHORIZATION", "SET row_security TO on", "DISCARD TEMP"])
      expect(await refused(`SELECT lab.dress_up('${how}') AS n`)).toContain(READS);
    for (const how of ["SET ROLE isolation_owner", "SET SESSION AUTHORIZATION isolation_owner"])
      expect(await refused(`SELECT lab.dress_up('${how}') AS n`)).toMatch(
        /CTF543 the SQL uses something that it has no right to/,
      );
    expect(await refused("SELECT lab.spoil() AS n")).toContain(READS);
    expect(await refused("SELECT lab.spoil_input() AS n")).toMatch(
      /CTF542 changes lab.claims, which is not among its outputs/,
    );
    expect(await refused("SELECT lab.leave_something() AS n")).toMatch(
      /CTF544 the SQL made a table, which is not among the outputs/,
    );
    expect(await refused("SELECT lab.private() AS n")).toMatch(
      /^1:1 CTF543 the SQL uses a function that it has no right to/,
    );
    // A function can raise any words with that code, and these may come from rows.
    expect(await refused("SELECT lab.lie() AS n")).not.toMatch(/Ada/);
    expect(await w.rows("SELECT n FROM lab.secret UNION ALL SELECT n FROM lab.claims")).toHaveLength(2);
    expect(await w.value("SELECT to_regclass('lab.t') IS NULL")).toBe(true);
    expect(await guestsHave(w)).toEqual([]);
  });

  test("expressions of the definition run as the transform too", async () => {
    const yaml = (more: string) => definition("lab.t", { n: "int" }, more, "inputs: [{source: claims}]");
    const peek =
      "CREATE FUNCTION lab.peek(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT n FROM lab.secret); END';";
    const w = await isolated(major, { "t.sql": "SELECT n FROM lab.claims" }, peek);
    for (const more of [
      "indexes: [{columns: [{expression: lab.peek(n)}]}]",
      "constraints: [{name: c, check: lab.peek(n) > 0}]",
    ]) {
      w.write({ "t.yaml": yaml(more) });
      expect(said(await w.run())).toEqual([expect.stringContaining(READS)]);
    }
  });

  test("an upsert that reads itself", async () => {
    const yaml = YAML.replace("create_table_as", "upsert").replace("inputs: [", "inputs: [{transform: t}, ");
    const w = await isolated(major, {
      "t.yaml": `${yaml}  primary_key: [n]\n`,
      "t.sql": "SELECT coalesce(max(t.n), 0) + 1 AS n FROM lab.claims LEFT JOIN lab.t ON true",
    });
    await w.publish();
    await w.publish();
    expect(await w.rows("SELECT n FROM lab.t ORDER BY 1")).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await guestsHave(w)).toEqual([]);
  });

  test("nothing that one transform does to its session reaches the next", async () => {
    const w = await isolated(
      major,
      {
        "a.yaml": definition("lab.a", { n: "int" }, "", 'settings: {work_mem: "5MB"}'),
        "a.sql": "SELECT lab.mess() AS n",
        "b.yaml": definition("lab.b", { what: "text" }, "", "inputs: [{transform: a}]"),
        "b.sql": `SELECT concat_ws(' ', current_setting('search_path'), current_setting('work_mem') = '5MB', current_setting('row_security'),
          (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
          (SELECT count(*) FROM pg_prepared_statements WHERE name = 'mine'), to_regclass('pg_temp.mine')) AS what`,
      },
      `CREATE FUNCTION lab.mess() RETURNS int LANGUAGE plpgsql AS 'BEGIN
         SET search_path TO lab; SET row_security TO on; PERFORM pg_advisory_lock(5); CREATE TEMP TABLE mine AS SELECT 1 AS n;
         EXECUTE ''PREPARE mine AS SELECT 1''; RETURN 1; END'`,
    );
    await w.publish({ concurrency: 1 });
    expect(await w.value("SELECT what FROM lab.b")).toBe('"$user", public f off 0 0');
  });
});

test("row-level security never hides rows without a word", async () => {
  const w = await isolated(
    18,
    { "t.yaml": YAML, "t.sql": "SELECT n FROM lab.claims" },
    "ALTER TABLE lab.claims ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON lab.claims USING (n > 1);",
  );
  expect(said(await w.run())).toEqual([
    expect.stringContaining("CTF546 row-level security would hide rows of lab.claims from the transform"),
  ]);
  // Who sees all rows and may pass that on does: here a superuser.
  await w.client.query("GRANT ALL ON SCHEMA lab TO postgres");
  await asSuperuser(w).publish();
});

test("an input that CTF may read but not pass on: who has to grant what", async () => {
  const w = await isolated(18, { "t.yaml": YAML, "t.sql": "SELECT n FROM lab.claims" });
  await w.client.query("ALTER TABLE lab.claims OWNER TO postgres; GRANT SELECT ON lab.claims TO isolation_owner");
  expect(said(await w.run())).toEqual([
    `pipelines/p/t.sql:1:1 CTF545 CTF's role may not let the transform read lab.claims → Its owner can allow that: GRANT SELECT ON "lab"."claims" TO "isolation_owner" WITH GRANT OPTION.`,
  ]);
  await w.client.query("GRANT SELECT ON lab.claims TO isolation_owner WITH GRANT OPTION");
  await w.publish();
  await w.client.query("REVOKE ALL ON lab.claims FROM isolation_owner; GRANT SELECT ON lab.claims TO PUBLIC");
  await w.publish();
});

test("a role that can't make roles is told so before anything runs", async () => {
  const w = await isolated(18, { "t.yaml": YAML, "t.sql": "SELECT n FROM lab.claims" });
  await w.client.query(
    "DO $$ BEGIN CREATE ROLE isolation_plain LOGIN PASSWORD 'test'; EXCEPTION WHEN duplicate_object THEN END $$",
  );
  await w.client.query("GRANT isolation_owner TO isolation_plain");
  const run = as(w, "isolation_plain").run();
  await expect(run).rejects.toMatchObject({ diagnostics: [{ code: "CTF540" }] });
  w.write({ "./ctf.yaml": CTF_YAML.replace(", isolation: role", "") });
  await as(w, "isolation_plain").publish();
});

test("a guest's role can't log in but by CTF, and not while it works", async () => {
  const w = await isolated(
    18,
    { "t.yaml": YAML, "t.sql": "SELECT lab.own_password() AS n FROM lab.claims" },
    `CREATE FUNCTION lab.own_password() RETURNS int LANGUAGE plpgsql AS 'BEGIN
       ALTER ROLE CURRENT_USER PASSWORD ''mine'' ; RETURN 1; END'`,
  );
  await w.publish();
  const roles = await w.rows("SELECT rolname AS name, rolcanlogin FROM pg_roles WHERE rolname ~ '^ctf_guest_'");
  for (const { name, rolcanlogin } of roles) {
    expect(rolcanlogin).toBe(false);
    const url = new URL(w.url);
    [url.username, url.password] = [name as string, "mine"];
    await expect(connect(url.href)).rejects.toThrow(/not permitted to log in|password authentication failed/);
  }
  expect(problems(await w.run())).toEqual([]);
});
