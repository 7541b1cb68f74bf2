/** Values are read alike, whichever way a file takes: plain files by our own quick reader, the others by the whole parser. */
import fc from "fast-check";
import { parse as parseByOther, parseDocument } from "yaml";
import { describe, expect, test } from "vitest";
import { NOT_PLAIN, readPlainYaml } from "../../src/project/yaml/plain_yaml.ts";
import { parseFully, parseYaml } from "../../src/project/yaml/yaml.ts";

describe("YAML 1.2, core schema", () => {
  test.each([
    ["day: 2018-04-17", { day: "2018-04-17" }, "dates stay text"],
    ["at: 2018-04-17 06:00:00", { at: "2018-04-17 06:00:00" }, "times stay text"],
    ["phi: yes", { phi: "yes" }, "yes, no, on and off are text"],
    ["phi: true", { phi: true }, ""],
    ["n: 007", { n: 7 }, "a leading zero is not octal"],
    ["n: 1_000", { n: "1_000" }, ""],
    ["n: 12:30:45", { n: "12:30:45" }, "no sexagesimal numbers"],
    ["n: 0x1F", { n: 31 }, ""],
    ["n: 1.50", { n: 1.5 }, ""],
    ["n: ~", { n: null }, ""],
    ["n:", { n: null }, ""],
    ["n: 'it''s'", { n: "it's" }, ""],
    ['n: "a\\tb"', { n: "a\tb" }, ""],
    ["n: |\n  two\n  lines\n", { n: "two\nlines\n" }, ""],
    ["a: 1\r\nb: [x, y]\r\n", { a: 1, b: ["x", "y"] }, "Windows line ends"],
    ["__proto__: 1", JSON.parse('{"__proto__": 1}'), "is a key like any other"],
  ])("%j", (text, value, _why) => {
    expect(parseYaml(text)).toEqual({ ok: true, value });
    expect(parseFully(text)).toEqual({ ok: true, value });
  });

  test.each(["a: &x 1", "a: &x 1\nb: *x", "a: !!str 1", "a: 1\n---\nb: 2", "a: *x"])("%j is refused", (text) => {
    expect(parseYaml(text).ok).toBe(false);
  });

  const deep = 20_000;
  const steps = Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}a:`);
  test.each([
    ["brackets", `a: ${"[".repeat(deep)}${"]".repeat(deep)}`],
    ["braces", `${"a: {".repeat(deep)}${"}".repeat(deep)}`],
    ["keys", steps.join("\n")],
    ["lists", "- ".repeat(deep)],
  ])("endless %s within each other are a fault of the file", (_, text) => {
    expect(parseYaml(text)).toMatchObject({ ok: false, fault: { reason: expect.stringContaining("nesting") } });
  });
});

// Words that are easily read in two ways, and what stands between them.
const word = fc.constantFrom(
  "a",
  "b1",
  "c_d",
  "name",
  "true",
  "True",
  "no",
  "null",
  "~",
  "0",
  "12",
  "007",
  "1.5",
  "1e3",
  ".5",
  "-3",
  "+4",
  "0x1f",
  "0o7",
  ".inf",
  ".nan",
  "2018-04-17",
  "12:30",
  "50%",
  "it's",
  "a b",
  "a #b",
  "a# b",
  "numeric(12,2)",
  "x y: z",
  "- q",
  "?",
  "&a",
  "*a",
  "!t",
  "é",
  "日本",
  "😀",
  "a,b",
  "#",
  "'q'",
  '"q"',
  "'it''s'",
  '"\\n"',
  "''",
  '""',
  "[x, 1]",
  "{k: v, n: 2}",
  "{k: }",
  "[]",
  "{}",
  "[a, [b]]",
  "{a: {b: c}}",
  "|",
  ">",
  "%",
  "@x",
  "`x`",
  "a:b",
  "a::b",
  ":",
  "a:",
  "-",
  "--",
  "...",
  "---",
  "/x",
  "$y",
  "(z)",
  "<w",
  "=v",
  "don't #1",
);
const gap = fc.constantFrom(
  "",
  " ",
  "  ",
  "\n",
  "\n  ",
  "\n    ",
  "\n- ",
  "\n  - ",
  " # c\n",
  ": ",
  ":",
  ", ",
  "\n\n",
  "\t",
  "k: ",
  "\nk: ",
  "\nl:\n",
  "\nm:\n  ",
  "- k: ",
  "\r\n",
);

const plainName = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const scalar = fc.oneof(plainName, fc.integer({ min: 0, max: 99_999 }).map(String), word);

/** Text that is indented as people do it, so that most of it is YAML. */
const tidy = fc.letrec<{ block: (indent: number) => string }>((tie) => ({
  block: fc
    .array(fc.tuple(plainName, fc.oneof(scalar, scalar, tie("block"))), { minLength: 1, maxLength: 4 })
    .map(
      (entries) => (indent: number) =>
        entries
          .map(([key, value]) =>
            typeof value === "string"
              ? `${" ".repeat(indent)}${key}: ${value}\n`
              : `${" ".repeat(indent)}${key}:\n${value(indent + 2)}`,
          )
          .join(""),
    ),
}));

const texts = fc.oneof(
  fc.array(fc.oneof(word, gap), { maxLength: 14 }).map((parts) => parts.join("")),
  tidy.block.map((block) => block(0)),
  fc
    .array(fc.tuple(plainName, scalar), { minLength: 1, maxLength: 4 })
    .map((e) => `a:\n${e.map(([k, v]) => `  - {${k}: ${v}}\n`).join("")}`),
  fc
    .array(scalar, { minLength: 1, maxLength: 4 })
    .map((e) => `a:\n${e.map((v) => `- k: ${v}\n  l: [${v}, x]\n`).join("")}`),
);

describe("where the quick reader gives a value", () => {
  test("the whole parser gives the same", () => {
    let plain = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const value = readPlainYaml(text);
        if (value === NOT_PLAIN) return;
        plain++;
        expect(parseFully(text)).toEqual({ ok: true, value });
      }),
      { numRuns: 10_000 },
    );
    expect(plain).toBeGreaterThan(1000);
  });

  test("and so does another parser", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const value = readPlainYaml(text);
        if (value === NOT_PLAIN) return;
        expect(parseDocument(text, { version: "1.2", schema: "core" }).errors).toEqual([]);
        expect(parseByOther(text, { version: "1.2", schema: "core" })).toEqual(value);
      }),
      { numRuns: 3_000 },
    );
  });

  test("definitions as people write them are plain", () => {
    const text = `# one
kind: create_table_as
description: Clover's members, by month # remark
inputs:
  - transform: raw
  - pipeline: members
    transform: clean
output:
  table: a.b
  columns:
    - {name: id, type: bigint, phi: true}
    - name: amount
      type: numeric(12,2)
  primary_key: [id]
monitors:
- {row_count: {min: 1}}
`;
    expect(readPlainYaml(text)).toEqual(parseByOther(text));
    expect(readPlainYaml(text)).not.toBe(NOT_PLAIN);
  });
});
