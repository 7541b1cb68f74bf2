import fc from "fast-check";
import { expect, test } from "vitest";
import { members } from "../../src/files/formats/json_lines.ts";
import { problemsOf, read } from "./reading.ts";

const json = { type: "json_lines" } as const;

test("each line is an object; what it lacks is NULL, blank lines are none", async () => {
  const text = '\uFEFF{"b": "x", "a": 1}\r\n\n  {"a": null}\n{}\n';
  expect(await read(text, json, { columns: ["a", "b"] })).toMatchObject({
    rows: [
      ["1", "x"],
      [null, null],
      [null, null],
    ],
    lines: [1, 3, 4],
  });
});

test.each([
  ["12345678901234567890", "12345678901234567890"],
  ["1.10", "1.10"],
  ["-0", "-0"],
  ["1e400", "1e400"],
  ["true", "true"],
  ['"1.10"', "1.10"],
  ['""', ""],
  ['"\\u00e9\\n\\"\\ud83d\\ude00"', 'é\n"😀'],
  ['{"x": [1.10, {"y": "}"}]}', '{"x": [1.10, {"y": "}"}]}'],
  ["[ ]", "[ ]"],
])("the value %s is the text %j", async (source, text) => {
  expect((await read(`{"a":${source} }\n`, json, { columns: ["a"] })).rows).toEqual([[text]]);
});

test.each([
  ['{"a": 1', "22P02 it is not well-formed JSON"],
  ["{'a': 1}", "22P02 it is not well-formed JSON"],
  ['{"a": 01}', "22P02 it is not well-formed JSON"],
  ['{"a": NaN}', "22P02 it is not well-formed JSON"],
  ['{"a": 1,}', "22P02 it is not well-formed JSON"],
  ['{"a": [1,]}', "22P02 it is not well-formed JSON"],
  ['{"a": "\t"}', "22P02 it is not well-formed JSON"],
  ["[1]", "22P02 it is not a JSON object"],
  ["7 rows", "22P02 it is not a JSON object"],
  ['{"a": 1} {"a": 2}', "22P02 something comes after the object"],
  ['{"a": "\\u0000"}', "22P05 a has a character that PostgreSQL can't store"],
  ['{"a": "\\ud800"}', "22P05 a has a character that PostgreSQL can't store"],
])("%s is broken, and the next line is read", async (line, what) => {
  const { rows, broken } = await read(`${line}\n{"a": 2}\n`, json, { columns: ["a"] });
  expect({ rows, broken }).toEqual({ rows: [["2"]], broken: [`1: ${what} | ${line}`] });
});

test("of two equal keys the last counts, as in jsonb; two names for one column are told", async () => {
  expect((await read('{"a": 1, "a": 2}\n', json, { columns: ["a"] })).rows).toEqual([["2"]]);
  expect(await problemsOf(read('{"a": 1, "A": 2}\n', json, { columns: ["a"] }))).toEqual([
    expect.stringContaining("file.txt CTF806 file.txt: the keys a and A both stand for column a →"),
  ]);
});

// A key that stands in few lines may be a value, such as a name.
test("keys are matched like headers; those without a column are told once a file, by name if most lines have them", async () => {
  const text = '{"Member ID": 7, "B": 1, "z": 1, "y": 2}\n{"y": 3}\n';
  const { rows, warnings } = await read(text, json, { columns: ["id", "b"], rename: { "Member ID": "id" } });
  expect(rows).toEqual([
    ["7", "1"],
    [null, null],
  ]);
  expect(warnings).toEqual([
    "file.txt CTF808 file.txt: 2 keys without a column were not loaded: y and 1 more → Declare columns for them, or map them under `rename:`.",
  ]);
});

test("so many keys that they must be data are counted, not named", async () => {
  const text = Array.from({ length: 200 }, (_, n) => `{"member ${n}": 1}\n`).join("");
  const { warnings } = await read(text, json, { columns: ["a"] });
  expect(warnings).toEqual([expect.stringContaining("more than 100 keys without a column were not loaded →")]);
});

test("whatever JSON.parse takes as an object has the same members here, and nothing else does", () => {
  const texts = fc.oneof(
    fc.object({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
    fc
      .array(
        fc.constantFrom(
          "{",
          "}",
          '"a"',
          '"b\\n"',
          ":",
          ",",
          "1",
          "-",
          "0.5e3",
          "true",
          "null",
          "[",
          "]",
          " ",
          '"',
          "\\",
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join("")),
  );
  const property = fc.property(texts, (text) => {
    const found = new Map<string, string | null>();
    const fault = members(text, (key, value) => found.set(key, value));
    const value = parsed(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    expect(fault === undefined).toBe(isObject);
    if (!isObject) return;
    const expected = Object.entries(JSON.parse(text) as object);
    expect(found.size).toBe(expected.length);
    for (const [key, one] of expected) {
      const text = found.get(key)!;
      expect(typeof one === "string" || one === null ? text : JSON.parse(text)).toEqual(one);
    }
  });
  fc.assert(property, { numRuns: 3000 });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
