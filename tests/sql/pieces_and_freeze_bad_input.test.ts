/** Whatever the text, the selector and the rows: an answer or an error of the closed set. Never an exception. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { freezeExpression, freezeTime } from "../../src/sql/freeze/freeze.ts";
import { fingerprint } from "../../src/sql/questions/fingerprint.ts";
import { loadParser, parse } from "../../src/sql/parser.ts";
import { patch, pieceQuery, piecesOf, pieceText, readBy } from "../../src/sql/pieces/pieces.ts";
import { readSelector } from "../../src/sql/pieces/selector.ts";
import type { PatchResult, Row, Selector } from "../../src/sql/pieces/types.ts";
import { corpus } from "./corpus/read.ts";

beforeAll(loadParser);

const NOW = "2018-04-17T00:00:00Z";
const code = (text: string) => ({ text, line: 1, column: 1 });
const SNIPPETS = corpus();
const isTimeless = (text: string): boolean =>
  !/now|today|tomorrow|yesterday|current_|local|timestamp|timeofday|age|uuid|execute/i.test(text);

const ERRORS = new Set(
  `syntax no_match several_matches nested_match overlap cannot_replace cannot_run columns_needed row_mismatch
  unwritable_value`.split(/\s+/),
);
/** A text that PostgreSQL's grammar takes, or an error of the set; without values. */
function isFair(result: PatchResult, values: string): boolean {
  if (!result.ok) return ERRORS.has(result.error.error) && !result.error.message.includes(values);
  result.toFile(result.text.length / 2);
  return parse(result.text).ok;
}

const words = fc.array(
  fc.constantFrom(
    ...`SELECT FROM WHERE ( ) , . ; 'now' 'x' "Y" $$ a.b a * :: AS WITH RECURSIVE UNION LATERAL CASE WHEN END VALUES
    INSERT INTO RETURNING CREATE TABLE DATA date CURRENT_DATE now() age( timestamp $1 SEARCH é 😀 1 [ ] ON CONFLICT DO
    DEFAULT ONLY TABLESAMPLE LIKE FOR UPDATE`.split(/\s+/),
  ),
  { maxLength: 25 },
);
const mangled = fc
  .record({
    one: fc.constantFrom(...SNIPPETS),
    other: fc.constantFrom(...SNIPPETS),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
    how: fc.constantFrom("cut", "double", "insert", "none"),
  })
  .map(({ one, other, from, to, how }) => {
    const [a, b] = [Math.floor(from * one.length), Math.floor(to * one.length)];
    if (how === "none") return one;
    return one.slice(0, a) + (how === "cut" ? "" : how === "double" ? one.slice(a, b).repeat(2) : other) + one.slice(b);
  });
const text = fc.oneof(
  words.map((some) => some.join(" ")),
  mangled,
);

describe("frozen time", () => {
  test("text without time comes back byte for byte", () => {
    for (const snippet of SNIPPETS.filter(isTimeless)) {
      expect(freezeTime(code(snippet), NOW)).toMatchObject({ text: snippet, unfreezable: [] });
    }
  });

  test("what the grammar takes, it still takes; frozen twice is frozen once", () => {
    fc.assert(
      fc.property(text, (some) => {
        const { text: result, toFile } = freezeTime(code(some), NOW);
        toFile(result.length);
        freezeExpression(code(some), NOW, "date");
        if (!parse(some).ok) return result === some;
        return parse(result).ok && fingerprint(freezeTime(code(result), NOW).text) === fingerprint(result);
      }),
      { numRuns: 1_500, seed: 1 },
    );
  });
});

describe("pieces", () => {
  const value = fc.oneof(fc.anything({ withBigInt: true, withDate: true, withTypedArray: true }), fc.constant(null));
  const row: fc.Arbitrary<Row> = fc.oneof(fc.array(value, { maxLength: 3 }), fc.dictionary(fc.string(), value));
  const columns = fc.option(
    fc.array(
      fc.record({ name: fc.string({ minLength: 1 }), type: fc.constantFrom("text", "int[]", "jsonb", "date; x") }),
      {
        maxLength: 3,
      },
    ),
    { nil: undefined },
  );

  test("every piece of every query can be shown, run and replaced, or says why not", () => {
    let [run, replaced] = [0, 0];
    for (const snippet of SNIPPETS) {
      for (const { selector: name } of piecesOf(code(snippet))) {
        const read = readSelector(name);
        if (!read.ok) throw new Error(`${name}: ${read.message}`);
        const { selector } = read;
        const shown = pieceText(code(snippet), selector);
        if (!shown.ok) throw new Error(`${name} of ${snippet}: ${shown.error.message}`);
        expect(parse(shown.ok ? shown.text : "").ok || name.startsWith("table(")).toBe(true);
        const alone = pieceQuery(code(snippet), selector);
        const result = patch(code(snippet), [{ selector, rows: [], columns: [{ name: "a", type: "int" }] }]);
        expect([isFair(alone, "\0"), isFair(result, "\0"), name, snippet].slice(0, 2)).toEqual([true, true]);
        run += alone.ok ? 1 : 0;
        replaced += result.ok ? 1 : 0;
        expect(Array.isArray(readBy(code(snippet), selector))).toBe(true);
      }
    }
    expect(Math.min(run, replaced)).toBeGreaterThan(100);
  });

  test("any text, any of its pieces, any rows", () => {
    const selector = fc.record({
      n: fc.nat(),
      other: fc.constantFrom("cte(a)", "subquery(1)", "body()", "table(a.b)[0]"),
    });
    fc.assert(
      fc.property(text, selector, fc.array(row, { maxLength: 3 }), columns, (some, { n, other }, rows, cols) => {
        const pieces = piecesOf(code(some));
        const name = pieces[n % Math.max(1, pieces.length)]?.selector ?? other;
        const read = readSelector(name);
        const chosen: Selector = read.ok ? read.selector : [];
        const replacement = { selector: chosen, rows, ...(cols ? { columns: cols } : {}) };
        return (
          isFair(patch(code(some), [replacement]), "\u0001") &&
          isFair(patch(code(some), [replacement, replacement]), "\u0001") &&
          isFair(pieceQuery(code(some), chosen), "\u0001")
        );
      }),
      { numRuns: 1_500, seed: 1 },
    );
  });

  test("any selector", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.array(fc.constantFrom("cte", "(", ")", "a", '"', ".", "[0]", "[", "table"))),
        (some) => {
          const read = readSelector(Array.isArray(some) ? some.join("") : some);
          return read.ok || read.message !== "";
        },
      ),
      { numRuns: 1_000, seed: 1 },
    );
  });

  test("nested five hundred times, in a text of five thousand WITH queries", () => {
    const deep = `SELECT FROM ${"(SELECT * FROM ".repeat(500)}t${") x".repeat(500)}`;
    const long = `WITH c0 AS (SELECT 1)${Array.from({ length: 5_000 }, (_, n) => `, c${n + 1} AS (TABLE c${n})`).join("")} TABLE c5000`;
    const cte = (name: string): Selector => [{ select: "cte", name }];
    expect(isFair(patch(code(deep), [{ selector: [{ select: "subquery" }], rows: [] }]), "\0")).toBe(true);
    expect(pieceQuery(code(long), cte("c3"))).toMatchObject({
      text: "WITH c0 AS (SELECT 1), c1 AS (TABLE c0), c2 AS (TABLE c1), c3 AS (TABLE c2) SELECT * FROM c3",
    });
  });
});
