/** What is only seen with the whole project in sight. */
import { describe, expect, test } from "vitest";
import { defaultName } from "../../src/check/default_names.ts";
import { check, type Files, lines } from "../support/files.ts";

const table = (pipeline: string, name: string, inputs: readonly string[] = [], output = ""): Files => ({
  [`pipelines/${pipeline}/${name}.yaml`]: `kind: no_op\n${inputs.length > 0 ? `inputs:\n${inputs.map((i) => `  - ${i}\n`).join("")}` : ""}output:\n  table: ${pipeline}.${name}\n${output}`,
});
const pipeline = (name: string): Files => ({ [`pipelines/${name}/pipeline.yaml`]: "owners: [a]\n" });

describe("circles", () => {
  test("between transforms: whole, with each input's line", async () => {
    const { diagnostics } = await check({
      ...table("claims", "a", ["transform: c"]),
      ...table("claims", "b", ["transform: a"]),
      ...table("claims", "c", ["transform: b"]),
    });
    expect(lines(diagnostics)).toEqual([
      "pipelines/claims/b.yaml:3:5 CTF210 these transforms wait for each other: claims.a → claims.b → claims.c → claims.a → Take one of these inputs out.",
    ]);
    expect(diagnostics[0]!.labels?.map((l) => `${l.span.file}:${l.span.start?.line} ${l.message}`)).toEqual([
      "pipelines/claims/b.yaml:3 claims.b reads claims.a",
      "pipelines/claims/c.yaml:3 claims.c reads claims.b",
      "pipelines/claims/a.yaml:3 claims.a reads claims.c",
    ]);
  });

  test("between pipelines, though no transform waits for itself", async () => {
    const { diagnostics } = await check({
      ...pipeline("members"),
      ...table("claims", "raw"),
      ...table("members", "current", ["{pipeline: claims, transform: raw}"]),
      ...table("claims", "paid", ["{pipeline: members, transform: current}"]),
    });
    expect(lines(diagnostics)).toEqual([
      "pipelines/members/current.yaml:3:5 CTF211 these pipelines wait for each other: claims → members → claims → Move one of these transforms into the other pipeline, or into one of its own.",
    ]);
  });
});

describe("names in a schema", () => {
  const columns = (more: string) => `  columns: [{name: a, type: text}, {name: b, type: text}]\n${more}`;

  test("PostgreSQL makes up names for long tables that can be the same", async () => {
    const long = "x".repeat(58);
    const { diagnostics } = await check({
      ...table("claims", `${long}_one`, [], columns("  primary_key: [a]\n")),
      ...table("claims", `${long}_two`, [], columns("  primary_key: [a]\n")),
    });
    expect(diagnostics.map((d) => d.code)).toEqual(["CTF214"]);
    expect(diagnostics[0]!.message).toContain(`is called ${long}_pkey, and so is`);
  });

  test("an index and a table", async () => {
    const { diagnostics } = await check({
      ...table("claims", "a", [], columns("  indexes: [{columns: [a], name: b}]\n")),
      ...table("claims", "b"),
    });
    expect(lines(diagnostics)).toEqual([
      'pipelines/claims/b.yaml:3:10 CTF214 the table itself is called b, and so is an index of claims.a → Give one of them another "name:".',
    ]);
  });

  test("two of the same kind on one table are numbered by PostgreSQL", async () => {
    const { diagnostics } = await check(
      table("claims", "a", [], columns("  indexes: [{columns: [a]}, {columns: [a], where: b > ''}]\n")),
    );
    expect(lines(diagnostics)).toEqual([]);
  });

  test("the same name in two schemas is no problem", async () => {
    const index = columns("  indexes: [{columns: [a], name: by_a}]\n");
    const { diagnostics } = await check({
      ...pipeline("members"),
      ...table("claims", "a", [], index),
      ...table("members", "a", [], index),
    });
    expect(lines(diagnostics)).toEqual([]);
  });

  test.each([
    ["paid", [], "pkey", "paid_pkey"],
    ["paid", ["a", "b"], "idx", "paid_a_b_idx"],
    ["x".repeat(63), [], "pkey", `${"x".repeat(58)}_pkey`],
    ["x".repeat(40), ["y".repeat(40)], "key", `${"x".repeat(29)}_${"y".repeat(29)}_key`],
    ["é".repeat(31), ["a"], "idx", `${"é".repeat(28)}_a_idx`],
  ] as const)("PostgreSQL's name for %s(%s) is made as it makes it", (tableName, names, label, expected) => {
    expect(defaultName(tableName, names, label)).toBe(expected);
  });
});

test("a foreign key to a source, whose keys nobody declares, is fine", async () => {
  const { diagnostics } = await check({
    "sources/raw.yaml": "sources:\n  - {name: days, table: raw.days, columns: [{name: day, type: date}]}\n",
    ...table(
      "claims",
      "paid",
      [],
      "  columns: [{name: day, type: date}]\n  foreign_keys: [{columns: [day], references: {table: raw.days, columns: [day]}}]\n",
    ),
  });
  expect(lines(diagnostics)).toEqual([]);
});

describe("views over what not everybody may read", () => {
  const files = (view: string, more: string): Files => ({
    ...table(
      "claims",
      "paid",
      [],
      "  visibility: pipeline\n  readers: [finance]\n  columns: [{name: id, type: int}]\n",
    ),
    "pipelines/claims/open.yaml": `kind: sql\ninputs: [{transform: paid}]\noutput:\n  view: claims.open\n  columns: [{name: id, type: int}]\n${more}`,
    "pipelines/claims/open.sql": `CREATE OR REPLACE VIEW claims.open${view} AS SELECT id FROM claims.paid;\n`,
    ...pipeline("finance"),
    ...pipeline("outreach"),
  });
  test.each([
    ["", "", 1],
    ["", "  readers: [finance, outreach]\n", 1],
    ["", "  readers: [finance]\n", 0],
    ["", "  visibility: private\n", 0],
    [" WITH (security_invoker)", "", 0],
    [" WITH (security_barrier, security_invoker = on)", "", 0],
    [" WITH (security_invoker = 1)", "", 0],
    [" WITH (security_invoker = false)", "", 1],
  ])("a view%s, %j: %i warnings", async (view, more, count) => {
    const { diagnostics } = await check(files(view, more));
    expect(diagnostics.filter(({ code }) => code === "CTF241")).toHaveLength(count);
  });
});
