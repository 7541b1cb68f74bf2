import { describe, expect, test } from "vitest";
import type { FixedField, FixedWidthFormat } from "../../src/project/file_formats.ts";
import { problemsOf, read } from "./reading.ts";

const format = (...fields: FixedField[]): FixedWidthFormat => ({ type: "fixed_width", fields, encoding: "UTF8" });

/** The only field's value, or what is wrong with it. */
async function value(text: string, field: Omit<FixedField, "name" | "start">): Promise<string | null | undefined> {
  const fields = format({ name: "f", start: 1, ...field }, { name: "end", start: 20 });
  const { rows, broken } = await read(`${text.padEnd(19)}.\n`, fields, { columns: ["f", "end"] });
  return broken[0] ? broken[0].slice(3, broken[0].indexOf(" |")) : rows[0]![0];
}

test("a field is cut out by characters, without the blanks behind it; the last goes to the line's end", async () => {
  const fields = format({ name: "code", start: 1, length: 5 }, { name: "title", start: 7 });
  const text = "A00   Choléra  \r\n  B1  é\r\n\r\n      Only a title\r\n\u001a";
  expect(await read(text, fields, { columns: ["title", "code"] })).toMatchObject({
    columns: ["title", "code"],
    rows: [
      ["Choléra", "A00"],
      ["é", "  B1"],
      ["Only a title", null],
    ],
    lines: [1, 2, 4],
    broken: [],
  });
});

test("a character beyond 16 bits counts as one", async () => {
  const fields = format({ name: "name", start: 1, length: 5 }, { name: "paid", start: 6, length: 4, decimals: 2 });
  const rows = [
    ["Ada𝒳", "12.50"],
    ["😀😀😀😀😀", "0.99"],
    ["😀", null],
  ];
  expect(await read("Ada𝒳 1250\n😀😀😀😀😀 099\n😀\n", fields, { columns: ["name", "paid"] })).toMatchObject({ rows });
});

describe("where the line ends early", () => {
  const fields = format(
    { name: "code", start: 1, length: 5 },
    { name: "paid", start: 7, length: 6, decimals: 2 },
    { name: "note", start: 14, length: 9 },
  );
  test.each([
    ["blanks were cut off", "A1    001250 some", ["A1", "0012.50", "some"]],
    ["with whole fields of them", "A1    001250", ["A1", "0012.50", null]],
    ["even all but the first", "A1", ["A1", null, null]],
  ])("%s", async (_, text, row) => {
    expect((await read(`${text}\n`, fields, { columns: ["code", "paid", "note"] })).rows).toEqual([row]);
  });

  test("a part of a number is no number", async () => {
    expect((await read("A1    0012\n", fields, { columns: ["code", "paid", "note"] })).broken).toEqual([
      "1: 22P04 the line ends within paid | A1    0012",
    ]);
  });
});

test.each([
  ["20240229", "YYYYMMDD", "2024-02-29"],
  ["20230229", "YYYYMMDD", "22007 f is not a date as in YYYYMMDD"],
  ["2024022", "YYYYMMDD", "22007 f is not a date as in YYYYMMDD"],
  ["02/29/2024", "MM/DD/YYYY", "2024-02-29"],
  ["02-29-2024", "MM/DD/YYYY", "22007 f is not a date as in MM/DD/YYYY"],
  ["691231", "YYMMDD", "2069-12-31"],
  ["700101", "YYMMDD", "1970-01-01"],
  ["2024366", "YYYYDDD", "2024-12-31"],
  ["2023366", "YYYYDDD", "22007 f is not a date as in YYYYDDD"],
  ["2024060", "YYYYDDD", "2024-02-29"],
  ["20240229235959", "YYYYMMDDHH24MISS", "2024-02-29 23:59:59"],
  ["202402292400", "YYYYMMDDHH24MI", "22007 f is not a date as in YYYYMMDDHH24MI"],
  ["000000", "HH24MISS", "00:00:00"],
  ["2024-02-29T01:02", "YYYY-MM-DDTHH24:MI", "2024-02-29 01:02:00"],
  ["00000000", "YYYYMMDD", null],
  ["00/00/0000", "MM/DD/YYYY", null],
  ["", "YYYYMMDD", null],
  ["99991231", "YYYYMMDD", "9999-12-31"],
])("date %j as %s is %j", async (text, date, expected) => {
  expect(await value(text, { length: 16, date })).toBe(expected);
});

test.each(["YYYYMM", "MMDD", "YYYYMMDDHH24", "DD-MON-YYYY", "YYYYYYMMDD", "YYYYDDDMM", ""])(
  "no format of a date: %j",
  async (date) => {
    expect(await problemsOf(value("x", { length: 8, date }))).toEqual([expect.stringContaining("CTF809 field f: ")]);
  },
);

test.each([
  ["001250", { decimals: 2 }, "0012.50"],
  ["-1250", { decimals: 2 }, "-12.50"],
  ["5", { decimals: 2 }, "0.05"],
  ["12.5", { decimals: 2 }, "22P02 f is not a number"],
  ["", { decimals: 2 }, null],
  ["0012{", { overpunch: true }, "00120"],
  ["0012A", { overpunch: true, decimals: 2 }, "001.21"],
  ["0012}", { overpunch: true, decimals: 2 }, "-001.20"],
  ["0012R", { overpunch: true }, "-00129"],
  ["00123", { overpunch: true }, "00123"],
  ["0012S", { overpunch: true }, "22P02 f is not a number with its sign in the last digit"],
])("number %j as %j is %j", async (text, how, expected) => {
  expect(await value(text, { length: 6, ...how })).toBe(expected);
});

test.each([
  ["Y", "true"],
  ["N", "false"],
  ["0", "false"],
  ["", null],
  ["y", "22P02 f is none of the values that stand for true and false"],
])("boolean %j is %j", async (text, expected) => {
  expect(await value(text, { length: 3, true: ["Y"], false: ["N", "0"] })).toBe(expected);
});

test("blanks can be a boolean's value", async () => {
  expect(await value("", { length: 1, true: ["X"], false: [" "] })).toBe("false");
});

test("fields have to be those of the output", async () => {
  const fields = format({ name: "a", start: 1, length: 1 }, { name: "b", start: 2 });
  expect(await problemsOf(read("12\n", fields, { columns: ["a", "c"] }))).toEqual([
    expect.stringContaining(
      "the list of its fields does not fit s.t: its column 2 is none of the output's; c is missing",
    ),
  ]);
});
