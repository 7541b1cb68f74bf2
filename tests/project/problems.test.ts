/** What people get told: one definition with a mistake, and the lines that come of it. */
import { describe, expect, test } from "vitest";
import { check, lines } from "../support/files.ts";

const FILE = "pipelines/claims/paid.yaml";
const SQL = { "pipelines/claims/paid.sql": "SELECT 1::bigint AS claim_id\n" };

/** The problems of one definition, without its file's name. */
async function problemsOf(text: string | Uint8Array): Promise<readonly string[]> {
  const { diagnostics } = await check({ ...SQL, [FILE]: text });
  return lines(diagnostics).map((line) => line.replace(`${FILE}:`, ""));
}

const HEAD = "kind: create_table_as\n";
const OUTPUT = "output:\n  table: claims.paid\n  columns: [{name: claim_id, type: bigint}]\n";

describe("YAML that is none", () => {
  test.each<[string, string, string]>([
    [
      "a colon in a value",
      "kind: no_op\ndescription: Paid: all of them\n",
      "2:14 CTF003 a value with a colon and a space in it must be in quotes → Put it in quotes.",
    ],
    [
      "a tab",
      "kind: no_op\n\toutput: x\n",
      "2:1 CTF003 a tab indents this line; YAML takes spaces only → Replace the tabs with spaces, two for each level.",
    ],
    [
      "an open brace",
      "kind: no_op\noutput: {table: a.b, columns: [{name: x}]\nretries: 1\n",
      "2:9 CTF003 { is opened here and never closed → Close it with }.",
    ],
    [
      "a bracket that is closed at the beginning of a line",
      "kind: no_op\noutput:\n  table: a.b\ninputs: [\n  {source: a}, # one\n]\n",
      "6:1 CTF003 this ] stands too far to the left for the [ that it closes → Indent it by two spaces.",
    ],
    [
      "an open quote",
      'kind: no_op\noutput:\n  table: "a.b\n',
      '3:10 CTF003 a quote (") is opened here and never closed → Close it at the end of the value.',
    ],
    [
      "no colon",
      "kind no_op\noutput: {table: a.d}\n",
      "1:1 CTF003 a line has no key with a colon after it → Write it as KEY: VALUE, with a space after the colon.",
    ],
    [
      "an at sign",
      "kind: no_op\noutput: {table: a.b}\ndescription: @x\n",
      "3:14 CTF003 a value can't begin with @ unless it is in quotes → Put it in quotes.",
    ],
    [
      "an apostrophe in single quotes",
      "kind: no_op\ndescription: 'it's'\n",
      "2:14 CTF003 something stands after the closing quote of this value → A quote within a value in single quotes is written twice: 'it''s'.",
    ],
    [
      "bad indentation",
      "kind: no_op\noutput:\n  table: a.b\n retries: 2\n",
      "4:2 CTF003 this line does not fit to those above it → Keys that belong together begin in the same column, and what is within one is indented by two spaces. Look at the line before it, too.",
    ],
    [
      "a second document",
      "kind: no_op\n---\nkind: sql\n",
      "2:1 CTF004 a second document begins here; a file has one → Put what follows into a file of its own, or remove the line.",
    ],
    [
      "an alias",
      "kind: no_op\noutput: {table: a.d}\nowners: *team\n",
      `3:9 CTF004 an alias (*) stands here; CTF's files do without → Write the value out. Text that begins with * needs quotes: "*".`,
    ],
    [
      "a tag",
      "kind: !!str no_op\n",
      "1:7 CTF004 a tag (!) stands here; CTF's files do without → Remove it. Text that begins with ! needs quotes.",
    ],
  ])("%s", async (_, text, line) => {
    expect(await problemsOf(text)).toEqual([line]);
  });

  test("columns count code points, not bytes or UTF-16 units", async () => {
    expect(await problemsOf("kind: no_op\noutput: {table: a.e, description: 日本😀, tabel: x}\n")).toEqual([
      '2:40 CTF101 unknown key "tabel" in "output" → Did you mean "table"?',
    ]);
  });

  test("bytes that are not UTF-8", async () => {
    expect(await problemsOf(Buffer.from("kind: no_op\ndescription: caf\xe9 au lait\n", "latin1"))).toEqual([
      "2:17 CTF001 the file is not UTF-8: a byte does not fit here → Save the file again as UTF-8.",
    ]);
  });

  test("a byte order mark and Windows line ends are no problem, and do not move columns", async () => {
    expect(await problemsOf(`\uFEFF${HEAD}${OUTPUT}`.replaceAll("\n", "\r\n"))).toEqual([]);
    expect(await problemsOf(`\uFEFFknid: no_op\r\nkind: no_op\r\noutput: {table: a.b}\r\n`)).toEqual([
      '1:1 CTF101 unknown key "knid" → Did you mean "kind"?',
    ]);
  });
});

describe("commas without quotes", () => {
  test("numeric(12,2) in braces is one problem, and the rest of the line is still judged", async () => {
    const { diagnostics } = await check({
      ...SQL,
      [FILE]: `${HEAD}output:\n  table: claims.paid\n  columns: [{name: amount, type: numeric(12,2), phi: yes}]\n`,
    });
    expect(lines(diagnostics)).toEqual([
      `${FILE}:4:34 CTF007 put "numeric(12,2)" in quotes: within {…} or […], YAML ends a value at its first comma`,
      `${FILE}:4:54 CTF103 "phi" must be true or false, not "yes" → Write true.`,
    ]);
    expect(diagnostics[0]!.fix).toEqual([
      {
        span: { file: FILE, start: { line: 4, column: 34 }, end: { line: 4, column: 47 } },
        text: '"numeric(12,2)"',
      },
    ]);
  });

  test.each([
    [
      "columns: [{name: a, type: text}]\n  constraints: [{name: c, check: a in ('x', 'y')}]",
      `5:34 CTF007 put "a in ('x', 'y')" in quotes`,
    ],
    [
      "columns: [{name: a, type: text}]\n  indexes: [{columns: [{expression: coalesce(a, b, lower(c))}]}]",
      '5:37 CTF007 put "coalesce(a, b, lower(c))" in quotes',
    ],
    ["columns: [{name: a, type: text, default: nullif(a, b)}]", '4:44 CTF007 put "nullif(a, b)" in quotes'],
  ])("%s", async (rest, start) => {
    const found = await problemsOf(`${HEAD}output:\n  table: claims.paid\n  ${rest}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]!.startsWith(start), found[0]).toBe(true);
  });
});

describe("definitions", () => {
  test.each<[string, string, readonly string[]]>([
    [
      "no kind",
      OUTPUT,
      [
        '1:1 CTF102 "kind" is missing → Add "kind:" – one of create_table_as, upsert, sql, load, flatten, python, no_op.',
      ],
    ],
    [
      "an unknown kind, and something else",
      `kind: creat_table_as\nretries: x\n${OUTPUT}`,
      [
        '1:7 CTF105 there is no kind "creat_table_as" → Did you mean create_table_as?',
        '2:10 CTF103 "retries" must be a number, not "x"',
      ],
    ],
    ["a list", "- kind: sql\n", ["1:3 CTF103 a definition must be keys with values, not a list"]],
    ["no output", HEAD, ['1:1 CTF111 the definition has no output → Add "output:" with a table.']],
    [
      "grants in the wrong place",
      `${HEAD}grants: {a: [select]}\n${OUTPUT}`,
      ['2:1 CTF101 unknown key "grants" → It belongs to the output: move it under "output:".'],
    ],
    [
      "one owner without brackets",
      `${HEAD}owners: me@clover.example\n${OUTPUT}`,
      ['2:9 CTF103 "owners" must be a list, not "me@clover.example" → A list of one is written [me@clover.example].'],
    ],
    [
      "nothing after a key",
      `${HEAD}description:\n${OUTPUT}`,
      ['2:1 CTF103 "description" is empty; it must be text → Write a value, or remove the key.'],
    ],
    [
      "a duration without its unit",
      `${HEAD}timeout: 30\n${OUTPUT}`,
      ['2:10 CTF104 "timeout" must be a whole number and a unit (ms, s, m, h or d), such as 90s, 10m or 2h, not 30'],
    ],
    [
      "a name that would be cut off",
      `${HEAD}${OUTPUT}  indexes: [{columns: [claim_id], name: ${"x".repeat(64)}}]\n`,
      [`5:41 CTF107 "${"x".repeat(64)}" has 64 bytes; PostgreSQL would cut it off after 63 → Shorten it by 1 or more.`],
    ],
    [
      "a table without its schema",
      `${HEAD}output: {table: paid, columns: [{name: a, type: text}]}\n`,
      ['2:17 CTF108 "table" has no schema: paid → Write schema.paid, with the schema that it belongs to.'],
    ],
    [
      "serial",
      `${HEAD}output: {table: claims.paid, columns: [{name: a, type: bigserial}]}\n`,
      ["2:56 CTF104 bigserial is not a type but a way to number rows → Write type: bigint and identity: always."],
    ],
    [
      "a merge key",
      `${HEAD}<<: {retries: 1}\n${OUTPUT}`,
      ["2:1 CTF101 merge keys (<<) are not part of CTF's YAML → Write the keys out."],
    ],
    [
      "a key named like what all objects have",
      `${HEAD}__proto__: {retries: 1}\nconstructor: 1\n${OUTPUT}`,
      [
        '2:1 CTF101 unknown key "__proto__" → Remove it, or look in docs/formats for what can stand here.',
        '3:1 CTF101 unknown key "constructor" → Remove it, or look in docs/formats for what can stand here.',
      ],
    ],
    [
      "a monitor that can't be met",
      `${HEAD}${OUTPUT}monitors: [{row_count: {min: 5, max: 2}}]\n`,
      ['5:38 CTF104 "max" (2) is less than "min" (5) → Swap them.'],
    ],
  ])("%s", async (_, text, expected) => {
    expect(await problemsOf(text)).toEqual(expected);
  });

  test("everything that is wrong comes in one go", async () => {
    const text = `kind: create_table_as
desciption: What was paid
sql: piad.sql
inputs:
  - transform: paid
  - source: dayz
output:
  table: claims.paid
  columns:
    - {name: claim_id, type: bigint}
    - {name: claim_id, type: text}
  primary_key: [claim]
`;
    expect(await problemsOf(text)).toEqual([
      '2:1 CTF101 unknown key "desciption" → Did you mean "description"?',
      '3:6 CTF011 pipelines/claims/piad.sql is not there → There is pipelines/claims/paid.sql: rename it, or write "sql: paid.sql".',
      "5:16 CTF205 claims.paid names itself among its inputs → Remove the input: a transform of kind create_table_as is built anew each time.",
      '6:13 CTF201 there is no source "dayz" → Declare it in sources/, or correct the name.',
      '11:14 CTF109 column "claim_id" is named twice → Remove one, or correct its name.',
      '12:17 CTF110 column "claim" is not among the output\'s columns → Did you mean claim_id?',
    ]);
  });
});

describe("ctf.yaml, pipeline.yaml and sources", () => {
  test.each<[string, string, readonly string[]]>([
    ["ctf.yaml", "ctf: 2\nproject: x\n", ['ctf.yaml:1:6 CTF104 "ctf" must be 1, not 2']],
    [
      "ctf.yaml",
      "ctf: 1\nproject: x\ntargets: {dev: {embeded: true}}\n",
      ['ctf.yaml:3:17 CTF101 unknown key "embeded" in "dev" → Did you mean "embedded"?'],
    ],
    [
      "ctf.yaml",
      'ctf: 1\nproject: x\ntargets: {prod: {url_env: "postgres://u:p@h/d"}}\n',
      [
        'ctf.yaml:3:27 CTF104 "url_env" must be the name of an environment variable, such as WAREHOUSE_URL; never the URL itself, not "postgres://u:p@h/d"',
      ],
    ],
    [
      "ctf.yaml",
      "ctf: 1\nproject: x\ntargets: {a: {url_env: A}, b: {url_env: B}}\n",
      [
        'ctf.yaml:3:1 CTF104 there are several targets, and nothing says which is the default → Add "default_target: a".',
      ],
    ],
    [
      "ctf.yaml",
      "ctf: 1\nproject: x\nvars: {Run-Date: {type: date}}\n",
      [
        'ctf.yaml:3:8 CTF108 "Run-Date" can\'t be the name of a variable → Use small letters, digits and _, beginning with a letter: SQL reads it as ctf.NAME.',
      ],
    ],
    [
      "pipelines/claims/pipeline.yaml",
      'schedule: "@daily"\nonwers: [a]\n',
      [
        'pipelines/claims/pipeline.yaml:1:11 CTF106 the schedule can\'t be followed: @daily is a shorthand; CTF takes the five fields themselves → Write minute, hour, day of month, month, day of week: "0 6 * * *" is daily at 6:00.',
        'pipelines/claims/pipeline.yaml:2:1 CTF101 unknown key "onwers" → Did you mean "owners"?',
      ],
    ],
    [
      "sources/raw.yaml",
      "sources:\n  - {name: a, table: raw.a, file: a.csv}\n  - {name: b}\n  - {name: c, table: raw.c, header: true}\n",
      [
        'sources/raw.yaml:2:29 CTF112 source "a" has "table" and "file" → Give it one of "table:", "file:" or "files:".',
        'sources/raw.yaml:3:5 CTF104 source "b" does not say where it is → Give it one of "table:", "file:" or "files:".',
        'sources/raw.yaml:4:29 CTF112 "header" says how a file is read, but source "c" is a table → Remove it.',
      ],
    ],
  ])("%s: %j", async (file, text, expected) => {
    const { diagnostics } = await check({ [file]: text });
    expect(lines(diagnostics)).toEqual(expected);
  });
});

describe("what is broken has no follow-up errors", () => {
  const reader = "kind: no_op\ninputs:\n  - transform: raw\n  - source: days\noutput: {table: claims.paid}\n";

  test("readers of a broken transform and of a broken sources file", async () => {
    const { diagnostics, project } = await check({
      "pipelines/claims/raw.yaml": "kind: no_op\noutput: {table: raw}\n",
      "sources/raw.yaml": "sources:\n  - {name: days, tabel: raw.days}\n",
      [FILE]: reader,
    });
    expect(diagnostics.map((d) => `${d.span?.file} ${d.code}`)).toEqual([
      "pipelines/claims/raw.yaml CTF108",
      "sources/raw.yaml CTF101",
    ]);
    expect(project.transforms.map((t) => t.id)).toEqual(["claims.paid"]);
  });

  test("transforms of a broken pipeline", async () => {
    const { diagnostics, project } = await check({
      "pipelines/claims/pipeline.yaml": "defaults: {retries: many}\n",
      "pipelines/claims/raw.yaml": "kind: no_op\noutput: {table: claims.raw}\n",
      "sources/raw.yaml": "sources:\n  - {name: days, table: raw.days}\n",
      [FILE]: reader,
    });
    expect(diagnostics.map((d) => d.code)).toEqual(["CTF103"]);
    expect(project.pipelines).toEqual([]);
    expect(project.transforms).toEqual([]);
  });
});
