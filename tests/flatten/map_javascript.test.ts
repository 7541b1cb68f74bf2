/** A TypeScript or JavaScript function that maps each node of a document before it is flattened. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { processIdentity } from "../../src/warehouse/embedded/process.ts";
import { spawnCtf } from "../support/cli.ts";
import { lines, type Files } from "../support/files.ts";
import { until } from "../support/warehouse.ts";
import { definition, eventsOf, expectCounts, flatten, rejectsOf, type Flatten } from "./support.ts";

const form = {
  slug: "f",
  children: [
    { slug: "name", answerType: "text" },
    { slug: "weight", answerType: "number" },
    { slug: "home", children: [{ slug: "city", answerType: "text" }] },
    { slug: "days", answerType: "textArray" },
  ],
};

const mapping = (code: string, documents: Flatten["documents"], { file = "clean.ts", more = {} as Files } = {}) =>
  flatten({
    schemas: { f: form },
    documents,
    more: `map: ./${file}:clean`,
    json: "text",
    files: { [file]: code, ...more },
  });

test("it gets every value with its path, from the top down, and what it gives is flattened", async () => {
  const w = await mapping(
    `import type { JsonValue } from "clover-ctf/nested";
import { trimmed } from "./text.ts";

export function clean(path: string, value: JsonValue): JsonValue {
  if (path === "") return { ...(value as Record<string, JsonValue>), home: { city: (value as any).home } };
  if (path === "weight") return typeof value === "number" ? value * 2 : value;
  return typeof value === "string" ? trimmed(value) : value;
}
`,
    [
      ["f", { name: " Ada ", weight: 1.5, home: " Newark\n", days: [" mon", null] }],
      ["f", "{no json"],
      ["f", { name: 'tab\there \\ quote"', weight: "x", home: "" }],
    ],
    { more: { "text.ts": "export const trimmed = (text: string): string => text.trim();\n" } },
  );
  const result = await w.publish();
  expect(await eventsOf(w)).toEqual([
    "1 days[1] = mon (textArray)",
    "1 days[2] = null (textArray)",
    "1 home.city = Newark (text)",
    "1 name = Ada (text)",
    "1 weight = 3 (number)",
    "3 home.city =  (text)",
    '3 name = tab\there \\ quote" (text)',
  ]);
  expect(await rejectsOf(w)).toEqual(["2 - malformed | {no json", '3 weight misfit | "x"']);
  expectCounts(result, { read: 9, rows: 7, rejected: 2, ignored: 0 });
});

const shouting: Files = {
  "./node_modules/shouting/package.json": '{"name": "shouting", "type": "module", "exports": "./index.js"}',
  "./node_modules/shouting/index.js": "export default (text) => text.toUpperCase();\n",
};

test.each<[what: string, file: string, code: string, more?: Files]>([
  ["JavaScript", "clean.mjs", "export const clean = (path, value) => (path ? value.toUpperCase() : value);"],
  [
    "a .js that exports",
    "clean.js",
    "export function clean(path, value) { return path ? value.toUpperCase() : value; }",
  ],
  [
    "CommonJS, with a file beside it",
    "clean.js",
    "exports.clean = (path, value) => (path ? require('./up').up(value) : value);",
    { "up.js": "exports.up = (text) => text.toUpperCase();" },
  ],
  [
    "a package",
    "clean.ts",
    "import up from 'shouting';\nexport const clean = (path: string, value: any) => (path ? up(value) : value);",
    shouting,
  ],
  [
    "CTF's own library",
    "clean.mts",
    `import { mapNested } from "clover-ctf/nested";
export function clean(path: string, value: any): any {
  const names = mapNested(value, () => ["ADA"], () => []);
  return path ? [...names][0] : value;
}`,
  ],
])("%s", async (_, file, code, more = {}) => {
  const w = await mapping(code, [["f", { name: "ada" }]], { file, more });
  await w.publish();
  expect(await eventsOf(w)).toEqual(["1 name = ADA (text)"]);
});

test("documents without number, in their order", async () => {
  const w = await mapping("export const clean = (path: string, value: unknown) => value;", []);
  await w.client.query(`INSERT INTO clinic.form_responses (id, form_id, responses)
    SELECT i, 'f', pg_catalog.jsonb_build_object('name', pg_catalog.repeat('n', i % 300), 'weight', i) FROM pg_catalog.generate_series(1, 9000) i`);
  await w.publish();
  expect(
    await w.rows(
      "SELECT count(*) AS n FROM dwh.response_events WHERE schema_path = 'weight' AND value = submission_id::text",
    ),
  ).toEqual([{ n: 9000 }]);
});

test("each call begins anew, whatever the one before has left behind", async () => {
  const counting = `import { count } from "./count.ts";
import shared from "shared";
let own = 0;
export const clean = (path: string, value: any) => {
  if (path !== "name") return value;
  const left = ((globalThis as { left?: unknown[] }).left ??= []);
  left.push(value);
  return [++own, count(), ++shared.count, left.length].join();
};
`;
  const w = await mapping(counting, [["f", { name: "ada" }]], {
    more: {
      "count.ts": "let n = 0;\nexport const count = (): number => ++n;\n",
      "./node_modules/shared/package.json": '{"name": "shared", "type": "module", "exports": "./index.js"}',
      "./node_modules/shared/index.js": "export default { count: 0 };\n",
      "again.yaml": definition({ more: "map: ./clean.ts:clean" }).replace("dwh.response_events", "dwh.again"),
    },
  });
  await w.publish({ concurrency: 1 });
  expect(await w.rows("SELECT value FROM dwh.response_events UNION ALL SELECT value FROM dwh.again")).toEqual([
    { value: "1,1,1,1" },
    { value: "1,1,1,1" },
  ]);
});

const THROWS = "export function clean(path: string, value: any) {\n  const é = 1; return value.first.second;\n}\n";
const FAILURES: Readonly<Record<string, readonly [code: string, told: string, more?: Files]>> = {
  "what it throws, where": [THROWS, "clean.ts:2:35 CTF620 TypeError in clean()"],
  "what a file that it imports throws": [
    'import { first } from "./first.ts";\nexport const clean = (path: string, value: any) => first(value);\n',
    "first.ts:1:55 CTF620 TypeError in first()",
    { "first.ts": "export const first = (value: any) => [value.name.last.first];\n" },
  ],
  "what it throws while it is loaded": ["const a = JSON.parse('Lovelace');\n", "clean.ts:1:16 CTF620 SyntaxError"],
  "a thing that is no error": [
    "export const clean = (path: string, value: any) => {\n  throw value.name;\n};\n",
    "clean.ts:1:14 CTF620 thrown string in clean()",
  ],
  "what can't be read": [
    "export function clean(path: string, value: any) {\n  return value +;\n}\n",
    "clean.ts:2:17 CTF621 Expression expected",
  ],
  "what can't be read, in JavaScript that it imports": [
    'import { a } from "./a.mjs";\nexport const clean = a;\n',
    "a.mjs:1:21 CTF621 Expression expected",
    { "a.mjs": "export const a = 1 +;\n" },
  ],
  "TypeScript that is more than types": [
    "export enum A { b }\n",
    "clean.ts:1:8 CTF621 TypeScript enum is not supported in strip-only mode",
  ],
  "a name that is not exported": [
    'import { nope } from "./a.mjs";\n',
    "clean.ts:1:10 CTF621 ./a.mjs exports no nope",
    { "a.mjs": "export const a = 1;\n" },
  ],
  "a package that is not there": [
    'import "./a.mjs";\nimport cut from "lodash-es/cut.js";\nexport const clean = cut;\n',
    'clean.ts:2:17 CTF622 the package lodash-es/cut.js is not installed → Type "npm install lodash-es" in the project\'s folder.',
    { "a.mjs": "export const a = 1;\n" },
  ],
  "a file that is not there": [
    'import { a } from "./a";\nexport const clean = a;\n',
    'clean.ts:1:19 CTF622 there is no file ./a → Files are named with their ending: "./helper.ts".',
    { "a.ts": "export const a = 1;\n" },
  ],
  "its name": [
    "export const clear = (path: string, value: any) => value;\n",
    "clean.ts:1:1 CTF623 the file exports no function clean → write: export function clean(path, value) {",
  ],
  "what it takes": [
    "\nexport const clean = (value: any) => value;\n",
    "clean.ts:2:14 CTF623 clean does not take a path and a value → write: export function clean(path, value) {",
  ],
  "a promise": [
    "export async function clean(path: string, value: any) {\n  return value;\n}\n",
    "clean.ts:1:23 CTF623 clean has to return a value",
  ],
  "no value": [
    "export function clean(path: string, value: any) {\n  if (path === '') return value;\n}\n",
    "clean.ts:1:1 CTF624 row 1, column document: what clean gave can't be stored: undefined has no form in JSON",
  ],
  "a value that is none": [
    "export const clean = (path: string, value: any) => (path ? new Date() : value);\n",
    "clean.ts:1:1 CTF624 row 1, column document: what clean gave can't be stored: what is no plain object",
  ],
  "ever more": [
    "export const clean = (path: string, value: any) => ({ value });\n",
    "clean.ts:1:1 CTF623 what clean gives has more than 1,200 levels",
  ],
  "the end of the process": [
    "process.exit(3);\n",
    "clean.ts:1:1 CTF625 the Node.js process ended by itself with exit code 3 in the middle of the call",
  ],
  "being killed from outside": [
    "process.kill(process.pid, 'SIGKILL');\n",
    "clean.ts:1:1 CTF625 the Node.js process was ended from outside by SIGKILL in the middle of the call",
  ],
};

test("a failure is told at its place, and holds no value", async () => {
  const w = await mapping("export const clean = (path: string, value: any) => value;\n", [["f", { name: "Lovelace" }]]);
  const names = Object.keys(FAILURES);
  names.forEach((what, n) => {
    const [code, , more = {}] = FAILURES[what]!;
    const folder = `pipelines/p${n}`;
    w.write({
      [`${folder}/pipeline.yaml`]: "description: P\nowners: [us]\n",
      [`${folder}/t.yaml`]: definition({ more: "map: ./clean.ts:clean" }).replaceAll("response_events", `events_${n}`),
      [`${folder}/clean.ts`]: code,
      ...Object.fromEntries(Object.entries(more).map(([file, text]) => [`${folder}/${file}`, text])),
    });
  });
  const result = await w.run();
  const said = Object.fromEntries(
    result.transforms.flatMap(({ id, diagnostics }) => {
      const what = names[Number(/^p(\d+)\./.exec(id)?.[1] ?? -1)];
      return what === undefined ? [] : [[what, lines(diagnostics)[0]?.replace(/^pipelines\/p\d+\//, "")]];
    }),
  );
  for (const [what, [, told]] of Object.entries(FAILURES)) expect(said[what]?.slice(0, told.length), what).toBe(told);
  expect(JSON.stringify(result)).not.toContain("Lovelace");
  expect(await w.value("SELECT count(*) FROM pg_class WHERE relname ~ '^events_'")).toBe(0);
});

const PRINTS = `import { execSync } from "node:child_process";
export function clean(path: string, value: any) {
  console.log("saw", value.name);
  process.stderr.write("half a line, ");
  console.error(value.name);
  execSync("echo $SECRET >&2; env >> seen", { stdio: "inherit", env: process.env });
  return path === "" ? {} : value;
}
`;

test("what it prints is told without its words, and it has no way to the data", async () => {
  const w = await mapping(PRINTS, [["f", { name: "Lovelace" }]]);
  const env = { WAREHOUSE_URL: w.url, PGPASSWORD: "pass", AWS_SECRET_ACCESS_KEY: "key", SECRET: "Featherstonehaugh" };
  const { code, stdout, stderr } = await (await spawnCtf(["run", "--all"], { cwd: w.root, env })).ended;
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("p.t  clean.ts:3 printed a line (12 characters)");
  expect(stderr).toContain("p.t  clean.ts:5 printed a line (21 characters)");
  expect(stderr).toContain("p.t  printed a line (17 characters)");
  expect(stdout + stderr).not.toMatch(/Lovelace|Featherstonehaugh/);
  const seen = readFileSync(join(w.root, "seen"), "utf8");
  expect(seen).toContain("SECRET=");
  expect(seen).not.toMatch(/^(WAREHOUSE_URL|PG|AWS_)/m);
});

test.each(["SIGKILL", "SIGINT"] as const)(
  "ctf ended by %s in the middle of a call: what it started goes with it, and its socket",
  async (signal) => {
    const w = await mapping(
      `import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
export function clean(path: string, value: unknown) {
  writeFileSync("pids", [process.pid, spawn("sleep", ["600"], { stdio: "ignore" }).pid].join(" "));
  writeFileSync("begun", "");
  for (;;);
}
`,
      [["f", { name: "Ada" }]],
    );
    const temporary = join(w.root, "tmp");
    mkdirSync(temporary);
    const ctf = await spawnCtf(["run", "--all"], { cwd: w.root, env: { WAREHOUSE_URL: w.url, TMPDIR: temporary } });
    await until(() => existsSync(join(w.root, "begun")), "that the function runs");
    const pids = readFileSync(join(w.root, "pids"), "utf8").split(" ").map(Number);
    expect(readdirSync(temporary)).toHaveLength(1);
    ctf.child.kill(signal);
    await ctf.ended;
    for (const pid of pids) await until(() => processIdentity(pid) === undefined, `that ${pid} is gone`);
    expect(readdirSync(temporary)).toEqual([]);
  },
);
