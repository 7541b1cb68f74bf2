import { expect, test } from "vitest";
import { asTable, unsayable } from "../../src/warehouse/introspect/as_output.ts";
import { relationsIn } from "../../src/warehouse/introspect/relations.ts";
import { readTable } from "../../src/warehouse/introspect/table.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { testMajors } from "../support/servers.ts";

const everything = `
  CREATE SCHEMA claims;
  CREATE TYPE claims.status AS ENUM ('open', 'paid');
  CREATE TABLE claims.plan (id int PRIMARY KEY);
  CREATE TABLE claims."Member Months" (
    member_id bigint NOT NULL, month date NOT NULL, premium numeric(12,2) DEFAULT 0, note varchar(10),
    at timestamptz(3), status claims.status, tags text[], plan int REFERENCES claims.plan (id),
    n bigint GENERATED ALWAYS AS IDENTITY, gone int,
    CONSTRAINT mm_pk PRIMARY KEY (member_id, month),
    CONSTRAINT paid CHECK (premium >= 0 AND extract(day FROM month) = 1),
    UNIQUE NULLS NOT DISTINCT (note, plan));
  ALTER TABLE claims."Member Months" DROP COLUMN gone;
  CREATE INDEX ON claims."Member Months" (month);
  CREATE UNIQUE INDEX odd ON claims."Member Months" (lower(note) DESC, plan NULLS FIRST) INCLUDE (tags) WHERE premium > 0;
  CREATE INDEX tags ON claims."Member Months" USING gin (tags);
  CREATE INDEX pattern ON claims."Member Months" (note text_pattern_ops);
  CREATE STATISTICS claims.s (dependencies) ON member_id, month FROM claims."Member Months";
  COMMENT ON TABLE claims."Member Months" IS 'One row each';
  COMMENT ON COLUMN claims."Member Months".month IS 'First day';
  GRANT SELECT, INSERT ON claims."Member Months" TO public;
  SET search_path = ''`;

test.each(testMajors)("a table with everything on it, on PostgreSQL %i", async (major) => {
  const client = await connect((await freshDatabase(major)).url);
  await client.query(everything);
  const live = await readTable(client, { schema: "claims", name: "Member Months" });
  expect(live?.relation).toMatchObject({ kind: "table", owner: "postgres", comment: "One row each" });
  expect(unsayable(live!)).toEqual([]);
  const plain = { phi: false, notNull: false };
  expect(asTable(live!)).toEqual({
    type: "table",
    schema: "claims",
    name: "Member Months",
    columns: [
      { ...plain, name: "member_id", type: "bigint", notNull: true },
      { ...plain, name: "month", type: "date", notNull: true, description: "First day" },
      { ...plain, name: "premium", type: "numeric(12,2)", default: "0" },
      { ...plain, name: "note", type: "character varying(10)" },
      { ...plain, name: "at", type: "timestamp(3) with time zone" },
      { ...plain, name: "status", type: "claims.status" },
      { ...plain, name: "tags", type: "text[]" },
      { ...plain, name: "plan", type: "integer" },
      { ...plain, name: "n", type: "bigint", notNull: true, identity: "always" },
    ],
    primaryKey: { name: "mm_pk", columns: ["member_id", "month"] },
    unique: [{ columns: ["note", "plan"], nullsNotDistinct: true }],
    constraints: [{ name: "paid", check: "premium >= 0::numeric AND EXTRACT(day FROM month) = 1::numeric" }],
    foreignKeys: [
      { columns: ["plan"], references: { schema: "claims", name: "plan", columns: ["id"] }, enforce: true },
    ],
    indexes: [
      { keys: [{ column: "month" }], unique: false },
      {
        name: "odd",
        keys: [
          { expression: "lower(note::text)", order: "desc" },
          { column: "plan", nulls: "first" },
        ],
        unique: true,
        include: ["tags"],
        where: "premium > 0::numeric",
      },
      { name: "pattern", keys: [{ column: "note", opclass: "text_pattern_ops" }], unique: false },
      { name: "tags", keys: [{ column: "tags" }], unique: false, method: "gin" },
    ],
    statistics: [{ name: "s", columns: ["member_id", "month"], kinds: ["dependencies"] }],
    grants: [{ role: "public", privileges: ["insert", "select"] }],
  });
});

test("what the format has no words for is named", async () => {
  const client = await connect((await freshDatabase(18)).url);
  await client.query(`
    CREATE TABLE plan (id int PRIMARY KEY);
    CREATE TABLE t (
      a int REFERENCES plan ON DELETE CASCADE, b text COLLATE "C", twice int GENERATED ALWAYS AS (a * 2) STORED,
      PRIMARY KEY (a) INCLUDE (b), UNIQUE (b, a) DEFERRABLE, EXCLUDE USING btree (b WITH =)) WITH (fillfactor = 70);
    CREATE INDEX i ON t (b COLLATE "POSIX") WITH (fillfactor = 50);
    CREATE UNIQUE INDEX u ON t (b) NULLS NOT DISTINCT;
    CREATE STATISTICS s ON (a + 1), (a * 3) FROM t;
    ALTER TABLE t ADD CONSTRAINT later CHECK (a > 0) NOT VALID;
    GRANT UPDATE (b) ON t TO public;
    SET search_path = ''`);
  const live = await readTable(client, { schema: "public", name: "t" });
  const told = unsayable(live!).join("\n");
  for (const word of [
    "twice",
    '"C"',
    "EXCLUDE",
    "CASCADE",
    "INCLUDE",
    "deferrable",
    "later",
    "fillfactor=50",
    "POSIX",
    "nulls",
    "(a + 1)",
    "column b alone",
    "fillfactor=70",
  ]) {
    expect(told).toContain(word);
  }
});

test("a schema's relations, without partitions; and one that is not there", async () => {
  const client = await connect((await freshDatabase(15)).url);
  await client.query(`
    CREATE SCHEMA raw;
    CREATE TABLE raw.p (a int) PARTITION BY LIST (a);
    CREATE TABLE raw.p1 PARTITION OF raw.p FOR VALUES IN (1);
    CREATE VIEW raw.v WITH (security_barrier) AS SELECT a FROM raw.p;
    CREATE MATERIALIZED VIEW raw.m AS SELECT 1 AS a;
    CREATE SEQUENCE raw.s;
    SET search_path = ''`);
  const relations = await relationsIn(client, "raw");
  expect(relations.map(({ name, kind }) => [name, kind])).toEqual([
    ["m", "materialized_view"],
    ["p", "partitioned_table"],
    ["v", "view"],
  ]);
  expect(relations[2]).toMatchObject({ options: ["security_barrier=true"], query: expect.stringContaining("raw.p") });
  expect(await readTable(client, { schema: "raw", name: "nothing" })).toBeUndefined();
});
