/** What is on a table beside its definition, after the table has been swapped. */
import { describe, expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { definition, problems, warehouse } from "../support/warehouse.ts";
import { ensureRoles } from "./roles.ts";

const select = "SELECT n AS id, 'x' || n AS name, n % 7 AS kind FROM generate_series(1, 100) n";
const columns = { id: "integer", name: "text", kind: "integer" };
const files = (more = "primary_key: [id]") => ({ "t.yaml": definition("s.t", columns, more), "t.sql": select });

const acl = `SELECT grantee || ' ' || privilege_type || CASE is_grantable WHEN 'YES' THEN ' +' ELSE '' END AS line
  FROM information_schema.role_table_grants WHERE table_schema = 's' AND table_name = $1 AND grantee <> grantor ORDER BY 1`;

describe.each(testMajors)("on PostgreSQL %i", (major) => {
  const linesOf = async (w: Awaited<ReturnType<typeof warehouse>>, sql: string, values?: unknown[]) =>
    (await w.rows(sql, values)).map(({ line }) => line);

  test("a first build gets the target schema's default privileges and the declared grants", async () => {
    const w = await warehouse(major, files("grants: {steward: [select, update]}"), "CREATE SCHEMA s");
    await ensureRoles(w.client, "analyst", "steward");
    await w.client.query("ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO analyst WITH GRANT OPTION");
    await w.publish();
    expect(await linesOf(w, acl, ["t"])).toEqual(["analyst SELECT +", "steward SELECT", "steward UPDATE"]);
  });

  test("later builds keep grants, owner, comments, row security, storage and statistics settings", async () => {
    const w = await warehouse(major, files());
    await ensureRoles(w.client, "analyst", "steward", "landlord");
    await w.publish();
    await w.client.query(`
      ALTER DEFAULT PRIVILEGES GRANT DELETE ON TABLES TO steward;
      GRANT SELECT ON s.t TO analyst WITH GRANT OPTION;
      GRANT SELECT (id), UPDATE (name) ON s.t TO steward;
      COMMENT ON TABLE s.t IS 'what''s \\ this';
      COMMENT ON COLUMN s.t.name IS 'by hand';
      CREATE POLICY own ON s.t AS RESTRICTIVE FOR SELECT TO analyst, steward USING (id IN (SELECT max(o.id) FROM s.t o));
      CREATE POLICY ins ON s.t FOR INSERT TO public WITH CHECK (kind < 5);
      ALTER TABLE s.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY,
        SET (fillfactor = 70, toast.autovacuum_enabled = off), ALTER kind SET STATISTICS 500,
        ALTER name SET STORAGE EXTERNAL, ALTER name SET (n_distinct = 42), ALTER name SET COMPRESSION pglz;
      ALTER TABLE s.t OWNER TO landlord`);
    const all = async () => ({
      acl: await linesOf(w, acl, ["t"]),
      columns: await w.rows(`SELECT attname, attacl::text, attstattarget, attstorage, attoptions, attcompression,
          col_description(attrelid, attnum) AS comment FROM pg_attribute WHERE attrelid = 's.t'::regclass AND attnum > 0 ORDER BY attnum`),
      table:
        await w.rows(`SELECT pg_get_userbyid(c.relowner) AS owner, c.reloptions, t.reloptions AS toast, c.relrowsecurity,
          c.relforcerowsecurity, obj_description(c.oid) AS comment
        FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.oid = 's.t'::regclass`),
      policies: await w.rows("SELECT * FROM pg_policies WHERE tablename = 't' ORDER BY policyname"),
    });
    const before = await all();
    const oid = await w.value("SELECT 's.t'::regclass::oid");
    expect(problems(await w.publish())).toEqual([]);
    expect(await w.value("SELECT 's.t'::regclass::oid")).not.toBe(oid);
    expect(await all()).toEqual(before);
    expect(before.acl).toEqual(["analyst SELECT +"]);
    expect(await w.value("SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^ctf_(old|build)_'")).toBe(0);
  });

  test("how it is stored, and what is said of its indexes and constraints", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query(`
      CREATE UNIQUE INDEX by_name ON s.t (name);
      ALTER TABLE s.t ALTER name SET NOT NULL, REPLICA IDENTITY USING INDEX t_pkey, CLUSTER ON t_pkey, SET UNLOGGED;
      COMMENT ON INDEX s.by_name IS 'for the portal';
      COMMENT ON CONSTRAINT t_pkey ON s.t IS 'never twice'`);
    const all = () =>
      w.rows(`SELECT c.relpersistence, c.relreplident, i.indexrelid::regclass::text AS index, i.indisclustered, i.indisreplident,
          obj_description(i.indexrelid, 'pg_class') AS said, obj_description(k.oid, 'pg_constraint') AS "saidOfKey"
        FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid
        WHERE c.oid = 's.t'::regclass ORDER BY 3`);
    const before = await all();
    expect(problems(await w.publish())).toEqual([expect.stringContaining("CTF527 s.t has index by_name")]);
    expect(await all()).toEqual(before);
    expect(before).toMatchObject([
      { relpersistence: "u", relreplident: "i", index: "s.by_name", said: "for the portal" },
      { index: "s.t_pkey", indisclustered: true, indisreplident: true, saidOfKey: "never twice" },
    ]);
  });

  test("what is set on the table while the new one is built or waits is kept too", async () => {
    const w = await warehouse(major, { ...files(), "t.yaml": definition("s.t", columns, "", "publish_wait: 1ms") });
    await ensureRoles(w.client, "analyst");
    await w.publish();
    await w.client.query("BEGIN; SELECT FROM s.t LIMIT 1");
    expect(problems(await w.run())).toEqual([expect.stringContaining("CTF523")]);
    await w.client.query(
      "COMMIT; GRANT SELECT ON s.t TO analyst; COMMENT ON COLUMN s.t.id IS 'late'; CREATE INDEX late ON s.t (name)",
    );
    const result = await w.publish({ resume: true });
    expect(problems(result)).toEqual([expect.stringContaining("CTF527 s.t has index late")]);
    expect(await linesOf(w, acl, ["t"])).toEqual(["analyst SELECT"]);
    expect(await w.value("SELECT col_description('s.t'::regclass, 1)")).toBe("late");
    expect(await w.value("SELECT 's.late'::regclass::text")).toBe("s.late");
  });

  test("indexes, constraints and statistics made by hand are carried over, with the YAML that would declare them", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query(`
      CREATE INDEX by_hand ON s.t (lower(name) text_pattern_ops DESC) INCLUDE (kind) WHERE id > 5;
      CREATE UNIQUE INDEX "Two words ON x USING y" ON s.t (id, kind);
      ALTER TABLE s.t ADD CONSTRAINT positive CHECK (id > 0), ADD UNIQUE (name);
      CREATE STATISTICS s.st (dependencies) ON name, kind FROM s.t`);
    const all = () =>
      w.rows(`SELECT pg_get_indexdef(indexrelid) AS line FROM pg_index WHERE indrelid = 's.t'::regclass
        UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 's.t'::regclass
        UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxrelid = 's.t'::regclass ORDER BY 1`);
    const before = await all();
    const hints = problems(await w.publish());
    expect(await all()).toEqual(before);
    expect(hints.sort()).toEqual(
      [
        `p.t CTF527 s.t has index by_hand, which its definition does not name; it is carried over → Add it under output, or drop it from the table:
indexes:
  - name: by_hand
    columns: [{expression: lower(name), order: desc, opclass: text_pattern_ops}]
    include: [kind]
    where: id > 5`,
        `p.t CTF527 s.t has index Two words ON x USING y, which its definition does not name; it is carried over → Add it under output, or drop it from the table:
indexes:
  - {name: Two words ON x USING y, columns: [id, kind], unique: true}`,
        `p.t CTF527 s.t has constraint positive, which its definition does not name; it is carried over → Add it under output, or drop it from the table:
constraints:
  - {name: positive, check: id > 0}`,
        `p.t CTF527 s.t has constraint t_name_key, which its definition does not name; it is carried over → Add it under output, or drop it from the table:
unique:
  - {columns: [name]}`,
        `p.t CTF527 s.t has statistics st, which its definition does not name; it is carried over → Add it under output, or drop it from the table:
statistics:
  - {name: st, columns: [name, kind], kinds: [dependencies]}`,
      ].sort(),
    );
    // They are still nobody's declaration.
    expect(problems(await w.publish())).toHaveLength(5);
    expect(await all()).toEqual(before);
  });

  test("what was declared and no longer is disappears; what is by hand on a dropped column goes with it", async () => {
    const w = await warehouse(major, files("primary_key: [id]\nindexes: [{columns: [name]}, {columns: [kind]}]"));
    await w.publish();
    await w.client.query("CREATE INDEX by_hand ON s.t (kind, name)");
    w.write({
      "t.yaml": definition("s.t", { id: "integer", name: "text" }, "indexes: [{columns: [name]}]"),
      "t.sql": "SELECT 1 AS id, 'x' AS name",
    });
    const result = await w.publish();
    expect(problems(result)).toEqual([
      "p.t CTF527 s.t has index by_hand, which its definition does not name; it is on column kind, which is gone, and goes with it",
    ]);
    const names = await w.rows(
      "SELECT relname FROM pg_class JOIN pg_index ON oid = indexrelid WHERE indrelid = 's.t'::regclass",
    );
    expect(names).toEqual([{ relname: "t_name_idx" }]);
  });

  test("a table that was made by hand is taken over with its own key", async () => {
    const w = await warehouse(
      major,
      files(),
      "CREATE SCHEMA s; CREATE TABLE s.t (id int CONSTRAINT own_key PRIMARY KEY, name text, kind int); CREATE VIEW s.v AS SELECT id FROM s.t",
    );
    expect(problems(await w.publish())).toEqual([]);
    expect(await w.value("SELECT count(*)::int FROM s.v")).toBe(100);
  });
});
