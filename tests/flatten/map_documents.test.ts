/** A person's function for each node of a document: which, in which order, and with which path. As in Python's test of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonText, readJson } from "../../src/warehouse/flatten/stream/json.ts";
import { EverDeeper, mapDocument, type MapNode, Refused } from "../../src/worker/javascript/map_documents.ts";

const same: MapNode = (_path, value) => value;

test("from the top down, with paths as in a schema_path", () => {
  const seen: string[] = [];
  const text = mapDocument((path, value) => {
    seen.push(path);
    return path === "" ? { "b.c": (value as { gone: unknown }).gone, 'q"': [] } : value;
  }, '{"gone": [{"x": 1}]}');
  expect(text).toBe(String.raw`{"b.c":[{"x":1}],"q\"":[]}`);
  expect(seen).toEqual(["", String.raw`b\.c`, String.raw`b\.c`, String.raw`b\.c.x`, String.raw`q\"`]);
});

test("what it gives stays its own", () => {
  const shared = { a: 1 };
  const map: MapNode = (path, value) =>
    path === "one" || path === "two" ? shared : path.endsWith(".a") ? (value as number) * 2 : value;
  expect(mapDocument(map, '{"one": 1, "two": 2}')).toBe('{"one":{"a":2},"two":{"a":2}}');
  expect(shared).toEqual({ a: 1 });
});

test.each([
  ["1.10", "1.10"],
  ["12345678901234567890", "12345678901234567890"],
  ["0.1234567890123456789012", "0.1234567890123456789012"],
  ["1e400", `1${"0".repeat(400)}`],
  ["-0", "0"],
])("a number that stays in its place keeps its digits: %s", (given, kept) => {
  expect(mapDocument(same, given)).toBe(kept);
  const copied: MapNode = (path, value) => (path === "" ? { ...(value as object), more: true } : value);
  expect(mapDocument(copied, `{"a": [${given}]}`)).toBe(`{"a":[${kept}],"more":true}`);
});

test("a whole number that JavaScript would round is a bigint, wherever it goes", () => {
  const moved: MapNode = (path, value) => (path === "" ? { b: (value as { a: unknown }).a } : value);
  expect(mapDocument(moved, '{"a": 12345678901234567890}')).toBe('{"b":12345678901234567890}');
  expect(mapDocument((_, value) => (value as bigint) + 1n, "9007199254740993")).toBe("9007199254740994");
});

test("names that JavaScript has other plans for", () => {
  const text = '{"__proto__":{"constructor":1},"10":2,"9":3}';
  expect(JSON.parse(mapDocument(same, text))).toEqual(JSON.parse(text));
});

test("a document of a thousand levels, and a function whose gifts have no end", () => {
  for (const [begin, end] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    const deep = begin.repeat(1000) + "1" + end.repeat(1000);
    expect(mapDocument(same, deep)).toBe(deep);
  }
  expect(() => mapDocument((_, value) => [value], "1")).toThrow(EverDeeper);
});

test.each<[string, unknown]>([
  ["undefined", undefined],
  ["a member that is undefined", { a: undefined }],
  ["a gap in a list", [1, , 2]], // oxlint-disable-line no-sparse-arrays
  ["NaN", Number.NaN],
  ["a date", new Date(0)],
  ["a map", new Map()],
  ["a function", same],
  ["a symbol", Symbol.iterator],
])("JSON has no form for %s", (_, value) => {
  expect(() => mapDocument(() => value, "1")).toThrow(Refused);
});

test("whatever is left as it is comes back as it was", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const given = readJson(text);
      if ("fault" in given) return;
      const back = readJson(mapDocument(same, text));
      const byName = (json: Parameters<typeof jsonText>[0]) => JSON.stringify(JSON.parse(jsonText(json)));
      expect("value" in back && byName(back.value)).toBe(byName(given.value));
    }),
  );
});
