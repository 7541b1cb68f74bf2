/** Transforms of kind sql run on the empty tables; what they make is there for others, and what they try stays harmless. */
import { existsSync } from "node:fs";
import { describe, expect, inject, test } from "vitest";
import { ensureServer } from "../../src/warehouse/embedded/server.ts";
import { connect } from "../support/database.ts";
import { scratchServer, testMajors } from "../support/servers.ts";
import { compileFiles, given, sql, table } from "./projects.ts";

const members = { "members.yaml": given("p.members", { id: "bigint", name: "text" }) };

describe.each(testMajors)("PostgreSQL %i", (major) => {
  test("a function and a view of one pipeline, used by another", async () => {
    const files = {
      ...members,
      "tools.yaml": sql(
        [
          "function: tools.double\n    arguments: [bigint]",
          "view: tools.named\n    columns: [{name: id, type: bigint}]",
        ],
        ["transform: members"],
      ),
      "tools.sql":
        "CREATE OR REPLACE FUNCTION tools.double(n bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT n * 2 $$;\n" +
        "CREATE OR REPLACE VIEW tools.named AS SELECT id FROM p.members WHERE name IS NOT NULL;",
      "pipelines/q/pipeline.yaml": "owners: [they@clover.example]\n",
      "pipelines/q/uses.yaml": table("q.uses", { id: "bigint" }, { inputs: ["{pipeline: p, transform: tools}"] }),
      "pipelines/q/uses.sql": "SELECT tools.double(id) AS id FROM tools.named",
    };
    expect((await compileFiles(major, files)).said).toEqual([]);
    const wrong = { "pipelines/q/uses.sql": "SELECT tools.double(name) AS id FROM tools.named" };
    expect((await compileFiles(major, { ...files, ...wrong })).said).toEqual([
      'pipelines/q/uses.sql:1:21 CTF515 column "name" does not exist (SQLSTATE 42703)',
    ]);
  });

  test("types that statements make serve declared tables", async () => {
    const { said } = await compileFiles(major, {
      "types.yaml": sql([]),
      "types.sql": "CREATE SCHEMA IF NOT EXISTS types; CREATE TYPE types.tier AS ENUM ('gold', 'silver');",
      "tiers.yaml": table("p.tiers", { tier: "types.tier" }, { inputs: ["transform: types"] }),
      "tiers.sql": "SELECT 'gold'::types.tier AS tier",
    });
    expect(said).toEqual([]);
  });

  test("an error in the third statement, outputs that are not as declared, and one that is not made", async () => {
    const { said } = await compileFiles(major, {
      ...members,
      "third.yaml": sql(["table: p.third\n    columns: [{name: id, type: bigint}]"], ["transform: members"]),
      "third.sql":
        "CREATE TABLE p.third (id bigint);\nINSERT INTO p.third SELECT 1;\nINSERT INTO p.third SELECT nam FROM p.members;",
      "other.yaml": sql(["table: p.other\n    columns: [{name: id, type: bigint}]"]),
      "other.sql": "CREATE TABLE p.other (id integer)",
      "none.yaml": sql(["view: p.none\n    columns: [{name: id, type: bigint}]"]),
      "none.sql": "SELECT 1",
      "reader.yaml": table("p.reader", { id: "bigint" }, { inputs: ["transform: third", "transform: none"] }),
      "reader.sql": "SELECT id FROM p.third JOIN p.none USING (id)",
    });
    expect(said.toSorted()).toEqual([
      "none.yaml CTF529 view p.none does not exist in the warehouse",
      "other.yaml CTF510 the table in the warehouse does not give the columns of p.other: id is integer, declared bigint → Change one side or the other: write id::bigint in the SELECT, or declare integer.",
      'third.sql:3:28 CTF515 column "nam" does not exist (SQLSTATE 42703) → Perhaps you meant to reference the column "members.name".',
    ]);
  });

  test("a table that was made by hand once, roles that exist elsewhere, and statements outside of transactions", async () => {
    const { said } = await compileFiles(major, {
      ...members,
      "fill.yaml": sql(["table: p.fill\n    columns: [{name: id, type: bigint}]"], ["transform: members"]),
      "fill.sql": "TRUNCATE p.fill; INSERT INTO p.fill SELECT id FROM p.members;",
      "grants.yaml": sql([], ["transform: members"]),
      "grants.sql": "GRANT SELECT ON p.members TO analysts;",
      "index.yaml": sql([], ["transform: members"], ["transaction: none"]),
      "index.sql": "CREATE INDEX CONCURRENTLY members_name ON p.members (name); VACUUM p.members;",
    });
    expect(said).toEqual([
      "grants.sql:1:1 CTF343 this could not be tried on an empty warehouse: an object does not exist (SQLSTATE 42704)",
    ]);
  });

  test("what tries to be clever does no harm and does not hang", async () => {
    const tricks: Readonly<Record<string, string>> = {
      sleep: "SELECT pg_sleep(1000)",
      passwords: "SELECT rolpassword FROM pg_catalog.pg_authid",
      role: "CREATE ROLE intruder SUPERUSER LOGIN",
      program: "COPY (SELECT 1) TO PROGRAM 'touch /tmp/ctf_intruder'",
      file: "COPY (SELECT 1) TO '/tmp/ctf_intruder'",
      superuser: "SET SESSION AUTHORIZATION postgres",
      database: "DO $$ BEGIN EXECUTE 'ALTER DATABASE postgres SET work_mem = ''1MB'''; END $$",
      session: "DEALLOCATE ALL; SET search_path TO nowhere; SET statement_timeout TO '1h'",
      itself: "SELECT pg_terminate_backend(pg_backend_pid())",
    };
    const { said } = await compileFiles(
      major,
      Object.fromEntries(
        Object.entries(tricks).flatMap(([name, text]) => [
          [`${name}.yaml`, sql([])],
          [`${name}.sql`, text],
        ]),
      ),
    );
    const told = said.map((line) =>
      line.replace(/^(\w+).sql:1:1 CTF343 this could not be tried on an empty warehouse: .*/, "$1"),
    );
    expect(told.toSorted()).toEqual(
      Object.keys(tricks)
        .filter((name) => name !== "session")
        .toSorted(),
    );
    expect(existsSync("/tmp/ctf_intruder")).toBe(false);
    const client = await connect((await ensureServer(scratchServer(inject("testFolder"), major))).url);
    const { rows } = await client.query("SELECT rolname FROM pg_roles WHERE rolname = 'intruder'");
    expect(rows).toEqual([]);
  });
});
