/** `publish: rows`: the table stays what it is, and only rows that differ are changed. */
import { describe, expect, test } from "vitest";
import { connect } from "../support/database.ts";
import { testMajors } from "../support/servers.ts";
import { definition, problems, warehouse } from "../support/warehouse.ts";

const columns = { id: "integer", name: "text" };
const files = (more = "primary_key: [id]", top = "") => ({
  "t.yaml": definition("s.t", columns, more, `publish: rows${top}`),
  "t.sql": "SELECT n AS id, 'x' || n AS name FROM generate_series(1, 5) n",
});
const changed = {
  "t.sql": "SELECT n AS id, CASE n WHEN 3 THEN 'new' ELSE 'x' || n END AS name FROM generate_series(2, 7) n",
};

describe.each(testMajors)("on PostgreSQL %i", (major) => {
  test("keeps everything that hangs on the table, and counts what changed", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query(`CREATE MATERIALIZED VIEW s.m AS SELECT id FROM s.t;
      CREATE FUNCTION s.takes(s.t) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE TABLE s.child (id int REFERENCES s.t (id)); INSERT INTO s.child VALUES (2);
      CREATE PUBLICATION one FOR TABLE s.t`);
    const oid = await w.value("SELECT 's.t'::regclass::oid");
    const untouched = await w.value("SELECT ctid::text || xmin FROM s.t WHERE id = 2");
    w.write(changed);
    const { transforms } = await w.publish();
    expect(transforms[0]?.counts).toEqual({ rows: 6, inserted: 2, updated: 1, unchanged: 3, deleted: 1 });
    expect(await w.value("SELECT 's.t'::regclass::oid")).toBe(oid);
    expect(await w.value("SELECT ctid::text || xmin FROM s.t WHERE id = 2")).toBe(untouched);
    expect(await w.value("SELECT string_agg(id || name, ' ' ORDER BY id) FROM s.t")).toBe("2x2 3new 4x4 5x5 6x6 7x7");
    expect(await w.value("SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^ctf_(old|build)_'")).toBe(0);
  });

  test("a reader with an open transaction does not hold it up, and is not held up", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    const reader = await connect(w.url);
    await reader.query("BEGIN; SELECT FROM s.t");
    w.write(changed);
    await w.publish();
    expect((await reader.query("SELECT count(*)::int AS n FROM s.t")).rows).toEqual([{ n: 6 }]);
    await reader.query("COMMIT");
  });

  test("a writer holds it up; after publish_wait it is named, and --resume merges what was built", async () => {
    const w = await warehouse(major, files(undefined, "\npublish_wait: 300ms"));
    await w.publish();
    const writer = await connect(w.url);
    await writer.query("BEGIN; DELETE FROM s.t WHERE id = 5");
    w.write(changed);
    expect(problems(await w.run())).toEqual([
      expect.stringMatching(/^p\.t CTF523 s\.t is built, but could not be published: locked by backend \d+ \(postgres/),
    ]);
    await writer.query("ROLLBACK");
    const { transforms } = await w.publish({ resume: true });
    expect(transforms[0]).toMatchObject({ counts: { inserted: 2, deleted: 1 } });
    expect(Object.keys(transforms[0]?.phases ?? {})).toEqual(["publish"]);
  });

  test("whoever only locks a row is waited for no longer than publish_wait, and named", async () => {
    const w = await warehouse(major, files(undefined, "\npublish_wait: 300ms"));
    await w.publish();
    const other = await connect(w.url);
    await other.query("SET application_name = 'editor'; BEGIN; SELECT FROM s.t WHERE id = 3 FOR UPDATE");
    w.write(changed);
    expect(problems(await w.run())).toEqual([
      expect.stringMatching(/^p\.t CTF523 .*locked by backend \d+ \(postgres, editor, idle in transaction/),
    ]);
    await other.query("COMMIT");
    await w.publish({ resume: true });
    expect(await w.value("SELECT name FROM s.t WHERE id = 3")).toBe("new");
  });

  test("what the table itself does not let in, or let go, changes nothing and is told", async () => {
    const w = await warehouse(
      major,
      ["unique", "trigger", "rule", "parent"].reduce(
        (all, name) => ({
          ...all,
          [`${name}.yaml`]: definition(`s.${name}`, columns, "primary_key: [id]", "publish: rows"),
          [`${name}.sql`]: files()["t.sql"],
        }),
        {},
      ),
    );
    await w.publish();
    await w.client.query(`ALTER TABLE s.unique ADD UNIQUE (name);
      CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER skips BEFORE INSERT ON s.trigger FOR EACH ROW EXECUTE FUNCTION s.f();
      CREATE RULE skips AS ON INSERT TO s.rule DO INSTEAD NOTHING;
      CREATE TABLE s.child (id integer REFERENCES s.parent); INSERT INTO s.child VALUES (1)`);
    const select = "SELECT n AS id, 'x' || (9 - n) AS name FROM generate_series(2, 7) n";
    for (const name of ["unique", "trigger", "rule", "parent"]) w.write({ [`${name}.sql`]: select });
    expect(problems(await w.run()).sort()).toEqual([
      "p.parent CTF514 rows of s.child refer to rows that s.parent no longer has (child_id_fkey)",
      expect.stringMatching(
        /^p\.rule CTF531 2 row\(s\) did not come into s\.rule: rule skips on table s\.rule keeps them away/,
      ),
      expect.stringMatching(
        /^p\.trigger CTF531 2 row\(s\) did not come into s\.trigger: trigger skips on table s\.trigger/,
      ),
      expect.stringMatching(
        /^p\.unique CTF512 s\.unique: rows come twice for unique_name_key → .* unless the key is DEFERRABLE/,
      ),
    ]);
    for (const name of ["unique", "trigger", "rule", "parent"])
      expect(await w.value(`SELECT string_agg(id || name, ' ' ORDER BY id) FROM s.${name}`)).toBe(
        "1x1 2x2 3x3 4x4 5x5",
      );
    await w.client.query("ALTER TABLE s.unique DROP CONSTRAINT unique_name_key, ADD UNIQUE (name) DEFERRABLE");
    await w.publish({ only: ["unique"] });
  });

  test("new indexes, checks, comments and grants of the definition come to the table; a reader does not wait for them", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    await w.client.query("CREATE INDEX by_hand ON s.t (name, id)");
    const reader = await connect(w.url);
    await reader.query("BEGIN; SELECT FROM s.t");
    const more = `description: Words
primary_key: [id]
indexes: [{columns: [name]}, {columns: [{expression: lower(name)}, {expression: lower(name)}, {expression: id + 1}]}]
constraints: [{name: positive, check: id > 0}]`;
    w.write(files(more));
    const run = await w.start();
    await run.saw(({ type }) => type === "waiting");
    const another = await connect(w.url);
    expect((await another.query("SELECT count(*)::int AS n FROM s.t")).rows).toEqual([{ n: 5 }]);
    await reader.query("COMMIT");
    expect(problems(await run.result)).toEqual([]);
    const names =
      await w.rows(`SELECT c.relname AS name FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = 's.t'::regclass
      UNION SELECT conname || convalidated FROM pg_constraint WHERE conrelid = 's.t'::regclass AND contype = 'c' ORDER BY 1`);
    expect(names.map(({ name }) => name)).toEqual([
      "by_hand",
      "positivetrue",
      "t_lower_lower1_expr_idx",
      "t_name_idx",
      "t_pkey",
    ]);
    expect(await w.value("SELECT obj_description('s.t'::regclass)")).toBe("Words");
    // Nothing is made twice, though the definition leaves names to PostgreSQL.
    await w.publish();
    expect(await w.value("SELECT count(*)::int FROM pg_index WHERE indrelid = 's.t'::regclass")).toBe(4);
    // What is by hand stays so, for the day on which the table is swapped.
    expect(await w.value("SELECT 'by_hand' = ANY (made) FROM ctf.output")).toBe(false);
    expect(problems(await w.publish())).toEqual([]);
  });

  test("defaults and numbers of the table's own are left alone", async () => {
    const yaml = definition("s.t", columns, "primary_key: [id]", "publish: rows").replace(
      "  primary_key",
      "    - {name: number, type: bigint, identity: always}\n    - {name: since, type: timestamptz, default: clock_timestamp()}\n  primary_key",
    );
    const w = await warehouse(major, { ...files(), "t.yaml": yaml });
    await w.publish();
    const before = await w.rows("SELECT * FROM s.t WHERE id IN (2, 4) ORDER BY id");
    w.write(changed);
    expect((await w.publish()).transforms[0]?.counts).toMatchObject({ inserted: 2, updated: 1, unchanged: 3 });
    expect(await w.rows("SELECT * FROM s.t WHERE id IN (2, 4) ORDER BY id")).toEqual(before);
    expect(await w.value("SELECT min(number)::int FROM s.t WHERE id = 6")).toBe(6);
  });

  test("monitors look at the table as it will be; when one fails nothing is changed", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    w.write({ ...files(undefined, "\nmonitors: [{row_count: {change: 0.1}}]"), ...changed });
    expect(problems(await w.run())).toEqual([
      "p.t CTF524 s.t: 6 rows after 5, a larger change than the 10% of row_count.change; nothing was published → Look at what it reads. If so many rows are right after all, change the limit.",
    ]);
    expect(await w.value("SELECT count(*)::int FROM s.t WHERE name = 'new'")).toBe(0);
  });
});
