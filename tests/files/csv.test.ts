import { describe, expect, test } from "vitest";
import { csv, problemsOf, read } from "./reading.ts";

const ab = { columns: ["a", "b"] };

describe("what COPY takes", () => {
  test.each([
    [
      "line ends of any kind",
      "a,b\n1,2\n3,4\n",
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    [
      "of Windows",
      "a,b\r\n1,2\r\n3,4\r\n",
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    [
      "of old Macs",
      "a,b\r1,2\r3,4\r",
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    ["no line end at the end", "a,b\n1,2", [["1", "2"]]],
    ["a byte order mark", "\uFEFFa,b\n1,2\n", [["1", "2"]]],
    ["quotes", 'a,b\n"1,2","say ""hi"""\n', [["1,2", 'say "hi"']]],
    ["a line end in quotes", 'a,b\n"1\n2",3\n', [["1\n2", "3"]]],
    ["quotes in the middle of a value", 'a,b\nx"y,z"w,1\n', [["xy,zw", "1"]]],
    ["NULL and the empty text", 'a,b\n,""\n', [[null, ""]]],
    ["blanks as they are", "a,b\n 1 ,  \n", [[" 1 ", "  "]]],
    ["only a header", "a,b\n", []],
    ["a header without a line end", "a,b", []],
  ])("%s", async (_, text, rows) => {
    expect(await read(text, csv, ab)).toMatchObject({ rows, broken: [] });
  });

  test("another delimiter, quote, escape and NULL", async () => {
    const format = { ...csv, delimiter: "|", quote: "'", escape: "\\", null: "NULL" };
    const { rows } = await read("a|b\n'it\\'s \\\\ \\n'|NULL\n'NULL'|\n", format, ab);
    expect(rows).toEqual([
      ["it's \\ \\n", null],
      ["NULL", ""],
    ]);
  });

  test("an empty line is a NULL where there is one column", async () => {
    expect(await read("a\n1\n\n2\n", csv, { columns: ["a"] })).toMatchObject({ rows: [["1"], [null], ["2"]] });
  });
});

describe("what COPY gives up at, one record is broken of", () => {
  test.each([
    [
      "too many and too few values",
      "a,b\n1,2,3\n4\n5,6\n",
      [["5", "6"]],
      ["2: 22P04 3 values where 2 are expected | 1,2,3", "3: 22P04 1 value where 2 are expected | 4"],
    ],
    [
      "an empty line",
      "a,b\n1,2\n\n3,4\n",
      [
        ["1", "2"],
        ["3", "4"],
      ],
      ["3: 22P04 1 value where 2 are expected | "],
    ],
    [
      "a trailer line",
      "a,b\n1,2\nTRAILER 1 ROWS\n",
      [["1", "2"]],
      ["3: 22P04 1 value where 2 are expected | TRAILER 1 ROWS"],
    ],
    [
      "a quote that never closes",
      'a,b\n1,"2\n3,4\n5,6\n',
      [
        ["3", "4"],
        ["5", "6"],
      ],
      ['2: 22P04 a quote that is never closed | 1,"2'],
    ],
    [
      "a quote that never closes, before well-quoted lines",
      'a,b\n1,"2\n3,"4"\n5,"6"\n',
      [
        ["3", "4"],
        ["5", "6"],
      ],
      ['2: 22P04 a quote that is never closed | 1,"2'],
    ],
    [
      "a quote that never closes in the last line",
      'a,b\n1,2\n3,"4',
      [["1", "2"]],
      ['3: 22P04 a quote that is never closed | 3,"4'],
    ],
    [
      "two stray quotes",
      'a,b\n1,5" pipe\n3,4\n6" pipe,8\n9,9\n',
      [
        ["3", "4"],
        ["9", "9"],
      ],
      [
        '2: 22P04 a quote in the middle of a value, never closed in its line | 1,5" pipe',
        '4: 22P04 a quote that is never closed | 6" pipe,8',
      ],
    ],
    [
      "a well-quoted record of several lines",
      'a,b\n"1\n2",3,4\n5,6\n',
      [["5", "6"]],
      ['2: 22P04 3 values where 2 are expected | "1\n2",3,4'],
    ],
    [
      "a lone carriage return",
      "a,b\n1,x\ry\n3,4\n",
      [["3", "4"]],
      ["2: 22P04 a carriage return outside quotes | 1,x\ry"],
    ],
    ["a zero byte", "a,b\n1,x\0y\n3,4\n", [["3", "4"]], ["2: 22021 it holds a zero byte, which no text may | 1,x\0y"]],
  ])("%s", async (_, text, rows, broken) => {
    expect(await read(text, csv, ab)).toMatchObject({ rows, broken });
  });

  test("mixed line ends are no fault", async () => {
    expect(await read("a,b\r\n1,2\n3,4\r\n", csv, ab)).toMatchObject({
      rows: [
        ["1", "2"],
        ["3", "4"],
      ],
      broken: [],
    });
  });

  test("a line's number is that of its first line in the file", async () => {
    const { lines, broken } = await read('a,b\r\n"x\r\ny",2\r\n3,4\r\nz\r\n', csv, ab);
    expect({ lines, broken }).toEqual({ lines: [2, 4], broken: ["5: 22P04 1 value where 2 are expected | z"] });
  });
});

describe("encodings", () => {
  test("bytes that are none of the encoding's break their record alone", async () => {
    const bytes = Buffer.concat([
      Buffer.from("a,b\n1,é\n2,"),
      Buffer.of(0xe9),
      Buffer.from("\n3,�\n4,"),
      Buffer.of(0xe2),
    ]);
    const { rows, broken } = await read(bytes, csv, ab);
    expect(rows).toEqual([
      ["1", "é"],
      ["3", "�"],
    ]);
    expect(broken).toEqual([
      "3: 22021 it holds bytes that are not in the file's encoding | 2,�",
      "5: 22021 it holds bytes that are not in the file's encoding | 4,�",
    ]);
  });

  test.each([
    ["LATIN1", [0xe9, 0x80], "é\u0080"],
    ["ISO-8859-1", [0xe9], "é"],
    ["LATIN9", [0xa4], "€"],
    ["LATIN5", [0xfd, 0x80], "ı\u0080"],
    ["WIN1252", [0x80, 0xe9], "€é"],
    ["windows-1251", [0xdf], "Я"],
    ["KOI8R", [0xd1], "я"],
    ["SJIS", [0x83, 0x5c], "ソ"],
    ["EUC_JP", [0xa4, 0xa2], "あ"],
    ["GB18030", [0xb0, 0xa1], "啊"],
  ])("%s", async (encoding, bytes, text) => {
    const content = Buffer.concat([Buffer.from("a,b\n1,"), Buffer.from(bytes), Buffer.from("\n")]);
    expect((await read(content, { ...csv, encoding }, ab)).rows).toEqual([["1", text]]);
  });

  test("a byte that Windows-1252 does not use", async () => {
    const content = Buffer.from("a,b\n1,\x81\n2,x\n", "latin1");
    expect(await read(content, { ...csv, encoding: "WIN1252" }, ab)).toMatchObject({
      rows: [["2", "x"]],
      broken: ["2: 22021 it holds bytes that are not in the file's encoding | 1,�"],
    });
  });

  test("an unknown one is told", async () => {
    expect(await problemsOf(read("a,b\n", { ...csv, encoding: "EBCDIC" }, ab))).toEqual([
      expect.stringContaining("CTF807 CTF can't read files in the encoding EBCDIC"),
    ]);
  });

  test("UTF-16 is told, not taken for millions of broken rows", async () => {
    expect(await problemsOf(read(Buffer.from("\uFEFFa,b\n1,2\n", "utf16le"), csv, ab))).toEqual([
      "file.txt CTF803 file.txt can't be read: it is UTF-16, which PostgreSQL does not know → Save it as UTF-8.",
    ]);
  });
});

describe("headers", () => {
  test("columns may stand anywhere, be renamed or in other letters", async () => {
    const { columns, rows } = await read("B,Member ID,c\n1,2,3\n", csv, {
      columns: ["id", "b", "c"],
      rename: { "Member ID": "id" },
    });
    expect({ columns, rows }).toEqual({ columns: ["id", "b", "c"], rows: [["2", "1", "3"]] });
  });

  test("those that PostgreSQL fills may be there or not", async () => {
    const how = { columns: ["a", "at", "b"], optional: ["at"] };
    expect(await read("a,b\n1,2\n", csv, how)).toMatchObject({ columns: ["a", "b"], rows: [["1", "2"]] });
    expect(await read("a,b,at\n1,2,3\n", csv, how)).toMatchObject({
      columns: ["a", "at", "b"],
      rows: [["1", "3", "2"]],
    });
  });

  test.each([
    [
      "lost, unknown and doubled columns",
      "a,A,secret\n1,2,3\n",
      "its column 3 is none of the output's; a comes twice; b is missing",
    ],
    ["an empty name", "a,b,\n1,2,3\n", "its column 3 is none of the output's"],
  ])("%s are told all at once", async (_, text, what) => {
    expect(await problemsOf(read(text, csv, ab))).toEqual([
      expect.stringContaining(`file.txt:1:1 CTF806 file.txt: the header does not fit s.t: ${what} →`),
    ]);
  });

  test("an empty file has none", async () => {
    for (const empty of ["", "\uFEFF"]) {
      const [problem] = await problemsOf(read(empty, csv, ab));
      expect(problem).toContain("the file is empty, without even a header");
    }
    expect(await read("", { ...csv, header: false }, ab)).toMatchObject({ rows: [], broken: [] });
  });

  test("without one, values are in the order of the columns, and nothing quotes the first line", async () => {
    const format = { ...csv, header: false };
    expect(await read("1,2\n3\n", format, ab)).toMatchObject({ lines: [1], rows: [["1", "2"]] });
    expect((await problemsOf(read("Smith,123-45-6789\n", csv, ab))).join()).not.toMatch(/Smith|123/);
  });
});

describe("long lines", () => {
  const lengths = (rows: readonly (readonly (string | null)[])[]) =>
    rows.map((row) => row.map((value) => value!.length));

  test("one of 50 MB is a row", async () => {
    const { rows } = await read(`a,b\n1,2\n4,"${"x".repeat(50_000_000)}"\n5,6\n`, csv, ab);
    expect(lengths(rows)).toEqual([
      [1, 1],
      [1, 50_000_000],
      [1, 1],
    ]);
  });

  test("one that is longer than any may be is broken, and reading goes on", async () => {
    const { rows, lines, broken } = await read(`a,b\n1,${"x".repeat(70_000_000)}\n3,4\n`, csv, ab);
    expect({ rows, lines }).toEqual({ rows: [["3", "4"]], lines: [3] });
    expect(broken.map((text) => text.slice(0, 50))).toEqual(["2: 22P04 it is longer than 64 million characters |"]);
  });
});

test("a quote that is never closed in a large file costs its own line alone", async () => {
  const good = Array.from({ length: 300_000 }, (_, n) => `${n},"b ${n}"`);
  const text = ["a,b", '0,"never', ...good, ""].join("\n");
  const { rows, broken } = await read(text, csv, ab);
  expect({ rows: rows.length, last: rows.at(-1), broken: broken.length }).toEqual({
    rows: 300_000,
    last: ["299999", "b 299999"],
    broken: 1,
  });
});
