/** Views on a table that is swapped. */
import { describe, expect, test } from "vitest";
import { connect } from "../support/database.ts";
import { testMajors } from "../support/servers.ts";
import { definition, problems, until, warehouse } from "../support/warehouse.ts";
import { asRole, ensureRoles } from "./roles.ts";

const files = (id = "integer") => ({
  "t.yaml": definition("s.t", { id, name: "text", gone: "text" }, "primary_key: [id]"),
  "t.sql": `SELECT n::${id} AS id, 'x' || n AS name, 'y' AS gone FROM generate_series(1, 10) n`,
});
const without = {
  "t.yaml": definition("s.t", { id: "integer", name: "text" }, "primary_key: [id]"),
  "t.sql": "SELECT 1 AS id, 'x' AS name",
};

/** All that hangs on the views of schema s. */
const onViews = `
  SELECT c.relname, c.reloptions, pg_get_userbyid(c.relowner) AS owner, coalesce(c.relacl, acldefault('r', c.relowner))::text AS acl, obj_description(c.oid) AS comment,
    array_agg(a.attname || ' ' || coalesce(a.attacl::text, '') || coalesce(col_description(c.oid, a.attnum), '')
      || coalesce(pg_get_expr(d.adbin, d.adrelid), '') ORDER BY a.attnum) AS columns,
    ARRAY(SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = c.oid) AS triggers,
    ARRAY(SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r WHERE r.ev_class = c.oid) AS rules
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relkind = 'v' AND c.relnamespace = 's'::regnamespace GROUP BY c.oid ORDER BY c.relname`;

const views = `
  CREATE VIEW s.plain AS SELECT id, name FROM s.t;
  CREATE VIEW s."Barrier" (a, "b c") WITH (security_barrier, security_invoker = true) AS SELECT t.id, t.name FROM s.t;
  CREATE VIEW s.checked AS SELECT id, name FROM s.t WHERE id > 3 WITH LOCAL CHECK OPTION;
  CREATE VIEW s.grouped AS SELECT id, name FROM s.t GROUP BY id;
  CREATE VIEW s.deep AS SELECT p.id, t.name FROM s.plain p JOIN s.t USING (id);
  CREATE VIEW s.deeper AS SELECT id FROM s.deep WHERE EXISTS (SELECT FROM s.checked);
  CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER instead INSTEAD OF INSERT ON s.deep FOR EACH ROW EXECUTE FUNCTION s.f();
  CREATE RULE nothing AS ON DELETE TO s.deeper DO INSTEAD NOTHING;
  ALTER VIEW s.deep ALTER id SET DEFAULT 7;
  COMMENT ON VIEW s.deep IS 'deep';
  COMMENT ON COLUMN s.plain.name IS 'its name';
  GRANT SELECT ON s.plain TO analyst WITH GRANT OPTION;
  GRANT USAGE ON SCHEMA s TO analyst; SET ROLE analyst; GRANT SELECT ON s.plain TO steward; RESET ROLE;
  GRANT SELECT (id) ON s.deep TO analyst WITH GRANT OPTION;
  ALTER VIEW s.checked OWNER TO landlord;
  GRANT SELECT ON s.t TO landlord;
  ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT UPDATE ON TABLES TO steward`;

describe.each(testMajors)("on PostgreSQL %i", (major) => {
  const withViews = async () => {
    const w = await warehouse(major, files());
    await ensureRoles(w.client, "analyst", "steward", "landlord");
    await w.publish();
    await w.client.query(views);
    return w;
  };

  test("views keep their identity, options, grants, comments, owner and triggers", async () => {
    const w = await withViews();
    const identity =
      "SELECT oid, relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 's'::regnamespace ORDER BY 2";
    const before = [await w.rows(onViews), await w.rows(identity)];
    w.write({ "t.sql": files()["t.sql"].replace("10", "20") });
    await w.publish();
    expect([await w.rows(onViews), await w.rows(identity)]).toEqual(before);
    expect(await w.value("SELECT count(*)::int FROM s.deep")).toBe(20);
  });

  test("a view that would break is named with its owner and column before anything is built", async () => {
    const w = await withViews();
    await w.client.query("CREATE VIEW s.uses AS SELECT upper(gone) FROM s.t; ALTER VIEW s.uses OWNER TO steward");
    const number = "SELECT last_value FROM ctf.build_number";
    const before = await w.value(number);
    w.write(without);
    expect(problems(await w.run())).toEqual([
      "p.t CTF521 view s.uses (owner steward) reads of s.t column gone, which the output no longer has → Change the view first, or keep what it reads; or write `publish: rows` in the definition: the table stays and its rows are changed.",
    ]);
    // Making it again would not help.
    expect(problems(await w.run({ rebuildViews: true }))).toHaveLength(1);
    await w.client.query("DROP VIEW s.uses");
    w.write({ "t.yaml": definition("s.t", { id: "integer", name: "text", gone: "text" }), "t.sql": files()["t.sql"] });
    expect(problems(await w.run())).toEqual([
      expect.stringContaining(
        "CTF521 view s.grouped (owner postgres) reads of s.t the primary key, which the output no longer has",
      ),
    ]);
    w.write(files("bigint"));
    expect(problems(await w.run()).sort()).toEqual(
      ["s.Barrier", "s.checked", "s.deep", "s.grouped", "s.plain"].map((view) =>
        expect.stringMatching(
          `^p.t CTF521 view ${view} \\(owner \\w+\\) reads of s.t column id, which changes from integer to bigint → .*--rebuild-views`,
        ),
      ),
    );
    expect(await w.value(number)).toBe(before);
  });

  test("--rebuild-views makes the whole chain of views again, with all that is on it", async () => {
    const w = await withViews();
    await w.client.query("CREATE VIEW s.whole AS SELECT t AS r FROM s.t");
    const before = await w.rows(onViews);
    w.write(files("bigint"));
    const readers = await Promise.all([1, 2].map(() => connect(w.url)));
    const stop = new AbortController();
    const reading = Promise.all(
      readers.map(async (reader) => {
        while (!stop.signal.aborted)
          expect((await reader.query("SELECT count(*)::int AS n FROM s.deep")).rows).toEqual([{ n: 10 }]);
      }),
    );
    expect(problems(await w.publish({ rebuildViews: true }))).toEqual([]);
    stop.abort();
    await reading;
    const after = await w.rows(onViews);
    expect(after).toEqual(
      before.map((view) => (view["relname"] === "deep" ? { ...view, columns: expect.anything() } : view)),
    );
    expect(await w.value("SELECT pg_typeof(id)::text FROM s.deeper LIMIT 1")).toBe("bigint");
    expect(await w.value("SELECT pg_typeof((r).id)::text FROM s.whole LIMIT 1")).toBe("bigint");
  });

  test("--rebuild-views stops before the build where something else depends on a view of the chain", async () => {
    const w = await withViews();
    await w.client.query("CREATE MATERIALIZED VIEW s.m AS SELECT * FROM s.deeper");
    w.write(files("bigint"));
    expect(problems(await w.run({ rebuildViews: true }))).toEqual([
      expect.stringMatching(/^p\.t CTF520 .*materialized view s\.m depends on view s\.deeper → .*publish: rows/),
    ]);
  });

  test("a view that somebody makes at the last moment is taken along", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    const other = await connect(w.url);
    await other.query("BEGIN; SELECT FROM s.t LIMIT 1");
    w.write({ "t.sql": files()["t.sql"].replace("10", "20") });
    const run = await w.start();
    // The publish has read which views there are, and waits for the table.
    await until(
      () => w.value("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 's.t'::regclass AND NOT granted)"),
      "a try to publish",
    );
    await other.query("CREATE VIEW s.new AS SELECT * FROM s.t; COMMIT");
    expect(problems(await run.result)).toEqual([]);
    expect(await w.value("SELECT count(*)::int FROM s.new")).toBe(20);
  });

  test("a view that the role may not replace is said before the build", async () => {
    const w = await warehouse(major, files());
    await ensureRoles(w.client, "clerk", "landlord");
    await w.client.query(
      `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO clerk', current_database()); END $$`,
    );
    const env = { WAREHOUSE_URL: asRole(w.url, "clerk") };
    await w.publish({ env });
    await w.client.query("CREATE VIEW s.v AS SELECT * FROM s.t; ALTER VIEW s.v OWNER TO landlord");
    expect(problems(await w.run({ env }))).toEqual([
      "p.t CTF522 view s.v (owner landlord) reads s.t, and the role that CTF runs as may not replace it → GRANT landlord to that role, and CREATE on schema s; or write `publish: rows` in the definition: the table stays and its rows are changed.",
    ]);
  });

  test("a view that holds on to the table by a constant is refused in words", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query("CREATE VIEW s.size AS SELECT pg_table_size('s.t'::regclass) FROM s.t LIMIT 1");
    expect(problems(await w.run())).toEqual([expect.stringMatching(/CTF520 .*view s\.size.* holds on to it/)]);
    expect(await w.value("SELECT count(*)::int FROM s.t")).toBe(10);
  });
});
