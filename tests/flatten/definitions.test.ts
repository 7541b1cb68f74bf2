/** What a flatten asks of its definition, and what it says of the columns that it names. */
import { expect, test } from "vitest";
import { checkProject } from "../../src/check/index.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import { lines, type Files } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";
import { definition } from "./support.ts";

const SOURCES = `sources:
  - name: responses
    table: clinic.form_responses
    columns: [{name: id, type: bigint}, {name: form_id, type: text}, {name: responses, type: jsonb, phi: true}]
  - {name: schemas, table: clinic.form_schemas}
  - {name: files, file: "data/*.ndjson", format: json_lines}
  - {name: csv, file: "data/*.csv"}
`;

const good = definition({ columns: { submission_id: "bigint", schema_path: "text", value: "text" } });
const marked = good.replace('{name: value, type: "text"}', '{name: value, type: "text", phi: true}');

async function problemsOf(yaml: string, files: Files = {}): Promise<readonly string[]> {
  const { root } = scratchProject({
    ...files,
    "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
    "pipelines/p/t.yaml": yaml,
    "sources/clinic.yaml": SOURCES,
  });
  const { project, diagnostics } = await loadProject(root, kinds, { cache: false });
  return lines([...diagnostics, ...(await checkProject(project, { cache: false }))]).map((line) =>
    line.replace("pipelines/p/t.yaml:", "").replace("pipelines/p/", ""),
  );
}

test.each<[string, string, string, readonly string[]]>([
  ["a good one", "", "", []],
  [
    "a column that the input does not declare",
    "column: responses,",
    "column: response,",
    ["4:52 CTF246 clinic.form_responses declares no column response → Did you mean responses?"],
  ],
  [
    "a table that is no input",
    "from: clinic.form_schemas",
    "from: clinic.schemas",
    ["5:18 CTF246 clinic.schemas is none of the inputs → The inputs are clinic.form_responses, clinic.form_schemas."],
  ],
  ["the key is not carried", ", carry: {id: submission_id}", "", ["CTF120", "CTF121"]],
  ["a column that nothing fills", "name: schema_path", "name: path", ["CTF121"]],
  [
    "a type that would cut something off",
    'name: schema_path, type: "text"',
    "name: schema_path, type: varchar(10)",
    ["CTF104"],
  ],
  ["a schema and paths", "key: id}\n", "key: id, paths: [{path: a}]}\n", ["CTF112"]],
  ["one side only says the form", "schema_key: form_id, ", "", ["CTF120"]],
  ["CSV holds no documents", "from: clinic.form_responses", "from: csv", ["CTF104"]],
  ["files are streamed", "from: clinic.form_responses, column: responses", "engine: sql, from: files", ["CTF101"]],
  [
    "a pattern to be ignored",
    "flatten:\n",
    'flatten:\n  ignore: [main, "main.*"]\n',
    [
      '4:18 CTF104 "main.*" is no path: "*" does not stand for others → Write "main": all that is below it is left out, too.',
    ],
  ],
  ["a function's file that is not there", "flatten:\n", "flatten:\n  map: ./clean.py:clean\n", ["CTF011"]],
  ["a function without its file", "flatten:\n", "flatten:\n  map: clean\n", ["CTF104"]],
])("%s", async (_, from, to, expected) => {
  expect(marked).toContain(from);
  const found = await problemsOf(marked.replace(from, to));
  expect(found.map((line, n) => (expected[n]?.length === 6 ? /CTF\d+/.exec(line)![0] : line)).sort()).toEqual(
    [...expected].sort(),
  );
});

test("PHI of the documents is PHI of the answers, and not of their paths", async () => {
  expect(await problemsOf(good)).toEqual([expect.stringMatching(/CTF\d+ .*value.*clinic\.form_responses\.responses/)]);
});

test.each<[string, string, string, readonly string[]]>([
  ["Python", "clean.py", "def clean(path, value):\n    return value\n", []],
  ["Python, with more", "clean.py", "def clean(*given, **more):\n    return given[1]\n", []],
  [
    "TypeScript",
    "clean.ts",
    "export function clean(path: string, value: unknown, more = 1) {\n  return value;\n}\n",
    [],
  ],
  ["an arrow", "clean.mts", "export const clean = <T>(path: string, value: T): T => value;\n", []],
  ["whatever it is given", "clean.js", "export const clean = (...given) => given[1];\n", []],
  ["from elsewhere", "clean.mjs", 'export { tidy as clean } from "./tidy.mjs";\n', []],
  ["all from elsewhere", "clean.mjs", 'export * from "./tidy.mjs";\n', []],
  ["CommonJS", "clean.js", "module.exports = { clean };\n", []],
  ["what the grammar does not know", "clean.ts", "export function clear(;\n", []],
  [
    "no such function",
    "clean.ts",
    "export const clear = 1;\nexport function clea() {}\n",
    ["7:8 CTF249 clean.ts exports no function clean → Write: export function clean(path, value) {"],
  ],
  [
    "one that is not exported",
    "clean.mjs",
    "function clean(path, value) {}\nexport default function clean2() {}\n",
    ["7:8 CTF249 clean.mjs exports no function clean → Write: export function clean(path, value) {"],
  ],
  [
    "no such function in Python",
    "clean.py",
    "def clear(path, value):\n    return value\n",
    ["7:8 CTF249 clean.py has no function clean → Write: def clean(path, value):"],
  ],
  [
    "only a value",
    "clean.ts",
    "\nexport const clean = (value: string) => value;\n",
    ["clean.ts:2:14 CTF249 clean does not take a path and a value → Write: export function clean(path, value) {"],
  ],
  [
    "only a value in Python",
    "clean.py",
    "def clean(value):\n    return value\n",
    ["clean.py:1:5 CTF249 clean does not take a path and a value → Write: def clean(path, value):"],
  ],
  [
    "a promise",
    "clean.ts",
    "export async function clean(path: string, value: unknown) {}\n",
    [
      "clean.ts:1:23 CTF249 clean is an async function, and has to return a value → Write: export function clean(path, value) {",
    ],
  ],
])("the function of a map, before anything runs: %s", async (_, file, code, expected) => {
  const yaml = marked.replace("output:\n", `  map: ./${file}:clean\noutput:\n`);
  expect(
    await problemsOf(yaml, { [`pipelines/p/${file}`]: code, "pipelines/p/tidy.mjs": "export const tidy = 1;\n" }),
  ).toEqual(expected);
});
