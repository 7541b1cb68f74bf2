/** Tables that only the planner looks at have no files. Whatever is declared, nobody can tell by what is said of them. */
import { describe, expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { compileFiles, given, table } from "./projects.ts";

/** Columns, and what else the output declares. */
const shapes: Readonly<Record<string, readonly [columns: Readonly<Record<string, string>>, more: string[]]>> = {
  plain: [{ id: "bigint" }, []],
  unsortable: [{ id: "json" }, []],
  list: [{ id: '"text[]"' }, []],
  of_two_keys: [{ id: "bigint", other: "text" }, ["primary_key: [id]", "unique:", "  - [other]"]],
  of_keys_that_overlap: [{ other: "text", id: "bigint" }, ["primary_key: [id]", "unique:", "  - [id, other]"]],
  unique_index: [
    { id: "bigint", other: "text" },
    ["primary_key: [id]", "indexes:", "  - {columns: [other], unique: true}"],
  ],
  unique_expression: [
    { id: "text" },
    ["indexes:", '  - {name: low, columns: [{expression: "lower(id)"}], unique: true}'],
  ],
  numbered: [{ id: "bigint, identity: always" }, ["primary_key: [id]"]],
  with_default: [{ id: 'timestamptz, default: "now()"' }, []],
  checked: [{ id: '"numeric(12,2)"' }, ["constraints:", "  - {name: positive, check: id > 0}"]],
};

describe.each(testMajors)("PostgreSQL %i", (major) => {
  test("tables of every shape can be read", async () => {
    const files = Object.entries(shapes).flatMap(([name, [columns, more]]) => [
      [`${name}.yaml`, given(`p.${name}`, columns, more)],
      [`of_${name}.yaml`, table(`q.of_${name}`, { n: "bigint" }, { inputs: [`transform: ${name}`] })],
      [`of_${name}.sql`, `SELECT count(id) AS n FROM p.${name}`],
    ]);
    expect((await compileFiles(major, Object.fromEntries(files) as Record<string, string>)).said).toEqual([]);
  });

  test("what is wrong with their own constraints, indexes and keys is told at its line", async () => {
    const bad = given("p.bad", { id: "bigint", name: "text" }, [
      "primary_key: [id]",
      "constraints:",
      "  - {name: one, check: nam > 0}",
      "indexes:",
      '  - {name: two, columns: [{expression: "lower(nam)"}]}',
    ]);
    const { said } = await compileFiles(major, { "bad.yaml": bad });
    expect(said).toEqual([
      'bad.yaml:9:26 CTF517 p.bad: column "nam" does not exist (SQLSTATE 42703)',
      'bad.yaml:11:7 CTF517 p.bad: column "nam" does not exist (SQLSTATE 42703)',
    ]);
  });

  test("a foreign key to a table that is only declared, and to a source", async () => {
    const key = (to: string) => [
      "foreign_keys:",
      `  - {columns: [id], references: {table: ${to}, columns: [id]}, enforce: true}`,
    ];
    const sources =
      "sources:\n  - {name: days, table: raw.days, columns: [{name: day, type: date}, {name: id, type: bigint}]}\n";
    const { said } = await compileFiles(major, {
      "sources/raw.yaml": sources,
      "members.yaml": given("p.members", { id: "bigint" }, ["primary_key: [id]"]),
      "a.yaml": table("p.a", { id: "bigint" }, { inputs: ["transform: members"], more: key("p.members") }),
      "a.sql": "SELECT id FROM p.members",
      "b.yaml": table("p.b", { id: "bigint" }, { inputs: ["source: days"], more: key("raw.days") }),
      "b.sql": "SELECT id FROM raw.days",
    });
    expect(said).toEqual([]);
  });
});
