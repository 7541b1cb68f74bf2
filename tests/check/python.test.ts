/** What a Python file's function takes is held against the declared inputs, without running it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { check, lines } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";

type Files = Readonly<Record<string, string>>;
const table = (name: string, pipeline = "claims"): Files => ({
  [`pipelines/${pipeline}/${name}.yaml`]: `kind: no_op\noutput:\n  table: ${pipeline}.${name}\n  columns: [{name: id, type: bigint}]\n`,
});
const base: Files = {
  "pipelines/claims/pipeline.yaml": "owners: [a@clover.example]\n",
  "pipelines/finance/pipeline.yaml": "owners: [b@clover.example]\n",
  "sources/raw.yaml": "sources:\n  - {name: days, table: raw.days}\n",
  ...table("paid"),
  ...table("denied"),
  ...table("spend", "finance"),
};
const python = (code: string, inputs = "inputs:\n  - transform: paid\n"): Files => ({
  "pipelines/claims/score.yaml": `kind: python\n${inputs}output:\n  table: claims.score\n  columns: [{name: id, type: bigint}]\n`,
  "pipelines/claims/score.py": code,
});
const found = async (code: string, inputs?: string) =>
  lines((await check({ ...base, ...python(code, inputs) })).diagnostics);

describe("a parameter that is no declared input", () => {
  const place = "pipelines/claims/score.py";
  const yaml = "pipelines/claims/score.yaml";

  test.each([
    [
      "with a near name",
      "import ctf\n\n\ndef transform(piad, ctx):\n    return piad.rows()\n",
      `${place}:4:15 CTF238 the parameter piad is no input → Did you mean paid?`,
    ],
    [
      "that the project has, in the same pipeline",
      "def transform(paid, denied):\n    pass\n",
      `${place}:1:21 CTF238 the parameter denied is no input → Add "- transform: denied" under inputs: in ${yaml}.`,
    ],
    [
      "that the project has, in another pipeline",
      "def transform(paid, finance__spend):\n    pass\n",
      `${place}:1:21 CTF238 the parameter finance__spend is no input → Add "- {pipeline: finance, transform: spend}" under inputs: in ${yaml}.`,
    ],
    [
      "that is a source",
      "def transform(paid, *, days):\n    pass\n",
      `${place}:1:24 CTF238 the parameter days is no input → Add "- source: days" under inputs: in ${yaml}.`,
    ],
    [
      "that nobody knows",
      "def transform(paid, é, whatever):\n    pass\n",
      `${place}:1:21 CTF238 the parameter é is no input → The inputs are paid.\n${place}:1:24 CTF238 the parameter whatever is no input → The inputs are paid.`,
    ],
  ])("%s", async (_, code, expected) => {
    expect((await found(code)).join("\n")).toBe(expected);
  });

  test("the fix adds the input, and the definition is right then", async () => {
    const { diagnostics } = await check({ ...base, ...python("def transform(paid, denied):\n    pass\n") });
    expect(diagnostics[0]!.fix?.[0]).toMatchObject({ span: { file: yaml } });
    expect(
      await found("def transform(paid, denied):\n    pass\n", "inputs:\n  - transform: paid\n  - transform: denied\n"),
    ).toEqual([]);
  });
});

test("an input that no parameter takes, and a function or file that can't be called", async () => {
  const said = async (code: string) =>
    (await found(code)).map((line) => line.replace("pipelines/claims/score", "score"));
  expect(await said("def transform(ctx):\n    pass\n")).toEqual([
    "score.py:1:5 CTF238 no parameter takes the input paid → Write def transform(paid): or take the input out of pipelines/claims/score.yaml.",
  ]);
  expect(await said("async def transform(paid):\n    pass\n")).toEqual([
    "score.py:1:11 CTF238 transform is an async function → Leave out `async`.",
  ]);
  expect(await said("def main(paid):\n    pass\n")).toEqual([
    "score.py:1:1 CTF238 the file has no function transform → Begin with: def transform(paid):",
  ]);
  for (const taken of ["*inputs", "paid, /", "**inputs"]) {
    const name = taken.replaceAll(/\W/g, "");
    expect(await said(`def transform(${taken}):\n    pass\n`)).toEqual([
      `score.py:1:${taken.indexOf(name) + 15} CTF238 the parameter ${name} has no one name that an input could have → Write def transform(paid):`,
    ]);
  }
});

describe("no complaint", () => {
  test.each([
    [
      "about what fits",
      'def transform(\n    paid: "ctf.Table",  # a / b, c\n    ctx,\n):\n    yield from paid.rows()\n',
    ],
    ["about a parameter with a default", "def transform(paid, rate=0.5, *, deep=(1, 2)):\n    pass\n"],
    ["about the last definition of two", "def transform(x):\n    pass\n\n\ndef transform(paid):\n    transform\n"],
    ["about calls of it", 'def transform(paid):\n    pass\n\n\nif __name__ == "__main__":\n    transform(paid=None)\n'],
    [
      "about a name inside of another function",
      "def transform(paid):\n    pass\n\n\ndef other():\n    transform = 1\n    return transform\n",
    ],
    ["about a class's method", "class A:\n    def transform(self, x): ...\n\n\ndef transform(paid): ...\n"],
  ])("%s", async (_, code) => {
    expect(await found(code)).toEqual([]);
  });

  test.each([
    ["it is imported", "from helpers import transform\n"],
    ["everything is imported", "from helpers import *\n"],
    ["it is decorated", "@helper\ndef transform(x):\n    pass\n"],
    ["it is defined on a condition", "if True:\n    def transform(x): ...\nelse:\n    def transform(y): ...\n"],
    ["it gets another value later", "def transform(x):\n    pass\n\n\ntransform = other(transform)\n"],
    [
      "a function may change it",
      "def transform(x):\n    pass\n\n\ndef f():\n    global transform\n    transform = 1\n",
    ],
    ["it is made from a text", 'exec("def transform(paid): pass")\n'],
    ["Python's grammar is not kept", "def transform(x:\n    pass\n"],
  ])("where only running would tell: %s", async (_, code) => {
    expect(await found(code)).toEqual([]);
  });
});

test("a changed file is read again, and a damaged cache is not believed", async () => {
  const { root } = scratchProject({ ...base, ...python("def transform(piad): ...\n") });
  const checked = async () => (await runCtf(["check", "--no-compile"], { cwd: root })).stdout;
  const first = await checked();
  expect(first).toContain("CTF238 the parameter piad is no input");
  const kept = join(root, ".ctf/cache/functions.json");
  const text = readFileSync(kept, "utf8");
  for (const damaged of [text.replace("piad", "paid"), text.slice(0, -5), ""]) {
    // The kept answer as a whole is out of the way.
    writeFileSync(join(root, ".ctf/cache/check.json"), "");
    writeFileSync(kept, damaged);
    expect(await checked()).toBe(first);
  }
  writeFileSync(join(root, "pipelines/claims/score.py"), "def transform(paid): ...\n");
  expect(await checked()).not.toContain("CTF238");
});
