/**
 * Statements moved into an environment, run by a role that may read production and change nothing in it: PostgreSQL itself
 * would say so if one of them tried. The statements are put together from pieces, with names in all the ways to write them.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { moveStatements } from "../../src/sql/move/move.ts";
import type { Move } from "../../src/sql/move/types.ts";
import { loadParser } from "../../src/sql/parser.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { testMajors } from "../support/servers.ts";

const OBJECTS = `
  CREATE TABLE S.t (x int, y int, UNIQUE (x)); CREATE TABLE S.u (LIKE S.t); CREATE VIEW S.v AS SELECT x, y FROM S.t;
  CREATE MATERIALIZED VIEW S.m AS SELECT x, y FROM S.t; CREATE SEQUENCE S.s; CREATE TYPE S.e AS ENUM ('a');
  CREATE TYPE S.c AS (x int, y int); CREATE DOMAIN S.d AS int;
  CREATE FUNCTION S.f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a';
  CREATE FUNCTION S.g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';`;

const schema = fc.constantFrom("claims", '"claims"', "CLAIMS", "quality", "quality /* claims.t */ ");
const relation = fc.constantFrom("t", "u", "v", '"t"', "T", "m");
const made = fc.constantFrom("n1", "n2", "t");
const dot = fc.constantFrom(".", " . ", " -- claims.t\n.");
const named = (name: fc.Arbitrary<string>) => fc.tuple(schema, dot, name).map((parts) => parts.join(""));
const table = named(relation);
const fresh = named(made);
const object = (name: string) => named(fc.constant(name));

const value = fc.oneof(
  fc.constantFrom("1", "'claims.t'", "x", "claims.x", "q.x + 1"),
  object("f").map((f) => `${f}(1)`),
  table.map((t) => `(SELECT max(x) FROM ${t})`),
  fc.constantFrom("claims.t", "quality.u").map((name) => `nextval('claims.s') + pg_table_size('${name}')`),
  object("d").map((d) => `1::${d}`),
);
const query = fc.oneof(
  table.map((t) => `TABLE ${t}`),
  fc.tuple(value, table).map(([v, t]) => `SELECT ${v} AS x, 2 AS y FROM ${t} AS claims, ${t} q`),
  fc
    .tuple(table, table, value)
    .map(
      ([t, u, v]) =>
        `WITH claims AS (SELECT x, y FROM ${t}) SELECT claims.x, ${v.replaceAll("q.", "p.")} AS y FROM claims JOIN ${u} p USING (x)`,
    ),
  table.map((t) => `SELECT x, y FROM ${t} UNION (SELECT x, y FROM ONLY ${t})`),
);
const statement = fc.oneof(
  query,
  fc.tuple(table, query).map(([t, q]) => `INSERT INTO ${t} (x, y) ${q}`),
  fc.tuple(table, query).map(([t, q]) => `WITH w AS (DELETE FROM ${t} RETURNING x, y) INSERT INTO ${t} (x, y) ${q}`),
  fc.tuple(table, value, table).map(([t, v, u]) => `UPDATE ${t} AS claims SET x = ${v} FROM ${u} AS q`),
  fc.tuple(table, table).map(([t, u]) => `DELETE FROM ${t} USING ${u} AS q WHERE q.x = 1`),
  fc
    .tuple(table, table)
    .map(
      ([t, u]) =>
        `MERGE INTO ${t} a USING ${u} b ON a.x = b.x WHEN MATCHED THEN UPDATE SET x = 2 WHEN NOT MATCHED THEN INSERT (x) VALUES (1)`,
    ),
  table.map((t) => `TRUNCATE ${t}`),
  table.map((t) => `LOCK TABLE ${t} IN EXCLUSIVE MODE`),
  table.map((t) => `ANALYZE ${t}`),
  table.map((t) => `DROP TABLE IF EXISTS ${t} CASCADE`),
  table.map((t) => `DROP VIEW IF EXISTS ${t} CASCADE`),
  table.map((t) => `REFRESH MATERIALIZED VIEW ${t}`),
  table.map((t) => `CREATE INDEX ON ${t} (x)`),
  table.map((t) => `COMMENT ON TABLE ${t} IS 'claims.t'`),
  table.map((t) => `COMMENT ON COLUMN ${t}.x IS 'claims.t.x'`),
  table.map((t) => `ALTER TABLE ${t} ADD COLUMN z int DEFAULT 1`),
  table.map((t) => `ALTER TABLE ${t} RENAME TO moved`),
  table.map((t) => `GRANT SELECT ON ${t} TO PUBLIC`),
  fc.tuple(fresh, query).map(([n, q]) => `CREATE TABLE ${n} AS ${q}`),
  fc.tuple(fresh, query).map(([n, q]) => `CREATE OR REPLACE VIEW ${n} AS ${q}`),
  fc
    .tuple(fresh, table, object("e"), object("c"))
    .map(([n, t, e, c]) => `CREATE TABLE ${n} (LIKE ${t}, a ${e}, b ${c}[], c int REFERENCES ${t} (x)) `),
  fc.tuple(fresh, table).map(([n, t]) => `CREATE TABLE ${n} () INHERITS (${t})`),
  fc
    .tuple(table, object("g"))
    .map(([t, g]) => `CREATE TRIGGER r BEFORE INSERT ON ${t} FOR EACH ROW EXECUTE FUNCTION ${g}()`),
  fc
    .tuple(object("f"), table)
    .map(
      ([f, t]) => `CREATE OR REPLACE FUNCTION ${f}(a int) RETURNS int LANGUAGE sql AS $$ DELETE FROM ${t}; SELECT 1 $$`,
    ),
  fc
    .tuple(object("h"), table, table)
    .map(
      ([h, t, u]) =>
        `CREATE FUNCTION ${h}() RETURNS int LANGUAGE plpgsql AS $$ DECLARE r claims.t%ROWTYPE; BEGIN SELECT * INTO r FROM ${u} LIMIT 1; DELETE FROM ${t}; RETURN r.x; END $$; SELECT ${h}()`,
    ),
  table.map(
    (t) =>
      `DO $$ BEGIN PERFORM 1 FROM ${t}; DELETE FROM ${t}; EXCEPTION WHEN undefined_table OR wrong_object_type THEN NULL; END $$`,
  ),
  fc.constantFrom(
    "SELECT setval('claims.s', 5)",
    "SELECT nextval('quality.s'::regclass)",
    "ALTER SEQUENCE claims.s RESTART",
  ),
  object("s").map((s) => `DROP SEQUENCE IF EXISTS ${s}`),
  object("f").map((f) => `DROP FUNCTION IF EXISTS ${f}(int) CASCADE`),
  object("f").map(
    (f) =>
      `ALTER FUNCTION ${f}(int) STABLE; GRANT EXECUTE ON FUNCTION ${f}(int) TO PUBLIC; COMMENT ON FUNCTION ${f} IS 'x'`,
  ),
  object("e").map((e) => `DROP TYPE IF EXISTS ${e} CASCADE`),
  object("e").map((e) => `ALTER TYPE ${e} ADD VALUE 'b'; COMMENT ON TYPE ${e} IS ''`),
  fc.constantFrom(
    "GRANT USAGE ON SCHEMA claims TO PUBLIC",
    "GRANT SELECT ON ALL TABLES IN SCHEMA quality, claims TO PUBLIC",
    "CREATE SCHEMA IF NOT EXISTS claims",
    "COMMENT ON SCHEMA claims IS 'claims'",
  ),
  fc.constantFrom(
    "CREATE AGGREGATE claims.total(int) (SFUNC = int4pl, STYPE = int)",
    "CREATE DOMAIN quality.d2 AS claims.d CHECK (claims.f(VALUE) > 0)",
    "CREATE STATISTICS claims.st ON x, y FROM claims.t",
  ),
);

describe.each(testMajors)("PostgreSQL %i", (major) => {
  test("no moved statement changes production, whatever it is and whatever is built where", async () => {
    await loadParser();
    const { url, name } = await freshDatabase(major);
    const owner = await connect(url);
    const role = `writer_${name}`;
    await owner.query(`CREATE ROLE ${role}; GRANT CREATE ON DATABASE ${name} TO ${role}`);
    for (const one of ["claims", "quality"]) {
      await owner.query(`CREATE SCHEMA ${one}; ${OBJECTS.replaceAll("S.", `${one}.`)}
        GRANT USAGE ON SCHEMA ${one} TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA ${one} TO ${role};
        GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${one} TO ${role};
        CREATE SCHEMA dev_${one} AUTHORIZATION ${role}; SET ROLE ${role}; ${OBJECTS.replaceAll("S.", `dev_${one}.`)} RESET ROLE;`);
    }
    const client = await connect(url);
    await client.query(`SET ROLE ${role}`);
    const seen = new Map<string, number>();
    try {
      await fc.assert(
        fc.asyncProperty(statement, fc.subarray(["t", "u", "v", "m", "f", "d", "e", "c", "s"]), async (text, built) => {
          const there = new Set(built);
          const move: Move = {
            schemas: new Set(["claims", "quality"]),
            functions: new Set(["f"]),
            readFrom: (where, what) => (there.has(what) ? `dev_${where}` : where),
            writtenTo: (where) => `dev_${where}`,
          };
          const moved = moveStatements({ text, line: 1, column: 1 }, move);
          expect(
            moved.opaque.filter(({ what }) => !what.startsWith("something that holds on")),
            text,
          ).toEqual([]);
          await client.query("BEGIN");
          const state = await client.query(moved.text).then(
            () => "done",
            (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
          );
          await client.query("ROLLBACK");
          const code = state.slice(0, 5);
          seen.set(code, (seen.get(code) ?? 0) + 1);
          // Not allowed, not its owner: what the role would have been refused in production.
          expect(code, `${text}\n${moved.text}\n${state}`).not.toBe("42501");
          expect(code, `${text}\n${moved.text}\n${state}`).not.toBe("42601");
        }),
        { numRuns: 600, seed: major },
      );
      // Most of them do something.
      expect(seen.get("done") ?? 0).toBeGreaterThan(300);
    } finally {
      await client.query("RESET ROLE");
      await owner.query(`DROP SCHEMA dev_claims, dev_quality CASCADE; DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});
