import { describe, expect, test } from "vitest";
import { ago, bytes, count, counted, duration } from "../../src/cli/terminal/numbers.ts";
import { fit, fitList, pad, styleFor, widthOf } from "../../src/cli/terminal/style.ts";
import { table } from "../../src/cli/terminal/table.ts";

const { red, bold } = styleFor(true);

describe("widths", () => {
  test.each([
    ["abc", 3],
    ["", 0],
    [red("abc"), 3],
    ["é", 1],
    ["e\u0301", 1],
    ["表", 2],
    ["✓ 3 h ago", 9],
  ])("of %j is %i", (text, width) => expect(widthOf(text)).toBe(width));

  test.each([
    ["member_months", 20, "member_months"],
    ["member_months", 8, "member_…"],
    ["表表表", 4, "表…"],
    ["abc", 0, ""],
    [red("abcdef"), 4, "\x1b[31mabc…\x1b[0m"],
  ])("%j fits %i as %j", (text, width, expected) => expect(fit(text, width)).toBe(expected));

  test.each([
    [["a", "b", "c"], 7, "a, b, c"],
    [["alpha", "beta", "gamma"], 15, "alpha, beta +1"],
    [["alpha", "beta", "gamma"], 9, "alpha +2"],
    [["alphabet", "beta", "gamma"], 8, "alph… +2"],
    [["alphabet"], 5, "alph…"],
    [[], 5, ""],
  ])("%j fits %i as %j", (items, width, expected) => expect(fitList(items, width)).toBe(expected));

  test("pad counts cells", () => expect(pad(red("表"), 4)).toBe(`${red("表")}  `));
});

describe("tables", () => {
  const columns = [
    { title: "name", min: 6 },
    { title: "n", right: true },
    { title: "inputs", min: 8 },
  ];
  const rows = [
    ["a_long_name_of_a_transform", "12", ["one", "two", "three", "four"]],
    [bold("short"), "3", []],
  ];

  test("without a width nothing is shortened", () => {
    expect(table(columns, rows, styleFor(false))).toEqual([
      "NAME                         N  INPUTS",
      "a_long_name_of_a_transform  12  one, two, three, four",
      `${bold("short")}                        3`,
    ]);
  });

  test.each([40, 30, 20, 10])("every line fits %i cells", (width) => {
    for (const line of table(columns, rows, styleFor(false), width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  test("columns may need a wider terminal", () => {
    const some = [{ title: "a" }, { title: "b", from: 50 }];
    expect(table(some, [["1", "2"]], styleFor(false), 49)).toEqual(["A", "1"]);
    expect(table(some, [["1", "2"]], styleFor(false), 50)).toEqual(["A  B", "1  2"]);
    expect(table(some, [["1", "2"]], styleFor(false))).toEqual(["A  B", "1  2"]);
  });

  test("what is shortened says how much is missing", () => {
    expect(table(columns, rows, styleFor(false), 34)[1]).toBe("a_long_name…  12  one, two +2");
  });
});

describe("numbers", () => {
  test.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [12_345_678, "12,345,678"],
  ])("%i is %s", (n, text) => expect(count(n)).toBe(text));

  test("of things", () => expect([counted(1, "row"), counted(2, "row")]).toEqual(["1 row", "2 rows"]));

  test.each([
    [0.04, "0.0 s"],
    [9.94, "9.9 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1 min"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
    [7200, "2 h"],
  ])("%d s is %s", (seconds, text) => expect(duration(seconds)).toBe(text));

  test.each([
    [5, "just now"],
    [65, "1 min ago"],
    [7300, "2 h ago"],
    [90_000, "1 d ago"],
    [-5, "just now"],
  ])("%i s before is %s", (seconds, text) => {
    const now = new Date("2026-03-01T06:00:00Z");
    expect(ago(new Date(now.getTime() - seconds * 1000), now)).toBe(text);
  });

  test.each([
    [999, "999 B"],
    [1500, "1.5 kB"],
    [2_000_000, "2.0 MB"],
  ])("%i bytes are %s", (n, text) => expect(bytes(n)).toBe(text));
});
