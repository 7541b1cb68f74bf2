/** CTF needs no superuser: a role that may create schemas in the database, and has a part in the owners of what it swaps. */
import { describe, expect, test } from "vitest";
import { connect } from "../support/database.ts";
import { testMajors } from "../support/servers.ts";
import { definition, problems, warehouse } from "../support/warehouse.ts";
import { asRole, ensureRoles } from "./roles.ts";

const files = (top = "", id = "integer") => ({
  "parent.yaml": definition("s.parent", { id: "integer" }, "primary_key: [id]"),
  "parent.sql": "SELECT n AS id FROM generate_series(1, 10) n",
  "t.yaml": definition(
    "s.t",
    { id, name: "text" },
    "primary_key: [id]\nstatistics: [{name: st, columns: [id, name]}]\nforeign_keys: [{columns: [id], references: {table: s.parent, columns: [id]}}]\ngrants: {analyst: [select]}",
    `inputs: [{transform: parent}]${top}`,
  ),
  "t.sql": `SELECT n::${id} AS id, 'x' AS name FROM generate_series(1, 5) n`,
});

describe.each(testMajors)("on PostgreSQL %i", (major) => {
  const asClerk = async (given = files()) => {
    const w = await warehouse(major, given);
    await ensureRoles(w.client, "clerk", "analyst", "team", "landlord");
    await w.client.query("GRANT team TO clerk");
    await w.client.query(
      "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO clerk', current_database()); END $$",
    );
    const env = { WAREHOUSE_URL: asRole(w.url, "clerk") };
    return { ...w, env };
  };

  test("builds, swaps and merges, with views, by-hand objects, statistics and foreign keys", async () => {
    const w = await asClerk();
    const { env } = w;
    await w.publish({ env });
    await w.client.query(`SET ROLE clerk; CREATE VIEW s.v WITH (security_barrier) AS SELECT * FROM s.t;
      CREATE INDEX by_hand ON s.t (name); CREATE STATISTICS s.own ON name, id FROM s.t;
      CREATE POLICY p ON s.t USING (true); COMMENT ON TABLE s.t IS 'words'; RESET ROLE`);
    expect(problems(await w.publish({ env }))).toHaveLength(2);
    expect(await w.value("SELECT tableowner FROM pg_tables WHERE tablename = 't'")).toBe("clerk");
    w.write(files("\npublish: rows"));
    expect(problems(await w.publish({ env }))).toEqual([]);
    w.write(files("", "bigint"));
    expect(problems(await w.publish({ env, rebuildViews: true }))).toHaveLength(2);
    const analyst = await connect(asRole(w.url, "analyst"));
    await w.client.query("GRANT USAGE ON SCHEMA s TO analyst");
    expect((await analyst.query("SELECT count(*)::int AS n FROM s.t")).rows).toEqual([{ n: 5 }]);
  });

  test("a table and view of a role that it is a member of keep their owner", async () => {
    const w = await asClerk();
    await w.publish({ env: w.env });
    await w.client.query(`CREATE VIEW s.v AS SELECT id FROM s.t; GRANT CREATE, USAGE ON SCHEMA s TO team;
      ALTER TABLE s.t OWNER TO team; ALTER VIEW s.v OWNER TO team`);
    expect(problems(await w.publish({ env: w.env }))).toEqual([]);
    const owners = await w.rows(
      "SELECT relname, pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relname IN ('t', 'v', 't_pkey') ORDER BY 1",
    );
    expect(owners.map(({ owner }) => owner)).toEqual(["team", "team", "team"]);
    w.write(files("", "bigint"));
    expect(problems(await w.publish({ env: w.env, rebuildViews: true }))).toEqual([]);
    expect(await w.value("SELECT viewowner FROM pg_views WHERE viewname = 'v'")).toBe("team");
  });

  test("rights that others passed on stay theirs to take back, where it may act for them", async () => {
    const w = await asClerk();
    await w.publish({ env: w.env });
    await w.client.query(`GRANT USAGE ON SCHEMA s TO team, landlord;
      GRANT SELECT ON s.t TO team, landlord WITH GRANT OPTION; GRANT UPDATE (name) ON s.t TO team WITH GRANT OPTION;
      SET ROLE team; GRANT SELECT ON s.t TO analyst; GRANT UPDATE (name) ON s.t TO landlord; RESET ROLE;
      CREATE STATISTICS s.theirs ON id, name FROM s.t; ALTER STATISTICS s.theirs OWNER TO team`);
    const acl = () =>
      w.rows(`SELECT a.grantor::regrole::text AS by, a.grantee::regrole::text AS "to", a.privilege_type AS what
        FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = 's.t'::regclass AND a.grantee <> c.relowner
        UNION ALL SELECT a.grantor::regrole::text, a.grantee::regrole::text, t.attname
        FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = 's.t'::regclass
        UNION ALL SELECT stxowner::regrole::text, '', stxname FROM pg_statistic_ext WHERE stxrelid = 's.t'::regclass ORDER BY 1, 2, 3`);
    const before = await acl();
    expect(before).toContainEqual({ by: "team", to: "landlord", what: "name" });
    expect(problems(await w.publish({ env: w.env, only: ["t"] }))).toEqual([
      expect.stringContaining("statistics theirs"),
    ]);
    expect(await acl()).toEqual(before);
    expect(
      await w.value("SELECT count(*)::int FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname ~ '^ctf_'"),
    ).toBe(0);
  });

  test("a table of a role that it has no part in is refused before the build", async () => {
    const w = await asClerk();
    await w.publish({ env: w.env });
    await w.client.query("ALTER TABLE s.t OWNER TO landlord");
    expect(problems(await w.run({ env: w.env, only: ["t"] }))).toEqual([
      expect.stringMatching(
        /^p\.t CTF537 s\.t belongs to landlord, .*GRANT landlord TO clerk; GRANT CREATE ON SCHEMA s TO clerk;/,
      ),
    ]);
    await w.client.query("ALTER TABLE s.t OWNER TO clerk; ALTER SCHEMA s OWNER TO landlord");
    expect(problems(await w.run({ env: w.env, only: ["t"] }))).toEqual([
      expect.stringMatching(
        /^p\.t CTF537 s\.t .*\(clerk\) may not create in schema s → GRANT CREATE ON SCHEMA s TO clerk/,
      ),
    ]);
  });

  test("it waits for others' older snapshots, of which it may see little", async () => {
    const w = await asClerk(files("\nsnapshot_wait: 200ms"));
    await w.publish({ env: w.env });
    const reader = await connect(w.url);
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    expect(problems(await w.publish({ env: w.env, only: ["t"] }))).toEqual([expect.stringContaining("CTF526")]);
    await reader.query("COMMIT");
  });

  test("blocking sessions are named as far as it may see them", async () => {
    const w = await asClerk(files("\npublish_wait: 1ms"));
    await w.publish({ env: w.env });
    const reader = await connect(w.url);
    await reader.query("BEGIN; SELECT FROM s.t");
    expect(problems(await w.run({ env: w.env, only: ["t"] }))).toEqual([
      expect.stringMatching(/locked by backend \d+ \(postgres, no application name\) →/),
    ]);
    await reader.query("COMMIT");
  });

  test("where row security would hide rows from CTF, it stops instead of publishing the wrong thing", async () => {
    const w = await asClerk();
    await w.publish({ env: w.env });
    const forced = (table: string) =>
      w.client.query(`CREATE POLICY none ON s.${table} USING (false);
        ALTER TABLE s.${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
    // What it builds itself it can read until the end.
    await forced("t");
    expect(problems(await w.publish({ env: w.env, only: ["t"] }))).toEqual([]);
    expect(await w.value("SELECT relforcerowsecurity FROM pg_class WHERE oid = 's.t'::regclass")).toBe(true);
    w.write(files("\npublish: rows"));
    const said = [expect.stringContaining("query would be affected by row-level security policy")];
    expect(problems(await w.run({ env: w.env, only: ["t"] }))).toEqual(said);
    w.write(files());
    await forced("parent");
    expect(problems(await w.run({ env: w.env, only: ["t"] }))).toEqual(said);
  });
});
