/** What a flatten asks of its definition, and what it says of the columns that it names. */
import { expect, test } from "vitest";
import { checkProject } from "../../src/check/index.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import { lines } from "../support/files.ts";
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

async function problemsOf(yaml: string): Promise<readonly string[]> {
  const { root } = scratchProject({
    "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
    "pipelines/p/t.yaml": yaml,
    "sources/clinic.yaml": SOURCES,
  });
  const { project, diagnostics } = await loadProject(root, kinds, { cache: false });
  return lines([...diagnostics, ...(await checkProject(project, { cache: false }))]).map((line) =>
    line.replace("pipelines/p/t.yaml:", ""),
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
