/** What is given to PostgreSQL without being judged first has to be what it takes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Column } from "../../src/project/types.ts";
import { divide } from "../../src/warehouse/load/surely_valid.ts";
import { connect, freshDatabase } from "../support/database.ts";

const column = (type: string, notNull = false): Column => ({ name: "c", type, phi: false, notNull });
const sureOf = (of: Column, values: readonly (string | null)[]): readonly (string | null)[] => {
  const records = values.map((value, line) => ({ line, values: [value] }));
  const { sure } = divide(records, [of], new Set(of.notNull ? [of.name] : []));
  return sure.map(({ values: [value] }) => value ?? null);
};

const SURE: readonly (readonly [type: string, ...values: string[]])[] = [
  ["smallint", "0", "-9999"],
  ["integer", "007", "999999999"],
  ["bigint", "-999999999999999999"],
  ["numeric", "0.10", "12345678901234567890"],
  ["numeric(5,2)", "99.999", "-0.5"],
  ["double precision", "1.5"],
  ["boolean", "t", "false"],
  ["date", "2024-02-28", "1931-07-19"],
  ["timestamp", "2024-01-28 23:59", "2024-01-05T01:02:03.123456"],
  ["timestamptz", "2024-01-05 01:02:03Z", "2024-01-05 01:02+05:30"],
  ["uuid", "123e4567-e89b-12d3-a456-426614174000"],
  ["varchar(3)", "abc"],
  ["text", "", "anything, at all"],
];
const UNSURE: readonly (readonly [type: string, ...values: string[]])[] = [
  ["smallint", "99999", "1.0", " 1"],
  ["numeric(5,2)", "999.999", "1e3", "NaN"],
  ["numeric(2,2)", "0.5"],
  ["date", "2024-02-30", "0000-01-01", "today", "03/04/2020"],
  ["timestamptz", "2024-01-05 24:00", "2024-01-05 01:02 CET"],
  ["varchar(3)", "abcd"],
  ["char(3)", "abc"],
  ["jsonb", "1"],
];

test.each(SURE)("%s: what is plainly right is sure", (type, ...values) => {
  expect(sureOf(column(type), values)).toEqual(values);
});

test.each(UNSURE)("%s: all else is left to PostgreSQL", (type, ...values) => {
  expect(sureOf(column(type), values)).toEqual([]);
});

test("NULL is sure where it may be", () => {
  expect(sureOf(column("jsonb"), [null])).toEqual([null]);
  expect(sureOf(column("text", true), [null])).toEqual([]);
});

test("PostgreSQL takes all that is sure", async () => {
  const texts = fc.sample(
    fc.oneof(
      fc.stringMatching(/^-?\d{1,20}(\.\d{1,8})?$/),
      fc.stringMatching(/^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/),
      fc.stringMatching(/^[tf0-9a-z. :-]{1,6}$/),
      fc.uuid(),
    ),
    { numRuns: 20_000, seed: 7 },
  );
  const client = await connect((await freshDatabase(18)).url);
  for (const [type] of SURE) {
    const sure = sureOf(column(type), texts);
    expect(sure.length).toBeGreaterThan(0);
    const { rows } = await client.query(
      "SELECT t FROM unnest($1::text[]) t WHERE NOT pg_input_is_valid(t, $2) LIMIT 5",
      [sure, type],
    );
    expect(rows).toEqual([]);
  }
  await client.end();
});
