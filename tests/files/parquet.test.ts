/** Files that pyarrow wrote, as most of the world does. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { folderOf } from "../support/files.ts";
import { problemsOf, read } from "./reading.ts";

const python = join(import.meta.dirname, "..", "..", ".python", "bin", "python");
const parquet = { type: "parquet" } as const;

const IMPORTS = `import datetime as dt, decimal
import pyarrow as pa, pyarrow.parquet as pq
D = decimal.Decimal`;
const run = (program: string, cwd: string) => execFileSync(python, ["-c", program], { cwd });

/** Runs Python that makes `table`, and gives the file's bytes. */
function written(code: string, options = ""): Buffer {
  const root = folderOf({});
  run(`${IMPORTS}\n${code}\npq.write_table(table, "f.parquet"${options})`, root);
  return readFileSync(join(root, "f.parquet"));
}

const types: readonly (readonly [string, string, string, readonly (string | null)[]])[] = [
  ["int64", "[9007199254740993, -1, None]", "pa.int64()", ["9007199254740993", "-1", null]],
  ["uint64", "[18446744073709551615]", "pa.uint64()", ["18446744073709551615"]],
  ["uint32", "[4294967295]", "pa.uint32()", ["4294967295"]],
  ["int8", "[-128]", "pa.int8()", ["-128"]],
  ["boolean", "[True, False, None]", "pa.bool_()", ["true", "false", null]],
  [
    "double",
    "[0.1, float('nan'), float('inf'), float('-inf'), 1e300, -0.0]",
    "pa.float64()",
    ["0.1", "NaN", "Infinity", "-Infinity", "1e+300", "-0"],
  ],
  ["float", "[0.1, 16777216.0, 3.4028235e38]", "pa.float32()", ["0.1", "16777216", "3.4028235e+38"]],
  ["text", "['é', '', None, 'a\\tb']", "pa.string()", ["é", "", null, "a\tb"]],
  ["bytes", "[b'\\x00\\xff', b'']", "pa.binary()", ["\\x00ff", "\\x"]],
  ["decimal(5,2)", "[D('123.45'), D('-0.05'), None]", "pa.decimal128(5, 2)", ["123.45", "-0.05", null]],
  [
    "decimal(38,10)",
    "[D('1234567890123456789012345678.0123456789'), D('-1')]",
    "pa.decimal128(38, 10)",
    ["1234567890123456789012345678.0123456789", "-1.0000000000"],
  ],
  [
    "date",
    "[dt.date(2024,2,29), dt.date(1,1,1), dt.date(9999,12,31)]",
    "pa.date32()",
    ["2024-02-29", "0001-01-01", "9999-12-31"],
  ],
  ["time", "[dt.time(1,2,3,4)]", "pa.time64('us')", ["01:02:03.000004"]],
  [
    "timestamp",
    "[dt.datetime(1969,12,31,23,59,59,999999), dt.datetime(2024,1,1)]",
    "pa.timestamp('us')",
    ["1969-12-31 23:59:59.999999", "2024-01-01 00:00:00"],
  ],
  [
    "timestamp with zone",
    "[dt.datetime(2024,1,1,12,tzinfo=dt.timezone.utc)]",
    "pa.timestamp('ms', tz='Europe/Berlin')",
    ["2024-01-01 12:00:00+00"],
  ],
  ["timestamp to the nanosecond", "[1]", "pa.timestamp('ns')", ["1970-01-01 00:00:00.000000001"]],
  ["list", "[[1, None, 3], [], None]", "pa.list_(pa.int32())", ['{"1",NULL,"3"}', "{}", null]],
  ["list of texts", "[['a\"b', 'c\\\\d', '', 'NULL']]", "pa.list_(pa.string())", ['{"a\\"b","c\\\\d","","NULL"}']],
  ["list of lists", "[[[1, 2], [3, 4]]]", "pa.list_(pa.list_(pa.int32()))", ['{{"1","2"},{"3","4"}}']],
  ["list of decimals", "[[D('1.50')]]", "pa.list_(pa.decimal128(9, 2))", ['{"1.50"}']],
  [
    "struct",
    "[{'a': 1, 'b': 'x'}, {'a': None, 'b': None}, None]",
    "pa.struct([('a', pa.int64()), ('b', pa.string())])",
    ['{"a": 1, "b": "x"}', '{"a": null, "b": null}', null],
  ],
  [
    "struct with a date, a decimal and a list",
    "[{'d': dt.date(2024,1,1), 'n': D('1.10'), 'l': [True]}]",
    "pa.struct([('d', pa.date32()), ('n', pa.decimal128(9,2)), ('l', pa.list_(pa.bool_()))])",
    ['{"d": "2024-01-01", "n": 1.10, "l": [true]}'],
  ],
  ["map", "[[('k', 1), ('é', 2)], []]", "pa.map_(pa.string(), pa.int32())", ['{"k": 1, "é": 2}', "{}"]],
  ["list of structs", "[[{'a': 1}]]", "pa.list_(pa.struct([('a', pa.int64())]))", ['{"{\\"a\\": 1}"}']],
  ["dictionary", "['x', 'y', 'x', None]", "pa.dictionary(pa.int8(), pa.string())", ["x", "y", "x", null]],
];

describe("types", () => {
  let files: readonly Buffer[];
  beforeAll(() => {
    // Python takes its time to start, so it writes all of them at once.
    const folder = mkdtempSync(join(inject("testFolder"), "parquet-"));
    const tables = types.map(
      ([, values, type], n) => `pq.write_table(pa.table({"a": pa.array(${values}, ${type})}), "${n}.parquet")`,
    );
    run([IMPORTS, ...tables].join("\n"), folder);
    files = types.map((_, n) => readFileSync(join(folder, `${n}.parquet`)));
    rmSync(folder, { recursive: true });
  });

  test.each(types.map(([name, , , texts], n) => ({ name, texts, n })))("$name", async ({ texts, n }) => {
    const { rows, broken } = await read(files[n]!, parquet, { columns: ["a"] });
    expect({ texts: rows.map(([text]) => text), broken }).toEqual({ texts, broken: [] });
  });
});

test("the old kind of timestamp", async () => {
  const code = "table = pa.table({'a': pa.array([dt.datetime(2024,1,2,3,4,5,6)], pa.timestamp('us'))})";
  const bytes = written(code, ", use_deprecated_int96_timestamps=True");
  expect((await read(bytes, parquet, { columns: ["a"] })).rows).toEqual([["2024-01-02 03:04:05.000006000+00"]]);
});

describe("files", () => {
  const many = "table = pa.table({'n': list(range(50_000)), 't': [f'text {n % 7}' for n in range(50_000)]})";

  test.each(["none", "snappy", "gzip", "brotli", "zstd", "lz4"])(
    "of several row groups, packed by %s",
    async (codec) => {
      const bytes = written(many, `, compression="${codec}", row_group_size=20_000`);
      const { rows, lines, bytes: read_ } = await read(bytes, parquet, { columns: ["t", "n"] });
      expect({ count: rows.length, at: rows[45_678], line: lines[45_678], read: read_ }).toEqual({
        count: 50_000,
        at: ["text 3", "45678"],
        line: 45_679,
        read: bytes.length,
      });
    },
  );

  test("columns are matched by name, and only those wanted are read", async () => {
    const bytes = written("table = pa.table({'B': [1], 'Member': ['x']})");
    const how = { columns: ["id", "at", "b"], optional: ["at"], rename: { Member: "id" } };
    expect(await read(bytes, parquet, how)).toMatchObject({ columns: ["id", "b"], rows: [["x", "1"]] });
    expect(await problemsOf(read(bytes, parquet, { columns: ["b", "c"] }))).toEqual([
      expect.stringContaining("its schema does not fit s.t: its column 2 is none of the output's; c is missing"),
    ]);
  });

  test.each(["snappy", "gzip", "zstd", "brotli", "lz4"])("a column of NULLs alone, packed by %s", async (codec) => {
    const bytes = written("table = pa.table({'a': pa.nulls(2, pa.string()), 'b': [1, 2]})", `, compression='${codec}'`);
    expect((await read(bytes, parquet, { columns: ["a", "b"] })).rows).toEqual([
      [null, "1"],
      [null, "2"],
    ]);
  });

  test("a text that PostgreSQL can't store breaks its row alone", async () => {
    const { rows, broken } = await read(written("table = pa.table({'a': ['x\\0y', 'z']})"), parquet, {
      columns: ["a"],
    });
    expect({ rows, broken }).toEqual({
      rows: [["z"]],
      broken: ['1: 22021 it holds a zero byte, which no text may | {"a":"x\\u0000y"}'],
    });
  });

  test.each([
    ["no Parquet", () => Buffer.from("a,b\n1,2\n")],
    ["nothing", () => Buffer.alloc(0)],
    ["cut short", () => written(many).subarray(0, 5000)],
    ["damaged", () => Buffer.concat([written(many).subarray(0, -300), Buffer.alloc(292, 0x55), Buffer.from("PAR1")])],
  ])("%s", async (_, content) => {
    expect(await problemsOf(read(content(), parquet, { columns: ["n", "t"], name: "f.parquet" }))).toEqual([
      expect.stringContaining("CTF803 f.parquet can't be read: it is not Parquet, damaged, or of a kind"),
    ]);
  });
});
