/** What others do to a table between its build and its publish: nothing of it is lost without a word. */
import { describe, expect, test } from "vitest";
import { connect } from "../support/database.ts";
import { testMajors } from "../support/servers.ts";
import { definition, problems, until, warehouse } from "../support/warehouse.ts";
import { ensureRoles } from "./roles.ts";

interface Meanwhile {
  /** T is the table. */
  readonly sql: string;
  readonly said: readonly string[];
  /** How many rows it has afterwards: 3 of before, 4 of the new build. */
  readonly rows: number | null;
  /** What has to be so afterwards. */
  readonly and?: string;
}

const cases: Readonly<Record<string, Meanwhile>> = {
  nothing: { sql: "", said: [], rows: 4 },
  dropped: { sql: "DROP TABLE T", said: [], rows: 4 },
  renamed: {
    sql: "ALTER TABLE T RENAME TO renamed_too",
    said: ["CTF528 s.renamed could not be published"],
    rows: null,
  },
  a_view: {
    sql: "ALTER TABLE T RENAME TO was_a_table; CREATE VIEW T AS SELECT * FROM s.was_a_table",
    said: ["CTF536 s.a_view is a view in the warehouse"],
    rows: 3,
  },
  another: {
    sql: "DROP TABLE T; CREATE TABLE T (id integer, name text, precious text)",
    said: ["CTF520 s.another can't be swapped: column precious is not in its definition"],
    rows: 0,
  },
  column: {
    sql: "ALTER TABLE T ADD note text",
    said: ["CTF520 s.column can't be swapped: column note is not in its definition"],
    rows: 3,
  },
  trigger: {
    sql: "CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tg BEFORE INSERT ON T FOR EACH ROW EXECUTE FUNCTION s.f()",
    said: ["CTF520 s.trigger can't be swapped: trigger tg on table s.trigger depends on it"],
    rows: 3,
  },
  publication: {
    sql: "CREATE PUBLICATION late FOR TABLE T",
    said: ["CTF520 s.publication can't be swapped: publication late publishes it"],
    rows: 3,
  },
  view: {
    sql: "CREATE VIEW s.on_view AS SELECT * FROM T",
    said: [],
    rows: 4,
    and: "(SELECT count(*) FROM s.on_view) = 4",
  },
  grants: {
    sql: "GRANT SELECT ON T TO analyst; COMMENT ON INDEX s.grants_pkey IS 'late'; ALTER INDEX s.grants_pkey SET (fillfactor = 50)",
    said: [],
    rows: 4,
    and: "has_table_privilege('analyst', 's.grants', 'SELECT') AND obj_description('s.grants_pkey'::regclass) = 'late' AND (SELECT reloptions::text FROM pg_class WHERE oid = 's.grants_pkey'::regclass) = '{fillfactor=50}'",
  },
  columns: {
    sql: "ALTER TABLE T ALTER name SET NOT NULL, ALTER name SET DEFAULT 'x'",
    said: ["CTF527 s.columns has NOT NULL on column name", "CTF527 s.columns has a default on column name"],
    rows: 4,
  },
  security: {
    sql: "CREATE POLICY p ON T USING (id > 0); ALTER TABLE T ENABLE ROW LEVEL SECURITY, OWNER TO landlord",
    said: [],
    rows: 4,
    and: "(SELECT relrowsecurity AND relowner = 'landlord'::regrole FROM pg_class WHERE oid = 's.security'::regclass)",
  },
};
const select = (rows: number) => `SELECT n AS id, 'x' AS name FROM generate_series(1, ${rows}) n`;

describe.each(testMajors)("on PostgreSQL %i", (major) => {
  test("by statements of all sorts", async () => {
    const names = Object.keys(cases);
    const all = (text: string) => Object.fromEntries(names.map((name) => [`${name}.sql`, text]));
    const yaml = names.map((name): [string, string] => [
      `${name}.yaml`,
      definition(`s.${name}`, { id: "integer", name: "text" }, "primary_key: [id]"),
    ]);
    const w = await warehouse(major, { ...Object.fromEntries(yaml), ...all(select(3)) });
    await ensureRoles(w.client, "analyst", "landlord");
    await w.publish();
    await w.client.query("GRANT USAGE, CREATE ON SCHEMA s TO landlord");
    const gate = await connect(w.url);
    await gate.query("SELECT pg_advisory_lock(42)");
    w.write(all(`${select(4)}, pg_advisory_lock_shared(42)`));
    const run = await w.start({ concurrency: names.length });
    const waiting = "SELECT count(*)::int FROM pg_locks WHERE objid = 42 AND NOT granted";
    await until(async () => (await w.value(waiting)) === names.length, "all builds");
    for (const [name, { sql }] of Object.entries(cases)) await w.client.query(sql.replace(/\bT\b/g, `s.${name}`));
    await gate.query("SELECT pg_advisory_unlock(42)");
    const told = problems(await run.result);
    const outcomes = [];
    for (const [name, { said, and = "true" }] of Object.entries(cases)) {
      outcomes.push({
        name,
        said: told
          .filter((line) => line.startsWith(`p.${name} `))
          .map((line) => said.find((words) => line.includes(words)) ?? line)
          .sort(),
        rows: await w.value(`SELECT count(*)::int FROM s.${name}`).catch(() => null),
        and: await w.value(`SELECT ${and}`),
      });
    }
    expect(outcomes).toEqual(
      Object.entries(cases).map(([name, { said, rows }]) => ({ name, said: said.toSorted(), rows, and: true })),
    );
    expect(await w.value("SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^ctf_(old|build)_'")).toBe(0);
  });

  test("by an index that is being built: it is waited for, and carried over", async () => {
    const w = await warehouse(major, {
      "t.yaml": definition("s.t", { id: "integer", name: "text" }, "primary_key: [id]"),
      "t.sql": select(3),
    });
    await w.publish();
    const [gate, other] = [await connect(w.url), await connect(w.url)];
    await gate.query("SELECT pg_advisory_lock(42)");
    w.write({ "t.sql": `${select(4)}, pg_advisory_lock_shared(42)` });
    const run = await w.start();
    await until(() => w.value("SELECT EXISTS (SELECT FROM pg_locks WHERE objid = 42 AND NOT granted)"), "the build");
    const built = other.query("CREATE INDEX CONCURRENTLY by_hand ON s.t (name)");
    await until(() => w.value("SELECT EXISTS (SELECT FROM pg_stat_progress_create_index)"), "the index");
    await gate.query("SELECT pg_advisory_unlock(42)");
    expect(problems(await run.result)).toEqual([
      expect.stringMatching(/CTF527 s\.t has index by_hand.*; it is carried over/),
    ]);
    await built;
    expect(await w.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 's.by_hand'::regclass")).toBe(true);
    expect(await w.value("SELECT count(*)::int FROM s.t")).toBe(4);
  });

  test("what a session has prepared or opened goes on, and a temporary view is told of", async () => {
    const file = (rows: number) => ({ "t.sql": select(rows) });
    const w = await warehouse(major, {
      "t.yaml": definition("s.t", { id: "integer", name: "text" }, "primary_key: [id]"),
      ...file(3),
    });
    await w.publish();
    await w.client.query("CREATE VIEW s.v AS SELECT * FROM s.t; CREATE VIEW s.vv AS SELECT * FROM s.v");
    const other = await connect(w.url);
    await other.query(`SET plan_cache_mode = force_generic_plan;
      PREPARE direct AS SELECT * FROM s.t WHERE id > $1; PREPARE through AS SELECT * FROM s.vv WHERE id > $1;
      EXECUTE direct (0); EXECUTE through (0); BEGIN; DECLARE kept CURSOR WITH HOLD FOR SELECT id FROM s.t; COMMIT`);
    w.write(file(4));
    await w.publish();
    expect((await other.query("EXECUTE direct (0)")).rows).toHaveLength(4);
    expect((await other.query("EXECUTE through (0)")).rows).toHaveLength(4);
    expect((await other.query("FETCH ALL FROM kept")).rows).toHaveLength(3);
    await other.query("CREATE TEMP VIEW mine AS SELECT * FROM s.t");
    expect(problems(await w.run())).toEqual([
      expect.stringMatching(
        /CTF520 s\.t can't be swapped: the temporary view mine of another session \(owner postgres\)/,
      ),
    ]);
    await other.query("DROP VIEW mine");
    await w.publish();
  });
});
