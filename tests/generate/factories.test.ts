/** Rows as people write them: by their source text, from factories, with problems at their places. */
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import { columnProblems, expandRows, knownTables, loadFactories } from "../../src/project/rows/factories.ts";
import { parseNodes } from "../../src/project/rows/parse.ts";
import { readRows } from "../../src/project/rows/read_rows.ts";
import { folderOf, lines } from "../support/files.ts";

const read = (text: string) => readRows(parseNodes("rows.yaml", text).root!, []);

test.each([
  [
    "- {a: 00123, b: 1E5, c: 1.10, d: 12345678901234567890123}",
    { a: "00123", b: "1E5", c: "1.10", d: "12345678901234567890123" },
  ],
  ["- {a: null, b: ~, c: , d: NULL}", { a: null, b: null, c: null, d: null }],
  [`- {a: "null", b: '~', c: "", d: 'it''s'}`, { a: "null", b: "~", c: "", d: "it's" }],
  [
    "- {a: true, b: yes, c: 0x1F, d: .inf, e: 2018-01-01}",
    { a: "true", b: "yes", c: "0x1F", d: ".inf", e: "2018-01-01" },
  ],
  [
    "- {a: [1, 1.10, x, null, '1'], b: {k: 007, l: [true]}}",
    { a: '[1,1.10,"x",null,"1"]', b: '{"k":"007","l":[true]}' },
  ],
  ["- a: |\n    two\n    lines\n  b: >-\n    one\n    line", { a: "two\nlines\n", b: "one line" }],
  ['- {"use": u, "times": t, "table": x}', { use: "u", times: "t", table: "x" }],
])("%s", (text, values) => {
  const { rows, problems } = read(text);
  expect(problems).toEqual([]);
  expect(rows).toMatchObject([{ values, times: 1 }]);
});

test("no rows, and what are none", () => {
  expect(read("[]")).toEqual({ rows: [], problems: [] });
  expect(read("~")).toEqual({ rows: [], problems: [] });
  const words = (text: string) => read(text).problems.map(({ message, path }) => `${path.join(".")}: ${message}`);
  expect(words("{a: 1}")).toEqual([": this must be a list of rows"]);
  expect(words("[1, {a: 1, times: many, use: [x]}]")).toEqual([
    "0: a row must be {column: value, …}",
    '1.times: "times" must be a whole number from 0 to 100000',
    '1.use: "use" must be the name of a factory',
  ]);
});

const PROJECT = {
  "ctf.yaml": "ctf: 1\nproject: test\n",
  "sources/raw.yaml": `sources:
  - {name: members, table: raw.members, columns: [{name: member_id, type: bigint}, {name: plan_code, type: text}, {name: table, type: text}]}
  - {name: anything, table: raw.anything}
`,
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
};

async function load(files: Readonly<Record<string, string>>) {
  const root = folderOf({ ...PROJECT, ...files });
  const { project, diagnostics } = await loadProject(root, kinds, { cache: false });
  expect(lines(diagnostics)).toEqual([]);
  return { project, factories: loadFactories(project) };
}

describe("factories.yaml", () => {
  test("rows take from them what they don't say, as often as they say", async () => {
    const { project, factories } = await load({
      "factories.yaml": "member: {table: raw.members, plan_code: 00A}\nother: {table: raw.anything, what: 1}\n",
      "pipelines/p/factories.yaml":
        "gold: {table: raw.members, plan_code: 1E5}\nmember: {table: raw.members, plan_code: own}\n",
    });
    expect(lines(factories.diagnostics)).toEqual([]);
    const rows = read(
      "[{use: member, member_id: 7}, {use: member, plan_code: B, times: 2}, {member_id: 9, times: 0}]",
    ).rows;
    expect(expandRows(rows, "raw.members", factories.of())).toEqual({
      rows: [{ plan_code: "00A", member_id: "7" }, { plan_code: "B" }, { plan_code: "B" }],
      problems: [],
    });
    expect(expandRows(rows.slice(0, 1), "raw.members", factories.of("p")).rows).toEqual([
      { plan_code: "own", member_id: "7" },
    ]);
    expect(expandRows(rows.slice(0, 1), "raw.anything", factories.of()).problems).toMatchObject([
      { path: [0, "use"], message: 'factory "member" is of raw.members, not of raw.anything' },
    ]);
    expect(expandRows(read("[{use: membr}]").rows, "raw.members", factories.of()).problems).toMatchObject([
      { message: 'there is no factory "membr"', hint: "Did you mean member?", replaceWith: "member" },
    ]);
    const [wrong] = columnProblems(read("[{plan_cod: 1}]").rows[0]!, "raw.members", knownTables(project));
    expect(wrong).toMatchObject({ path: [0, "plan_cod"], hint: "Did you mean plan_code?" });
  });

  test.each([
    [
      "a: {plan_code: A}\n",
      'factories.yaml:1:1 CTF102 factory "a" does not say of which table it is → Add "table: schema.name".',
    ],
    [
      "a: {table: raw.member, x: 1}\n",
      'factories.yaml:1:12 CTF852 "raw.member" is neither an output nor a source of this project → Did you mean raw.members?',
    ],
    [
      "a:\n  table: raw.members\n  plan: 1\n",
      'factories.yaml:3:3 CTF853 raw.members has no column "plan" → Did you mean plan_code?',
    ],
    [
      "a: [1]\n",
      'factories.yaml:1:4 CTF103 a row must be {column: value, …} → Write rows as a list: "- {column: value, …}", or [] for none.',
    ],
    [
      "a: {table: raw.members}\na: {table: raw.members}\n",
      'factories.yaml:2:1 CTF006 key "a" stands twice → Keep one of them.',
    ],
    ["a: {table: raw.members, use: b}\n", "factories.yaml:1:25 CTF112 a factory can't use another one"],
    ["- a\n", "factories.yaml:1:3 CTF103 this must be {name: {table: schema.name, column: value, …}, …}"],
    ["", "factories.yaml CTF005 the file has nothing in it → Write what it is for, or remove it."],
  ])("%j", async (text, problem) => {
    expect(lines((await load({ "factories.yaml": text })).factories.diagnostics)).toEqual([problem]);
  });
});

test("examples of a column are taken as they are written, in plain and in other YAML", async () => {
  const column = (examples: string) =>
    `sources:\n  - name: s\n    table: r.s\n    columns:\n      - {name: a, type: text, examples: ${examples}}\n`;
  const examplesOf = async (examples: string) => {
    const { project } = await load({ "sources/s.yaml": column(examples) });
    return project.sources.find(({ sourceName }) => sourceName === "s")!.columns[0]!.examples;
  };
  expect(await examplesOf("[00123, 1E5, True, null, '~', 1.10]")).toEqual(["00123", "1E5", "True", null, "~", "1.10"]);
  expect(await examplesOf("[a, TRUE]")).toEqual(["a", "TRUE"]);
});
