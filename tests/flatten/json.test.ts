/** The stream's JSON is jsonb's: the same numbers, the same texts, and nothing that jsonb refuses. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonText, readJson } from "../../src/warehouse/flatten/stream/json.ts";
import { connect, freshDatabase } from "../support/database.ts";

const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,12})(\.\d{1,8})?([eE][+-]?\d{1,2})?$/);
const token = fc.oneof(
  digits,
  fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\t",
    "true",
    "false",
    "null",
    "nul",
    "-",
    "01",
    "1.",
    ".5",
    "1e",
    '"',
    '"a"',
    '"\\u00e9"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '"\\u0000"',
    '"\\x"',
    '"\\\\"',
    '"\\""',
    '"\u0001"',
    '"\u007f 漢"',
  ),
);
const json = fc.oneof(
  fc.json(),
  fc.array(token, { maxLength: 8 }).map((tokens) => tokens.join("")),
  fc.array(digits, { maxLength: 4 }).map((numbers) => `[${numbers.join(",")}]`),
);

test("what jsonb reads, it reads alike; what jsonb refuses, it refuses", async () => {
  const { url } = await freshDatabase(18);
  const client = await connect(url);
  await fc.assert(
    fc.asyncProperty(json, async (text) => {
      fc.pre(!text.includes("\0"));
      const given = await client.query("SELECT pg_input_is_valid($1, 'jsonb') AS valid", [text]);
      const read = readJson(text);
      const isValid = given.rows[0].valid as boolean;
      if ("fault" in read && read.fault === "repeated_slug") return;
      expect("fault" in read).toBe(!isValid);
      if ("fault" in read) return;
      const same = await client.query(
        "SELECT $1::text::jsonb = $2::text::jsonb AND (jsonb_typeof($1::text::jsonb) <> 'number' OR $1::text::jsonb::text = $2::text) AS same",
        [text, jsonText(read.value)],
      );
      expect(same.rows[0].same).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test.each([
  "1e400",
  "-0",
  "-0.0",
  "0e5",
  "-0e-3",
  "1.50e1",
  "123e-5",
  "-1.5E-2",
  "12345678901234567890.10",
  "1E+2",
  "0.00",
  "1e-20",
])("%s has the digits that jsonb gives it", async (text) => {
  const { url } = await freshDatabase(18);
  const client = await connect(url);
  const { rows } = await client.query("SELECT $1::jsonb::text AS text", [text]);
  const read = readJson(text);
  expect("value" in read && jsonText(read.value)).toBe(rows[0].text);
});

test.each([
  ['{"a":1,"a":2}', "repeated_slug"],
  [`${"[".repeat(2000)}${"]".repeat(2000)}`, "too_deep"],
  ['{"a":1,"a":', "malformed"],
])("%s", (text, fault) => {
  expect(readJson(text)).toEqual({ fault });
});
