/** Every type out of PostgreSQL into a function, and back: what comes back is what was there. */
import { expect, test } from "vitest";
import type { Files } from "../support/files.ts";
import { testMajors } from "../support/servers.ts";
import { problems } from "../support/warehouse.ts";
import { definitionOf, world } from "./world.ts";

const SETUP = `
  CREATE TYPE lab.plan AS ENUM ('gold', 'silver');
  CREATE DOMAIN lab.code AS text CHECK (VALUE <> 'x');
  CREATE DOMAIN lab.deep AS lab.code;
  CREATE TYPE lab.pair AS (a int, b text);
`;

/** Values by type, as SQL; each column also has a NULL. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  bool: ["true", "false"],
  int2: ["-32768", "32767"],
  int4: ["-2147483648", "2147483647"],
  int8: ["-9223372036854775808", "9223372036854775807"],
  float4: ["'NaN'", "'Infinity'", "'-Infinity'", "1.1"],
  float8: ["'NaN'", "'-Infinity'", "0.1", "1e308", "-0.0"],
  "numeric(12,2)": ["9999999999.99", "-0.01"],
  "numeric(38,10)": ["1234567890123456789012345678.0123456789"],
  "numeric(60,20)": ["1234567890123456789012345678901234567890.00000000000000000001"],
  text: ["''", "'NULL'", "E'\\\\N'", "E'tab\\there, line\\nand \\\"quote\\\" and \\\\back'", "'Größe 🙂'", "' '"],
  "varchar(10)": ["'a,b'"],
  "char(5)": ["'ab'"],
  bytea: ["'\\x00ff'", "''"],
  date: ["'0001-01-01'", "'9999-12-31'", "'2024-02-29'"],
  time: ["'23:59:59.999999'", "'00:00'"],
  timetz: ["'12:00+05:30'"],
  timestamp: ["'2024-02-29 12:34:56.789012'", "'0001-01-01 00:00'"],
  timestamptz: ["'2024-02-29 12:34:56.789012+05:30'", "'1883-11-18 12:00:00+00'"],
  interval: ["'1 year -2 months 3 days -04:05:06.789'", "'0'"],
  uuid: ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  json: [`'{"a": [1, null, "x"], "b": 1.5}'`, `'"text"'`],
  jsonb: [`'{"a": {"b": [true]}}'`, "'3'"],
  "int4[]": ["'{1,NULL,3}'", "'{}'"],
  "text[]": [`'{"a,b","c\\"d",NULL,"NULL",""}'`],
  "numeric(8,2)[]": ["'{1.50,NULL}'"],
  "date[]": ["'{2024-02-29}'"],
  int4range: ["'[1,5)'", "'empty'"],
  tstzrange: ["'[2024-01-01 00:00+00,)'"],
  int8multirange: ["'{[1,3),[5,7)}'"],
  inet: ["'10.0.0.1/8'", "'::1'"],
  cidr: ["'10.0.0.0/8'"],
  macaddr: ["'08:00:2b:01:02:03'"],
  point: ["'(1,2)'"],
  box: ["'(2,2),(1,1)'"],
  xml: ["'<a>b</a>'"],
  tsvector: ["'a:1 b:2'"],
  "bit(3)": ["'101'"],
  "lab.plan": ["'gold'"],
  "lab.code": ["'E11.9'"],
  "lab.deep": ["'E11.9'"],
  "lab.code[]": ["'{E11.9,NULL}'"],
  "lab.pair": ["'(1,\"a b\")'"],
};

const entries = Object.entries(TYPES);
const name = (n: number) => `c${n}`;
const columns = { id: "int8", ...Object.fromEntries(entries.map(([type], n) => [name(n), type])) };
const depth = Math.max(...entries.map(([, values]) => values.length));
const row = (i: number) => [
  String(i),
  ...entries.map(([type, values]) => (values[i] === undefined ? "NULL" : `CAST(${values[i]} AS ${type})`)),
];
const TABLE = `CREATE TABLE lab.values (${Object.entries(columns)
  .map(([column, type]) => `${column} ${type}`)
  .join(
    ", ",
  )}); INSERT INTO lab.values VALUES ${[...Array(depth + 1).keys()].map((i) => `(${row(i).join(", ")})`).join(", ")}`;

/** The rows whose texts are not what they were; JSON may be written with other blanks. */
const different = (table: string) =>
  Object.entries(columns)
    .map(([column, type]) => {
      const text = (of: string) => `${of}.${column}${type === "json" ? "::jsonb" : ""}::text`;
      return `SELECT '${type}' AS type, ${text("a")} AS was, ${text("b")} AS is
        FROM lab.values a FULL JOIN lab.${table} b USING (id) WHERE ${text("a")} IS DISTINCT FROM ${text("b")}`;
    })
    .join(" UNION ALL ");

const FORMS = {
  rows: "yield from values.rows()",
  dicts: "for row in values.rows():\n        yield row._asdict()",
  batches: "yield from values.batches()",
  arrow: "return values.arrow()",
  pandas: "return values.pandas()",
};

const reader = ([form, body]: [string, string]): Files => ({
  [`${form}.yaml`]: definitionOf({ columns, reads: ["values"] }).replace("lab.t", `lab.${form}`),
  [`${form}.py`]: `import ctf\n\ndef transform(values: ctf.Table):\n    ${body}\n`,
});

test.each(testMajors)("every type comes back as it was, in every form, on PostgreSQL %i", async (major) => {
  const w = await world(major, {
    code: "def transform(values):\n    return values.rows()\n",
    columns,
    reads: ["values"],
    setup: `${SETUP} ${TABLE}`,
    more: Object.assign({}, ...Object.entries(FORMS).map(reader)) as Files,
  });
  expect(problems(await w.run())).toEqual([]);
  for (const form of Object.keys(FORMS)) {
    expect([form, await w.rows(different(form))]).toEqual([form, []]);
    expect(await w.value(`SELECT count(*)::int FROM lab.${form}`)).toBe(depth + 1);
  }
});

test("rows keep arrays of several dimensions, and JSON's null is None, as NULL is", async () => {
  const w = await world(18, {
    code: "def transform(values):\n    return values.rows()\n",
    columns: { a: "int[]", j: "jsonb" },
    reads: ["values"],
    setup: `CREATE TABLE lab.values AS SELECT '{{1,2},{3,NULL}}'::int[] AS a, 'null'::jsonb AS j`,
  });
  await w.publish();
  expect(await w.rows("SELECT a::text, j FROM lab.t")).toEqual([{ a: "{{1,2},{3,NULL}}", j: null }]);
});

test.each([
  ["text", "v", 4_000],
  ["text", "v", 30_001],
  ["inet", "address", 3],
  ["inet", "address", 30_000],
])(
  "in whole columns too, rows are counted and not the lines of their texts: %s %s in row %i",
  async (type, column, row) => {
    const w = await world(18, {
      code: `import pandas

def transform():
    texts = [("one\\ntwo\\n\\nthree" if n % 3 == 0 else None if n % 7 == 0 else "plain") for n in range(1, 30_002)]
    addresses = ["10.0.0.1"] * len(texts)
    ${type === "text" ? "texts" : "addresses"}[${row} - 1] = "not\\nfitting"
    frame = pandas.DataFrame({"v": texts, "address": addresses})
    yield frame[:20_000]
    yield frame[20_000:]
`,
      columns: { v: "lab.kind", address: "inet" },
      setup: `CREATE DOMAIN lab.kind AS text CHECK (VALUE IN (E'one\ntwo\n\nthree', 'plain'))`,
    });
    const [problem] = problems(await w.run());
    expect(problem).toContain(`row ${row}, column ${column} (`);
  },
);

test("a value that does not fit is named by its row and column, and never shown", async () => {
  const refused: Readonly<Record<string, readonly [string, string]>> = {
    int4: ["3_000_000_000", "CTF610"],
    "numeric(5,2)": ["'98765432.10'", "CTF610"],
    date: ["'Wilhelmina'", "CTF610"],
    timestamptz: ["datetime.datetime(2024, 1, 1)", "CTF610"],
    bool: ["'Wilhelmina'", "CTF610"],
    inet: ["'Wilhelmina'", "CTF609"],
    "varchar(3)": ["'Wilhelmina'", "CTF6"],
    "lab.small": ["987654321", "CTF609"],
  };
  for (const [type, [value, code]] of Object.entries(refused)) {
    const w = await world(18, {
      code: `import datetime\n\ndef transform():\n    yield 1, None\n    yield 2, ${value}\n`,
      columns: { id: "int", v: type },
      setup: "CREATE DOMAIN lab.small AS int CHECK (VALUE < 10)",
    });
    const [problem, ...others] = problems(await w.run());
    expect([type, problem]).toEqual([type, expect.stringContaining(`p.t ${code}`)]);
    expect([type, problem]).toEqual([type, expect.stringContaining("row 2, column v")]);
    expect(`${problem}`).not.toMatch(/Wilhelmina|9876543|3_?000/);
    expect(others).toEqual([]);
  }
});
