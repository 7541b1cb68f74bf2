/** Foreign keys between outputs, whichever side is built anew. */
import { describe, expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { definition, problems, warehouse } from "../support/warehouse.ts";

const files = (enforce = true, from = "SELECT n AS id, n AS parent FROM generate_series(1, 5) n", top = "") => ({
  "parent.yaml": definition("s.parent", { id: "integer" }, "primary_key: [id]"),
  "parent.sql": "SELECT n AS id FROM generate_series(1, 10) n",
  "child.yaml": definition(
    "s.child",
    { id: "integer", parent: "integer" },
    `primary_key: [id]\nforeign_keys: [{columns: [parent], references: {table: s.parent, columns: [id]}${enforce ? "" : ", enforce: false"}}]`,
    `inputs: [{transform: parent}]${top}`,
  ),
  "child.sql": from,
});
const keys = `SELECT conname, conrelid::regclass::text AS "from", confrelid::regclass::text AS "to", convalidated
  FROM pg_constraint WHERE contype = 'f' AND conrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 's'::regnamespace)`;
const key = { conname: "child_parent_fkey", from: "s.child", to: "s.parent", convalidated: true };

describe.each(testMajors)("on PostgreSQL %i", (major) => {
  test("a real constraint, validated, that outlives the swap of either side", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    expect(await w.rows(keys)).toEqual([key]);
    await w.client.query("COMMENT ON CONSTRAINT child_parent_fkey ON s.child IS 'why'");
    const said = "SELECT obj_description(oid) FROM pg_constraint WHERE conname = 'child_parent_fkey'";
    const [child, parent] = [
      await w.value("SELECT 's.child'::regclass::oid"),
      await w.value("SELECT 's.parent'::regclass::oid"),
    ];
    expect(problems(await w.publish({ only: ["parent"] }))).toEqual([]);
    expect(await w.rows(keys)).toEqual([key]);
    expect(await w.value("SELECT 's.child'::regclass::oid")).toBe(child);
    expect(await w.value("SELECT 's.parent'::regclass::oid")).not.toBe(parent);
    expect(await w.value(said)).toBe("why");
    expect(problems(await w.publish({ only: ["child"] }))).toEqual([]);
    expect(await w.rows(keys)).toEqual([key]);
    expect(await w.value(said)).toBe("why");
    await expect(w.client.query("INSERT INTO s.child VALUES (99, 99)")).rejects.toThrow("child_parent_fkey");
  });

  test.each([true, false])("rows that refer to nothing stop either side (enforce: %s)", async (enforce) => {
    const w = await warehouse(major, files(enforce));
    await w.publish();
    expect(await w.rows(keys)).toEqual(enforce ? [key] : []);
    const oids = () => w.rows("SELECT 's.child'::regclass::oid AS child, 's.parent'::regclass::oid AS parent");
    const before = await oids();
    w.write(files(enforce, "SELECT n AS id, n + 7 AS parent FROM generate_series(1, 5) n"));
    expect(problems(await w.run({ only: ["child"] }))).toEqual([
      "p.child CTF514 2 row(s) of s.child (parent) refer to rows that s.parent (id) does not have → Nothing was published.",
    ]);
    w.write({ ...files(enforce), "parent.sql": "SELECT n AS id FROM generate_series(1, 3) n" });
    expect(problems(await w.run({ only: ["parent"] }))).toEqual([
      "p.parent CTF514 2 row(s) of s.child (parent) refer to rows that s.parent (id) does not have → Nothing was published.",
    ]);
    expect(await oids()).toEqual(before);
    expect(await w.rows(keys)).toEqual(enforce ? [key] : []);
  });

  test.each([true, false])(
    "a child that the same run builds anew does not hold its parent up (enforce: %s)",
    async (enforce) => {
      const w = await warehouse(major, files(enforce));
      await w.publish();
      w.write({
        ...files(enforce, "SELECT n AS id, n AS parent FROM generate_series(1, 3) n"),
        "parent.sql": "SELECT n AS id FROM generate_series(1, 3) n",
      });
      expect(problems(await w.publish())).toEqual([]);
      expect(await w.value("SELECT count(*)::int FROM s.child")).toBe(3);
      expect(await w.rows(keys)).toEqual(enforce ? [key] : []);
    },
  );

  test("what was verified is verified again when the other side is published in between", async () => {
    const w = await warehouse(major, files(false));
    await w.publish();
    // The child's rows are fine when they are built, and wait.
    w.write(files(false, "SELECT n AS id, 10 AS parent FROM generate_series(1, 5) n", "\npublish_wait: 1ms"));
    await w.client.query("BEGIN; SELECT FROM s.child");
    expect(problems(await w.run({ only: ["child"] }))).toEqual([expect.stringContaining("CTF523")]);
    await w.client.query("COMMIT");
    // The waiting build belongs to that run; the other side is published by hand, as another project would do it.
    await w.client.query(
      "DELETE FROM s.parent WHERE id > 5; UPDATE ctf.output SET published_by = 'another' WHERE name = 's.parent'",
    );
    expect(problems(await w.run({ only: ["child"], resume: true }))).toEqual([
      expect.stringContaining("CTF514 5 row(s) of s.child"),
    ]);
    expect(await w.value("SELECT count(*)::int FROM s.child WHERE parent = 10")).toBe(0);
  });

  test("a foreign key that somebody added by hand comes along; one that points to the table from outside stops the swap", async () => {
    const w = await warehouse(
      major,
      files(false),
      "CREATE SCHEMA s; CREATE TABLE s.ref (id int PRIMARY KEY); INSERT INTO s.ref SELECT generate_series(1, 5)",
    );
    await w.publish();
    await w.client.query("ALTER TABLE s.child ADD CONSTRAINT mine FOREIGN KEY (id) REFERENCES s.ref ON DELETE CASCADE");
    expect(problems(await w.publish({ only: ["child"] }))).toEqual([
      expect.stringContaining(
        "CTF527 s.child has foreign key mine, which its definition does not name; it is carried over",
      ),
    ]);
    expect(await w.rows(keys)).toEqual([{ conname: "mine", from: "s.child", to: "s.ref", convalidated: true }]);
    await w.client.query("CREATE TABLE s.outside (id int CONSTRAINT theirs REFERENCES s.parent)");
    expect(problems(await w.run({ only: ["parent"] }))).toEqual([
      expect.stringContaining("constraint theirs on table s.outside depends on it"),
    ]);
  });

  test("a key that no definition declares any more still holds while it is in the database", async () => {
    const w = await warehouse(major, files());
    await w.publish();
    w.write({
      "child.yaml": definition("s.child", { id: "integer", parent: "integer" }, "primary_key: [id]"),
      "parent.sql": "SELECT n AS id FROM generate_series(1, 3) n",
    });
    expect(problems(await w.run({ only: ["parent"] }))).toEqual([
      expect.stringContaining("CTF514 2 row(s) of s.child"),
    ]);
    await w.publish({ only: ["child"] });
    expect(await w.rows(keys)).toEqual([]);
    await w.publish({ only: ["parent"] });
  });

  test("with publish: rows the table as it will be is verified", async () => {
    const w = await warehouse(major, files(false));
    await w.publish();
    w.write({
      "parent.yaml": definition("s.parent", { id: "integer" }, "primary_key: [id]", "publish: rows"),
      "parent.sql": "SELECT n AS id FROM generate_series(3, 9) n",
    });
    expect(problems(await w.run({ only: ["parent"] }))).toEqual([
      expect.stringContaining("CTF514 2 row(s) of s.child"),
    ]);
    expect(await w.value("SELECT count(*)::int FROM s.parent")).toBe(10);
  });
});
