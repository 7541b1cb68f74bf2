/** What a swap could not carry over stops the run before the build, in PostgreSQL's own words. */
import { describe, expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { definition, problems, warehouse } from "../support/warehouse.ts";

const files = {
  "t.yaml": definition("s.t", { id: "integer", name: "text" }, "primary_key: [id]"),
  "t.sql": "SELECT 1 AS id, 'x' AS name",
};

/** What stands in the way, and how it is said; catalog/cases.ts has them all, one by one. */
const blockers: readonly (readonly [sql: string, said: string])[] = [
  ["CREATE MATERIALIZED VIEW s.m AS SELECT id FROM s.t", "materialized view s.m depends on it"],
  ["CREATE FUNCTION s.takes(s.t) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function s.takes(s.t) depends on it"],
  ["CREATE TABLE s.child () INHERITS (s.t)", "table s.child depends on it"],
  ["CREATE PUBLICATION pub_all FOR ALL TABLES", "publication pub_all publishes it, and its subscribers"],
  ["ALTER TABLE s.t ADD COLUMN note text", "column note is not in its definition"],
];

describe.each(testMajors)("on PostgreSQL %i", (major) => {
  test("every blocker is named before the build, in one message with the way out", async () => {
    const w = await warehouse(major, files);
    await w.publish();
    const builds = () => w.value("SELECT last_value FROM ctf.build_number");
    const before = await builds();
    for (const [sql] of blockers) await w.client.query(sql);
    const [problem = "", ...others] = problems(await w.run());
    expect(others).toEqual([]);
    expect(problem).toMatch(/^p\.t CTF520 s\.t can't be swapped: .*→ .*`publish: rows` in the definition/);
    for (const [, said] of blockers) expect(problem).toContain(said);
    expect(problem).toContain("; it inherits from a table, or a table inherits from it;");
    expect(problem.split("; ").length).toBe(blockers.length + 1);
    expect(await builds()).toBe(before);
  });

  test("a partition, and a table whose place something else has taken", async () => {
    const w = await warehouse(
      major,
      files,
      "CREATE SCHEMA s; CREATE TABLE s.p (id int, name text) PARTITION BY LIST (id); CREATE TABLE s.t PARTITION OF s.p FOR VALUES IN (1)",
    );
    expect(problems(await w.run())).toEqual([expect.stringContaining("it is a partition of another table")]);
    await w.client.query("DROP TABLE s.p; CREATE VIEW s.t AS SELECT 1 AS id, 'x' AS name");
    expect(problems(await w.run())).toEqual([expect.stringContaining("CTF536 s.t is a view in the warehouse")]);
  });

  test("an index name that another table of the schema has", async () => {
    const w = await warehouse(major, files);
    await w.publish();
    await w.client.query("CREATE TABLE s.taken (a int); CREATE INDEX t_name_idx ON s.taken (a)");
    w.write({ "t.yaml": definition("s.t", { id: "integer", name: "text" }, "indexes: [{columns: [name]}]") });
    expect(problems(await w.run())).toEqual([
      expect.stringContaining("CTF528 s.t could not be published: its schema has index s.t_name_idx already"),
    ]);
    await w.client.query("DROP TABLE s.taken");
    await w.publish({ resume: true });
    expect(await w.value("SELECT 's.t_name_idx'::regclass::text")).toBe("s.t_name_idx");
  });
});
