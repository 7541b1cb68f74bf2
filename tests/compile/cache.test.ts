/** What compiled is not compiled again; what could have changed is; and nothing that is kept is believed when it is damaged. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { change, compile, given, projectOf, sql, table } from "./projects.ts";

const major = 18;
const files = {
  "members.yaml": given("p.members", { id: "bigint", name: "text" }),
  "a.yaml": table("p.a", { id: "bigint" }, { inputs: ["transform: members"] }),
  "a.sql": "SELECT id FROM p.members",
  "b.yaml": table("p.b", { id: "bigint" }, { inputs: ["transform: a"] }),
  "b.sql": "SELECT id FROM p.a",
};
const kept = (root: string): string => join(root, ".ctf/cache/compile/p.json");

/** With a server of a project that does not exist, only what is kept can answer. */
const fromCache = (root: string) =>
  compile(root, { cache: true, server: { root: "/dev/null", role: "scratch", major } });

test("an unchanged project needs no server; a changed file needs one", async () => {
  const root = projectOf(major, files);
  expect((await compile(root, { cache: true })).said).toEqual([]);
  expect((await fromCache(root)).said).toEqual([]);
  change(root, { "b.sql": "SELECT id + 1 AS id FROM p.a" });
  await expect(fromCache(root)).rejects.toThrow();
});

test("problems are told again and again, until they are mended", async () => {
  const root = projectOf(major, { ...files, "b.sql": "SELECT idd AS id FROM p.a" });
  const first = await compile(root, { cache: true });
  expect(first.said).toHaveLength(1);
  expect((await compile(root, { cache: true })).said).toEqual(first.said);
  change(root, { "b.sql": "SELECT id FROM p.a" });
  expect((await compile(root, { cache: true })).said).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["a column of an input", { "members.yaml": given("p.members", { idd: "bigint", name: "text" }) }, "a.sql"],
  [
    "a function that is used without being declared",
    { "tools.sql": "CREATE FUNCTION t.one(text) RETURNS bigint LANGUAGE sql RETURN 1" },
    "uses.sql",
  ],
  ["a view behind a view", { "deep.sql": "CREATE VIEW t.deep AS SELECT 'x'::text AS n" }, "top.sql"],
  ["a cast that nobody names", { "casts.sql": "SELECT 1" }, "cast.sql"],
  [
    "a table in the body of a function",
    { "a.yaml": table("p.a", { other: "bigint" }), "a.sql": "SELECT 1::bigint AS other" },
    "body.sql",
  ],
])("a change of %s reaches whoever depends on it", async (_, changed, broken) => {
  const root = projectOf(major, {
    ...files,
    "tools.yaml": sql(["function: t.one"]),
    "tools.sql": "CREATE FUNCTION t.one(bigint) RETURNS bigint LANGUAGE sql RETURN 1",
    "uses.yaml": table("p.uses", { id: "bigint" }),
    "uses.sql": "SELECT t.one(1::bigint) AS id",
    "deep.yaml": sql(["view: t.deep"]),
    "deep.sql": "CREATE VIEW t.deep AS SELECT 1::bigint AS n",
    "top.yaml": sql(["view: t.top"], ["transform: deep"]),
    "top.sql": "CREATE VIEW t.top AS SELECT n + 1 AS n FROM t.deep",
    "casts.yaml": sql([]),
    "casts.sql":
      "CREATE SCHEMA c; CREATE TYPE c.pair AS (a int); CREATE FUNCTION c.of(c.pair) RETURNS int LANGUAGE sql RETURN 1; CREATE CAST (c.pair AS int) WITH FUNCTION c.of(c.pair)",
    "pair.yaml": sql(["table: c.pairs"], ["transform: casts"]),
    "pair.sql": "CREATE TABLE c.pairs (p c.pair)",
    "cast.yaml": table("p.cast", { id: "integer" }, { inputs: ["transform: pair"] }),
    "cast.sql": "SELECT p::int AS id FROM c.pairs",
    "body.yaml": sql(["function: t.body"], ["transform: a"]),
    "body.sql": "CREATE FUNCTION t.body() RETURNS bigint LANGUAGE sql AS $$ SELECT id FROM p.a $$",
  });
  expect((await compile(root, { cache: true })).said).toEqual([]);
  change(root, changed);
  const cached = await compile(root, { cache: true });
  expect(
    cached.diagnostics
      .flatMap(({ span, labels = [] }) => [span, ...labels.map((label) => label.span)])
      .map((span) => span?.file),
  ).toContain(broken === "cast.sql" ? "pipelines/p/pair.sql" : `pipelines/p/${broken}`);
});

test.each<[string, (root: string) => void]>([
  ["cut off", (root) => writeFileSync(kept(root), readFileSync(kept(root)).subarray(0, -20))],
  [
    "changed in one place",
    (root) => {
      const bytes = readFileSync(kept(root));
      bytes[bytes.length - 40]! ^= 1;
      writeFileSync(kept(root), bytes);
    },
  ],
  ["of another version", (root) => writeFileSync(kept(root), readFileSync(kept(root), "utf8").replace(/^./, "#"))],
  ["empty", (root) => writeFileSync(kept(root), "")],
  [
    "a folder",
    (root) => {
      rmSync(kept(root));
      mkdirSync(kept(root));
    },
  ],
])("kept results that are %s change no answer", async (_, damage) => {
  const root = projectOf(major, files);
  await compile(root, { cache: true });
  change(root, { "b.sql": "SELECT idd AS id FROM p.a" });
  damage(root);
  const { said } = await compile(root, { cache: true });
  expect(said).toEqual((await compile(root)).said);
  expect(said).toHaveLength(1);
});

test("another project's results are no answer for this one", async () => {
  const good = projectOf(major, files);
  await compile(good, { cache: true });
  const bad = projectOf(major, { ...files, "members.yaml": given("p.members", { id: "text" }) });
  mkdirSync(dirname(kept(bad)), { recursive: true });
  cpSync(kept(good), kept(bad));
  const { said } = await compile(bad, { cache: true });
  expect(said).toHaveLength(1);
});
