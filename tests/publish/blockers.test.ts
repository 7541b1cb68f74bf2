/** What a swap could not carry over stops the run before the build, in PostgreSQL's own words. */
import { describe, expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { definition, problems, warehouse } from "../support/warehouse.ts";

const files = {
  "t.yaml": definition("s.t", { id: "integer", name: "text" }, "primary_key: [id]"),
  "t.sql": "SELECT 1 AS id, 'x' AS name",
};

/** What stands in the way, and how it is said. */
const blockers: readonly (readonly [sql: string, said: string])[] = [
  ["CREATE MATERIALIZED VIEW s.m AS SELECT id FROM s.t", "materialized view s.m depends on it"],
  [
    `CREATE FUNCTION s.tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TRIGGER tg BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.tf()`,
    "trigger tg on table s.t depends on it",
  ],
  ["CREATE RULE r AS ON INSERT TO s.t DO ALSO NOTHING", "rule r on table s.t depends on it"],
  [
    "CREATE FUNCTION s.atomic() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM s.t; END",
    "function s.atomic() depends on it",
  ],
  ["CREATE FUNCTION s.takes(s.t) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function s.takes(s.t) depends on it"],
  [
    "CREATE FUNCTION s.gives() RETURNS SETOF s.t LANGUAGE sql AS 'SELECT 1, NULL::text'",
    "function s.gives() depends on it",
  ],
  ["CREATE FUNCTION s.many(s.t[]) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function s.many(s.t[]) depends on it"],
  ["CREATE TABLE s.holder (r s.t)", "column r of table s.holder depends on it"],
  ["CREATE DOMAIN s.d AS s.t", "type s.d depends on it"],
  [
    "CREATE TABLE s.referring (id int CONSTRAINT theirs REFERENCES s.t (id))",
    "constraint theirs on table s.referring depends on it",
  ],
  ["CREATE TABLE s.child () INHERITS (s.t)", "table s.child depends on it"],
  [
    "CREATE TABLE s.other (id int); CREATE POLICY p ON s.other USING (id IN (SELECT t.id FROM s.t))",
    "policy p on table s.other depends on it",
  ],
  ["CREATE SEQUENCE s.q OWNED BY s.t.id", "sequence s.q depends on it"],
  ["CREATE PUBLICATION pub_table FOR TABLE s.t", "publication pub_table publishes it, and its subscribers"],
  ["CREATE PUBLICATION pub_schema FOR TABLES IN SCHEMA s", "publication pub_schema publishes it, and its subscribers"],
  ["CREATE PUBLICATION pub_all FOR ALL TABLES", "publication pub_all publishes it, and its subscribers"],
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
