/** Whatever the text: an answer or a refusal that says why. Never an exception, never a hang. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { suspectsIn } from "../../src/sql/questions/chance.ts";
import { readCondition } from "../../src/sql/conditions/read.ts";
import { sayTheSame } from "../../src/sql/questions/fingerprint.ts";
import { hintsOn } from "../../src/sql/hints/index.ts";
import { lineage } from "../../src/sql/lineage/lineage.ts";
import { moveStatements } from "../../src/sql/move/move.ts";
import type { Move } from "../../src/sql/move/types.ts";
import { loadParser } from "../../src/sql/parser.ts";
import { relationsUsed } from "../../src/sql/relations.ts";
import { functionsCalled } from "../../src/sql/questions/function_calls.ts";
import { longestWithChain } from "../../src/sql/questions/with_chain.ts";
import { selectsStar } from "../../src/sql/questions/stars.ts";
import { oneSelect, splitStatements } from "../../src/sql/statements.ts";
import { corpus } from "./corpus/read.ts";

beforeAll(loadParser);

const toNew: Move = {
  schemas: new Set(["s", "a", "enrollment", "public"]),
  functions: new Set(["f"]),
  readFrom: () => "new",
  writtenTo: () => "new",
};

/** Everything that this room can be asked about a text; the refusal or `ok`. */
function ask(text: string): string {
  const code = { file: "q.sql", text, line: 1, column: 1 };
  relationsUsed(code);
  lineage(code, () => undefined);
  hintsOn(code, () => [{ name: "a" }, { name: "b", notNull: true }]);
  moveStatements(code, toNew);
  sayTheSame(text, `${text} `);
  selectsStar(text);
  suspectsIn(code);
  readCondition(text);
  splitStatements(code);
  longestWithChain(text);
  if (text.length < 100_000) functionsCalled(text);
  const select = oneSelect(code);
  return "text" in select ? "ok" : (select[0]?.message ?? "");
}

describe("large and strange", () => {
  const times = (count: number, part: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => part(n)).join("");
  test.each([
    ["nothing", "", /no SQL statement/],
    ["only comments", "-- one\n/* two */;;", /no SQL statement/],
    ["a NUL byte", "SELECT 1\0 FROM s.t", /NUL byte/],
    ["half a string", "SELECT 'x", /unterminated/],
    [
      "a parameter",
      "SELECT a FROM s.t WHERE '$1' = a AND b > $1",
      /^\$1 is a parameter, and nothing gives it a value$/,
    ],
    ["half a surrogate pair", "SELECT '\ud800' FROM s.t", /^ok$/],
    ["a chain of 20,000 operators", `SELECT 1${"+1".repeat(20_000)}`, /nested too deeply|^ok$/],
    [
      "2,000 nested subqueries",
      `SELECT * FROM (${"SELECT * FROM (".repeat(2_000)}SELECT 1${") x".repeat(2_000)}) y`,
      /nested too deeply/,
    ],
    ["20,000 brackets", `SELECT ${"(".repeat(20_000)}1${")".repeat(20_000)}`, /nested too deeply/],
    ["20,000 UNIONs", `SELECT 1${" UNION ALL SELECT 1".repeat(20_000)}`, /nested too deeply|^ok$/],
    [
      "500 joins",
      `SELECT t0.a FROM s.t0${times(500, (n) => ` LEFT JOIN s.t${n + 1} ON t${n}.a = t${n + 1}.a`)}`,
      /^ok$/,
    ],
    [
      "3,000 WITH queries",
      `WITH c0 AS (SELECT a FROM s.t)${times(3_000, (n) => `, c${n + 1} AS (SELECT a FROM c${n})`)} SELECT a FROM c3000`,
      /^ok$/,
    ],
    [
      "1,000 columns",
      `SELECT ${times(1_000, (n) => `x.c${n}, `)}1 FROM (SELECT ${times(1_000, (n) => `a AS c${n}, `)}1 FROM s.t) x`,
      /^ok$/,
    ],
    [
      "a star of two stars, 40 times",
      `WITH a0 AS (SELECT a FROM s.t)${times(40, (n) => `, a${n + 1} AS (SELECT p.*, q.* FROM a${n} p, a${n} q)`)} SELECT 1 FROM a40`,
      /^ok$/,
    ],
    ["50,000 conditions", `SELECT 1 FROM s.t WHERE a${" AND a".repeat(50_000)}`, /^ok$/],
    ["10,000 statements", times(10_000, (n) => `DROP TABLE s.t${n}; `), /not a SELECT/],
    ["5 MB of columns", `SELECT ${times(20_000, (n) => `'${"é".repeat(120)}' AS c${n}, `)}1 FROM s.t x`, /^ok$/],
    ["a string of 5 MB", `SELECT '${"é\n".repeat(1_700_000)}' FROM s.t`, /^ok$/],
  ])("%s", (_, text, answer) => {
    expect(ask(text)).toMatch(answer);
  });

  test.each<[string, (n: number) => string]>([
    ["subqueries", (n) => `SELECT * FROM ${"(SELECT * FROM ".repeat(n)}s.t${" x)".repeat(n)} y`],
    ["calls", (n) => `SELECT ${"f(".repeat(n)}a = NULL${")".repeat(n)} FROM s.t`],
    ["CASEs", (n) => `SELECT ${"CASE WHEN a THEN ".repeat(n)}1${" END".repeat(n)} FROM s.t`],
    ["NOTs", (n) => `SELECT a FROM s.t WHERE ${"NOT (a = 1 OR ".repeat(n)}a${")".repeat(n)}`],
    ["operators", (n) => `SELECT 1${"+1".repeat(n)} FROM s.t`],
    ["casts in a view", (n) => `CREATE VIEW s.v AS SELECT a${"::int".repeat(n)} FROM s.t`],
    ["IFs", (n) => `DO $$ BEGIN ${"IF a THEN ".repeat(n / 4)}PERFORM 1 FROM s.t; ${"END IF; ".repeat(n / 4)} END $$`],
  ])("%s at any depth", (_, make) => {
    // Somewhere between these lies where each stack ends: the parser's, JavaScript's, and those of different walks.
    for (const depth of [100, 400, 800, 1200, 2000, 4000]) expect(ask(make(depth))).toBeTypeOf("string");
  });

  test("sixty texts that overflow the parser's stack do not wear it out", async () => {
    for (let n = 0; n < 60; n++) {
      expect(oneSelect({ file: "q.sql", text: `SELECT 1${"+1".repeat(20_000)}`, line: 1, column: 1 })).toHaveLength(1);
      await loadParser();
    }
    expect(ask("SELECT a FROM s.t")).toBe("ok");
  });
});

const SNIPPETS = corpus();
const WORDS =
  `SELECT FROM WHERE ( ) , . ; 'x' "Y" $$ $1 a.b a * :: AS WITH RECURSIVE UNION JOIN USING ON LATERAL CASE WHEN END
  OVER GROUP BY ORDER NOT IN NULL IS EXISTS VALUES INSERT INTO UPDATE SET DO CREATE FUNCTION LANGUAGE sql plpgsql BEGIN
  EXECUTE regclass -- /* */ é 😀 1 [ ] := = ARRAY ROW ctf: allow`.split(/\s+/);

test("any words in any order", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 25 }), (words) => {
      expect(ask(words.join(" "))).toBeTypeOf("string");
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("queries with a piece cut out, doubled or put into another", () => {
  const cut = fc.record({
    one: fc.constantFrom(...SNIPPETS),
    other: fc.constantFrom(...SNIPPETS),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
    how: fc.constantFrom("cut", "double", "insert"),
  });
  fc.assert(
    fc.property(cut, ({ one, other, from, to, how }) => {
      const [a, b] = [Math.floor(from * one.length), Math.floor(to * one.length)];
      const inside = how === "cut" ? "" : how === "double" ? one.slice(a, b).repeat(2) : other;
      expect(ask(one.slice(0, a) + inside + one.slice(b))).toBeTypeOf("string");
    }),
    { numRuns: 1_000, seed: 1 },
  );
});
