/** What PostgreSQL has against a declaration, at its line in the YAML. */
import { describe, expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { compileFiles, given, sql, table } from "./projects.ts";

describe.each(testMajors)("PostgreSQL %i", (major) => {
  test("types, defaults, checks, indexes and foreign keys", async () => {
    const { said } = await compileFiles(major, {
      "sources/raw.yaml":
        "sources:\n  - name: b\n    table: raw.b\n    columns: [{name: id, type: bigint}]\n" +
        "  - name: a\n    table: raw.a\n    columns: [{name: id, type: bigit}]\n",
      "reads_a.yaml": table("p.reads_a", { id: "bigint" }, { inputs: ["source: a"] }),
      "reads_a.sql": "SELECT id FROM raw.a",
      "default.yaml": given("p.bad_default", { id: "bigint" }).replace("bigint}", "bigint, default: nxt()}"),
      "check.yaml": given("p.bad_check", { id: "bigint" }, ["constraints: [{name: positive, check: idd > 0}]"]),
      "index.yaml": given("p.bad_index", { id: "bigint" }, [
        "indexes:",
        "  - {columns: [id]}",
        "  - columns: [{expression: lower(id)}]",
      ]),
      "parent.yaml": given("p.parent", { id: "text" }, ["primary_key: [id]"]),
      "child.yaml": given("p.child", { id: "bigint" }, [
        "foreign_keys: [{columns: [id], references: {table: p.parent, columns: [id]}}]",
      ]),
      "to_source.yaml": given("p.to_source", { id: "bigint" }, [
        "foreign_keys: [{columns: [id], references: {table: raw.b, columns: [id]}}]",
      ]),
    });
    expect(said.toSorted()).toEqual([
      'check.yaml:6:41 CTF517 p.bad_check: column "idd" does not exist (SQLSTATE 42703)',
      "child.yaml:6:18 CTF517 p.child: types do not match (SQLSTATE 42804)",
      "default.yaml:5:41 CTF517 p.bad_default: function nxt() does not exist (SQLSTATE 42883)",
      "index.yaml:8:7 CTF517 p.bad_index: function lower(bigint) does not exist (SQLSTATE 42883)",
      "sources/raw.yaml:7:32 CTF340 PostgreSQL knows no type bigit (raw.a.id) → Check the spelling. A type of an extension or of your own has to be made by a transform of kind sql.",
    ]);
  });

  test("tables that refer to each other, and to themselves", async () => {
    const refers = (to: string) => [
      "primary_key: [id]",
      `foreign_keys: [{columns: [other], references: {table: ${to}, columns: [id]}}]`,
    ];
    const { said } = await compileFiles(major, {
      "a.yaml": given("p.a", { id: "bigint", other: "bigint" }, refers("p.b")),
      "b.yaml": given("p.b", { id: "bigint", other: "bigint" }, refers("p.a")),
      "c.yaml": given("p.c", { id: "bigint", other: "bigint" }, refers("p.c")),
    });
    expect(said).toEqual([]);
  });

  test("a table that can't be made keeps its readers from being blamed", async () => {
    const { said } = await compileFiles(major, {
      "broken.yaml": given("p.broken", { id: "no_such_type" }),
      "reader.yaml": table("p.reader", { id: "bigint" }, { inputs: ["transform: broken"] }),
      "reader.sql": "SELECT id FROM p.broken",
      "silent.yaml": "kind: no_op\noutput: {table: p.silent}\n",
      "asker.yaml": table("p.asker", { id: "bigint" }, { inputs: ["transform: silent"] }),
      "asker.sql": "SELECT id FROM p.silent",
    });
    expect(said.toSorted()).toEqual([
      "broken.yaml:5:24 CTF340 PostgreSQL knows no type no_such_type (p.broken.id) → Check the spelling. A type of an extension or of your own has to be made by a transform of kind sql.",
      "silent.yaml:2:9 CTF346 p.silent does not declare its columns, so p.asker could not be compiled → Declare its columns, with their types.",
    ]);
  });

  test("a type of the warehouse's own, in a table that CTF does not build, is no mistake", async () => {
    const { said } = await compileFiles(major, {
      "sources/raw.yaml":
        "sources:\n  - name: a\n    table: raw.a\n    columns:\n      - {name: id, type: bigint}\n      - {name: mood, type: raw.mood}\n",
      "reader.yaml": table("p.reader", { mood: "text" }, { inputs: ["source: a"] }),
      "reader.sql": "SELECT mood::text AS mood FROM raw.a",
      "made_elsewhere.yaml": given("p.made_elsewhere", { mood: "raw.mood" }),
      "made_here.yaml": table("p.made_here", { mood: "raw.mood" }),
      "made_here.sql": "SELECT 'calm' AS mood",
    });
    expect(said.map((line) => line.replace(/ (→|\().*/, "")).toSorted()).toEqual([
      "made_elsewhere.yaml:5:26 CTF347 nothing in the project makes the type raw.mood",
      "made_here.yaml:5:26 CTF340 PostgreSQL knows no type raw.mood",
      "sources/raw.yaml:6:28 CTF347 nothing in the project makes the type raw.mood",
    ]);
  });

  test("an extension's type is there where it is declared; its functions are warned of, unless a transform creates it", async () => {
    const files = {
      "plans.yaml": given("p.plans", { code: "citext", name: "text" }, [
        "indexes: [{columns: [{expression: name, opclass: gin_trgm_ops}], method: gin}]",
      ]),
      "alike.yaml": table("p.alike", { same: "real" }, { inputs: ["transform: plans"] }),
      "alike.sql": "SELECT similarity(name, 'x') AS same FROM p.plans WHERE code = 'X'",
    };
    const needed = "needs the extension pg_trgm, which nothing in the project creates";
    const { said } = await compileFiles(major, files);
    expect(said.map((line) => line.split(" →")[0])).toContain(`plans.yaml:7:13 CTF344 p.plans ${needed}`);
    const create = {
      "extension.yaml": sql([]),
      "extension.sql": "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION citext;",
    };
    expect((await compileFiles(major, { ...files, ...create })).said).toEqual([]);
    const only = {
      "alike.yaml": table("p.alike", { same: "real" }),
      "alike.sql": "SELECT similarity('a', 'b') AS same",
    };
    expect((await compileFiles(major, only)).said.map((line) => line.split(" →")[0])).toEqual([
      `alike.sql:1:8 CTF344 p.alike ${needed}`,
    ]);
  });
});
