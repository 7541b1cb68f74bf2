/**
 * The truth about replacing: a piece that gives way to the very rows that it has leaves the answer of the whole query as
 * it was. For every table, WITH query and subquery of the corpus.
 */
import type pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { loadParser } from "../../../src/sql/parser.ts";
import { patch, pieceQuery, piecesOf } from "../../../src/sql/pieces/pieces.ts";
import { readSelector } from "../../../src/sql/pieces/selector.ts";
import type { PieceColumn, Replacement, Selector } from "../../../src/sql/pieces/types.ts";
import { sharedClient } from "../../support/database.ts";
import { corpus, schema } from "../corpus/read.ts";

beforeAll(loadParser);

const code = (text: string) => ({ text, line: 1, column: 1 });

/** Rows have no system columns, and no primary key that GROUP BY could stand on (docs/guides/pieces_of_sql.md, Limits). */
const LIMITS = new Set([
  'column "ctid" does not exist',
  'could not identify column "name" in record data type',
  'column "m.last_name" must appear in the GROUP BY clause or be used in an aggregate function',
]);

describe("on a real server", () => {
  const client = sharedClient(18, schema);

  const types = { getTypeParser: () => (value: unknown) => value };
  const answer = async (text: string) => {
    const { rows, fields } = await client().query<(string | null)[]>({ text, rowMode: "array", types });
    const names = fields.map(({ name }) => name);
    return { names, rows, fields, sorted: rows.map((row) => JSON.stringify(row)).sort() };
  };

  /** The rows of a query, to stand for it; undefined if it has none, or values of a type without a name. */
  const rowsOf = async (selector: Selector, text: string): Promise<Replacement | undefined> => {
    const { fields, rows } = await answer(text);
    const { rows: names } = await client().query<{ type: string }>(
      "SELECT format_type(t, m) AS type FROM unnest($1::oid[], $2::int[]) AS x (t, m)",
      [fields.map(({ dataTypeID }) => dataTypeID), fields.map(({ dataTypeModifier }) => dataTypeModifier)],
    );
    if (fields.length === 0 || names.some(({ type }) => type.startsWith("record"))) return undefined;
    const columns = fields.map(({ name }, n): PieceColumn => ({ name, type: names[n]!.type }));
    return { selector, rows, columns };
  };

  test("tables, WITH queries and subqueries by their own rows", { timeout: 300_000 }, async () => {
    const done = { table: 0, cte: 0, subquery: 0 };
    const differs: string[] = [];
    for (const query of corpus()) {
      const whole = await answer(query);
      for (const { selector: name } of piecesOf(code(query))) {
        const kind = /^[a-z]+/.exec(name)![0] as keyof typeof done;
        const read = readSelector(name);
        if (!(kind in done) || !read.ok) continue;
        const step = read.selector[0]!;
        const table =
          step.select === "table"
            ? [step.table.schema ?? "public", step.table.name].map((part) => client().escapeIdentifier(part)).join(".")
            : undefined;
        const piece =
          table === undefined ? pieceQuery(code(query), read.selector) : { ok: true as const, text: `TABLE ${table}` };
        if (!piece.ok) continue; // it reads from the query around it
        let replacement: Replacement | undefined;
        try {
          replacement = await rowsOf(read.selector, piece.text);
        } catch (error) {
          // Columns of the query around it, without their table; and what knows no type by itself.
          if (kind === "subquery" && ["42703", "42P10"].includes(String((error as pg.DatabaseError).code))) continue;
          throw new Error(`${name} of ${query}: ${String(error)}`, { cause: error });
        }
        if (!replacement) continue;
        const result = patch(code(query), [replacement]);
        if (!result.ok) {
          if (result.error.error !== "cannot_replace") differs.push(`${name} of ${query}: ${result.error.message}`);
          continue;
        }
        try {
          const { names, sorted } = await answer(result.text);
          if (JSON.stringify([names, sorted]) !== JSON.stringify([whole.names, whole.sorted]))
            differs.push(`${name} of ${query}`);
          done[kind] += 1;
        } catch (error) {
          if (!LIMITS.has((error as Error).message)) differs.push(`${name} of ${query}: ${String(error)}`);
        }
      }
    }
    expect(differs).toEqual([]);
    expect(Math.min(...Object.values(done))).toBeGreaterThanOrEqual(20);
  });
});
