/** No value of a document, nor of anything that goes along with it, gets out of a run of a flatten: however it ends. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isError } from "../../src/diagnostics/diagnostic.ts";
import type { RunResult } from "../../src/run/events.ts";
import { localDatabase } from "../../src/warehouse/embedded/local.ts";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { write, type Files } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";
import { testPython } from "../support/python.ts";

const WORD = "Zanzibar";
/** Planted in every column, answer, slug, tag, label and answer type; a number and a moment that are nowhere else. */
const secrets = new RegExp(`${WORD}|77177|1977-01-17|717177`, "i");

const COLUMNS: Readonly<Record<string, string>> = {
  submission_id: "text",
  member: "text",
  made_at: "timestamptz",
  schema_path: "text",
  item_index: "int[]",
  value: "text",
  value_number: "numeric",
  tag: "text",
};

interface Case {
  readonly engine?: "stream";
  readonly from?: string;
  readonly map?: string;
  readonly code?: string;
  readonly columns?: Readonly<Record<string, string>>;
  readonly more?: string;
  readonly output?: string;
  readonly top?: string;
  readonly fails?: true;
}

const python = (line: string) => `def clean(path, value):\n    print("saw", path, value)\n    ${line}\n`;
const script = (line: string) =>
  `export function clean(path: string, value: any): any {\n  console.log("saw", path, value);\n  ${line}\n}\n`;

const BOTH: Readonly<Record<string, Case>> = {
  rejects: {},
  malformed: { from: "clinic.texts" },
  appended: { top: "mode: append" },
  duplicates: { output: "primary_key: [member]", fails: true },
  checked: { output: "constraints: [{name: c, check: value <> value}]", fails: true },
  no_null: { columns: { ...COLUMNS, value: "text, not_null: true" }, fails: true },
  narrow: { columns: { ...COLUMNS, member: "varchar(3)" }, fails: true },
  other_type: { columns: { ...COLUMNS, member: "int" }, fails: true },
  no_json: { from: "clinic.no_json", fails: true },
  breaks: { from: "clinic.breaking", fails: true },
};

const CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    Object.entries(BOTH).flatMap(([name, one]) => [
      [`${name}_sql`, one],
      [`${name}_stream`, { ...one, engine: "stream" as const }],
    ]),
  ),
  py_good: { map: "clean.py", code: python("return value") },
  py_raises: { map: "clean.py", code: python("raise ValueError(value)"), fails: true },
  py_key: { map: "clean.py", code: python("return {}[str(value)]"), fails: true },
  py_none: { map: "clean.py", code: python("return {value} if path else value"), fails: true },
  ts_good: { map: "clean.ts", code: script("return value;") },
  ts_throws: { map: "clean.ts", code: script("throw new TypeError(JSON.stringify(value));"), fails: true },
  ts_throws_it: { map: "clean.ts", code: script("throw path === '' ? value : JSON.stringify(value);"), fails: true },
  ts_parses: {
    map: "clean.ts",
    code: script("return JSON.parse(path ? value : 'x' + JSON.stringify(value));"),
    fails: true,
  },
  ts_names: {
    map: "clean.ts",
    code: script(
      "const all = { [value.first]: () => { throw Object.assign(new Error(value.first), { name: value.first, code: value.first }); } }; return all[value.first]();",
    ),
    fails: true,
  },
  ts_rejects: {
    map: "clean.ts",
    code: script("return Promise.reject(new Error(JSON.stringify(value)));"),
    fails: true,
  },
  ts_gone: {
    map: "clean.ts",
    code: script("process.stderr.write(JSON.stringify(value)); process.exit(1);"),
    fails: true,
  },
  lines: { from: "lines" },
  no_lines: { from: "no_lines" },
};

const definition = (
  name: string,
  { engine, from = "clinic.answers", map, columns = COLUMNS, output, top, more }: Case,
): string =>
  `kind: flatten
inputs: [{source: ${from.replace("clinic.", "")}}, {source: forms}]
${top ?? ""}
flatten:
  documents: {from: ${from}, column: document, key: id, schema_key: form, carry: {id: submission_id, member: member, made_at: made_at}}
  schema: {from: clinic.forms, column: schema, key: id}
  ${engine ? `engine: ${engine}` : ""}
  ${map ? `map: ./${name}/${map}:clean` : ""}
  ${more ?? ""}
output:
  table: out.${name}
  columns:
${Object.entries(columns)
  .map(([column, type]) => `    - {name: ${column}, type: ${type.includes("[") ? `"${type}"` : type}}\n`)
  .join("")}  ${output ?? ""}
`;

const DOCUMENT = {
  first: WORD,
  number: 77177,
  day: "1977-01-17",
  [WORD]: WORD,
  misfit: WORD,
  section: { [`${WORD}.x`]: `${WORD} 77177`, list: [WORD, [WORD], { [WORD]: WORD }] },
};
const FORM = {
  slug: WORD,
  tag: WORD,
  children: [
    { slug: "first", answerType: WORD, tag: WORD, label: { en: WORD } },
    { slug: "number", answerType: "number" },
    { slug: "day", answerType: "date" },
    { slug: "misfit", answerType: "number" },
    {
      slug: "section",
      children: [
        { slug: `${WORD}.x`, answerType: "text" },
        { slug: "list", answerType: "textArray" },
      ],
    },
  ],
};

const literal = (json: unknown) => `'${typeof json === "string" ? json : JSON.stringify(json)}'`;
const row = (id: string, form: string, document: unknown) =>
  `('${id}', '${form}', ${literal(document)}, '${WORD}', '1977-01-17 07:17:07.717177Z')`;
const TYPES = "member text, made_at timestamptz";
const SETUP = `CREATE SCHEMA clinic; CREATE SCHEMA out;
  CREATE TABLE clinic.forms (id text, schema jsonb); INSERT INTO clinic.forms VALUES ('f${WORD}', ${literal(FORM)}), ('g${WORD}', '[]');
  CREATE TABLE clinic.answers (id text, form text, document jsonb, ${TYPES});
  INSERT INTO clinic.answers VALUES ${[1, 2].map((n) => row(`${WORD}${n}`, `f${WORD}`, DOCUMENT)).join(", ")},
    ${row(`${WORD}3`, `h${WORD}`, DOCUMENT)}, ${row(`${WORD}4`, `g${WORD}`, DOCUMENT)}, ${row(`${WORD}4`, `g${WORD}`, [WORD])};
  INSERT INTO clinic.answers VALUES (NULL, '${WORD}', '"${WORD}"', NULL, NULL), ('${WORD}n', 'f${WORD}', '{"first": null}', '${WORD}', now());
  CREATE TABLE clinic.texts (id text, form text, document text, ${TYPES});
  INSERT INTO clinic.texts VALUES ${[
    '{"first": "Zanzibar',
    `{"first": "${WORD}", "first": 77177}`,
    `{"first": "${WORD}\\u0000"}`,
    `${"[".repeat(9000)}"${WORD}"`,
    WORD,
  ]
    .map((text, n) => row(`${WORD}${n}`, `f${WORD}`, text))
    .join(", ")};
  CREATE TABLE clinic.no_json (id text, form text, document bytea, ${TYPES}); INSERT INTO clinic.no_json VALUES ('${WORD}', '${WORD}', '${WORD}', '${WORD}', now());
  CREATE FUNCTION clinic.tell(id text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', id USING DETAIL = id, HINT = id; END $$;
  CREATE VIEW clinic.breaking AS SELECT id, form, document, clinic.tell(id) AS member, made_at FROM clinic.answers;`;

const line = (id: string, document: unknown) =>
  JSON.stringify({ id, form: `f${WORD}`, document, member: WORD, made_at: "1977-01-17 07:17:07.717177Z" });
const FILES: Files = {
  "ctf.yaml": `ctf: 1\nproject: hospital\npython: ${testPython()}\ndefaults: {retries: 0}\n`,
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
  "sources/s.yaml": `sources:
${["forms", "answers", "texts", "no_json", "breaking"].map((name) => `  - {name: ${name}, table: clinic.${name}}\n`).join("")}  - {name: lines, file: data/lines.ndjson, format: json_lines}
  - {name: no_lines, file: data/other.bin, format: json_lines}
`,
  "data/lines.ndjson": `${line(`${WORD}1`, DOCUMENT)}\n${WORD}\n${line("", WORD)}\n{"id": "${WORD}"\n`,
  "data/other.bin": `PK\u0003\u0004${WORD}\u0000\uFFFD 77177\n`.repeat(3),
  ...Object.fromEntries(
    Object.entries(CASES).flatMap(([name, one]) => [
      [`pipelines/p/${name}.yaml`, definition(name, one)],
      ...(one.code ? [[`pipelines/p/${name}/${one.map}`, one.code]] : []),
    ]),
  ),
};

/** Every file of .ctf but the database's own. */
const kept = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder).flatMap((name): readonly (readonly [string, string])[] => {
    const path = join(folder, name);
    if (name === "data") return [];
    return statSync(path).isDirectory() ? kept(path) : [[path, readFileSync(path, "latin1")]];
  });

test("however a flatten ends, by whichever engine and function", async () => {
  const { root } = scratchProject({});
  write(root, FILES);
  const { url, server } = await localDatabase({ root, postgres: 18, name: "hospital" });
  const client = await connect(url);
  await client.query(SETUP);

  const asJson = await runCtf(["run", "--all", "--json"], { cwd: root });
  const { result } = JSON.parse(asJson.stdout.trimEnd().split("\n").at(-1)!) as { result: RunResult };
  const ended = Object.fromEntries(result.transforms.map(({ id, status }) => [id.replace("p.", ""), status]));
  expect(ended).toEqual(
    Object.fromEntries(Object.entries(CASES).map(([name, { fails }]) => [name, fails ? "failed" : "succeeded"])),
  );
  const strange = result.transforms.flatMap(({ id, diagnostics }) =>
    diagnostics
      .filter(isError)
      .filter(({ code }) => /CTF(614|627|881|9)/.test(code))
      .map(({ code, message }) => `${id} ${code} ${message}`),
  );
  expect(strange).toEqual([]);
  const again = await (await spawnCtf(["run", "--all"], { cwd: root, env: { CTF_DEBUG: "1" } })).ended;
  expect(again.code).toBe(1);
  // The values did go through.
  expect(
    (await client.query("SELECT count(*)::int AS n FROM out.rejects_sql e WHERE e::text ~ 'Zanzibar'")).rows[0].n,
  ).toBeGreaterThan(4);

  const records: (readonly [string, string])[] = [];
  for (const { name } of (
    await client.query(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'ctf'::regnamespace AND relkind = 'r'",
    )
  ).rows) {
    records.push([`ctf.${name}`, JSON.stringify((await client.query(`SELECT * FROM ctf.${name}`)).rows, null, 1)]);
  }
  const said: readonly (readonly [string, string])[] = [
    ["--json", asJson.stdout + asJson.stderr],
    ["text", again.stdout + again.stderr],
    ["the server's log", readFileSync(server.log, "utf8")],
    ...kept(join(root, ".ctf")),
    ...records,
  ];
  const found = said.flatMap(([where, text]) =>
    text.split("\n").flatMap((one) => (secrets.test(one) ? [`${where}: ${one.slice(0, 400)}`] : [])),
  );
  expect(found).toEqual([]);
});
