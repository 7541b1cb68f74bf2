/** What is on a table beside its definition, told or timed in ways that catalog/ does not look at. */
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
    await w.client.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO analyst WITH GRANT OPTION;
      ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT USAGE ON SEQUENCES TO analyst`);
    const { "t.yaml": yaml } = files("grants: {steward: [select, update]}");
    w.write({ "t.yaml": yaml.replace("  grants", "    - {name: number, type: bigint, identity: always}\n  grants") });
    await w.publish();
    expect(await linesOf(w, acl, ["t"])).toEqual(["analyst SELECT +", "steward SELECT", "steward UPDATE"]);
    expect(await w.value("SELECT has_sequence_privilege('analyst', 's.t_number_seq', 'USAGE')")).toBe(true);
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

  test("what rows have to be by hand, new rows have to be too", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query("ALTER TABLE s.t ALTER name SET NOT NULL");
    w.write({ "t.sql": "SELECT n AS id, NULL::text AS name, n AS kind FROM generate_series(1, 3) n" });
    expect(problems(await w.run())).toEqual(["p.t CTF511 s.t.name has NULLs, and it was made NOT NULL by hand"]);
    await w.client.query("ALTER TABLE s.t ALTER name DROP NOT NULL, ADD UNIQUE (name)");
    w.write({ "t.sql": "SELECT n AS id, 'x' AS name, n AS kind FROM generate_series(1, 3) n" });
    expect(problems(await w.run())).toEqual(["p.t CTF512 s.t: rows come twice for t_name_key"]);
    expect(await w.value("SELECT count(*)::int FROM s.t")).toBe(100);
  });

  test("a column that a definition no longer names is dropped; one that was added by hand, or for publish: rows, is told apart", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    w.write({
      "t.yaml": definition(
        "s.t",
        { id: "integer", name: "text", kind: "integer", more: "text" },
        "primary_key: [id]",
        "publish: rows",
      ),
    });
    w.write({ "t.sql": `SELECT id, name, kind, 'm' AS more FROM (${select}) x` });
    expect(problems(await w.run())).toEqual([
      expect.stringMatching(/CTF531 .*it lacks more text → .*ADD COLUMN "more" text/),
    ]);
    await w.client.query("ALTER TABLE s.t ADD COLUMN more text");
    await w.publish();
    w.write(files());
    expect(problems(await w.publish())).toEqual([]);
    expect(
      await w.value("SELECT count(*)::int FROM pg_attribute WHERE attrelid = 's.t'::regclass AND attnum > 0"),
    ).toBe(3);
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
