/** Whatever PostgreSQL's COPY takes has to give the same rows here. */
import fc from "fast-check";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { expect, test } from "vitest";
import { batchesOf } from "../../src/files/batches.ts";
import { csvScanner, csvTake } from "../../src/files/formats/csv.ts";
import type { CsvFormat } from "../../src/project/file_formats.ts";
import { literal } from "../../src/warehouse/names.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { csv } from "./reading.ts";

const formats: readonly CsvFormat[] = [
  { ...csv, header: false },
  { ...csv, header: false, escape: "\\" },
  { ...csv, header: false, delimiter: ";", quote: "'", escape: "'", null: "x" },
];

const part = fc.constantFrom(
  "a",
  "x",
  "é",
  " ",
  "\\",
  '"',
  '"',
  "'",
  ",",
  ",",
  ";",
  "\n",
  "\n",
  "\r\n",
  "\r",
  '""',
  '","',
  "\\.",
);
const texts = fc.oneof(
  fc.array(part, { maxLength: 30 }).map((parts) => parts.join("")),
  // Mostly sound ones, which COPY takes.
  fc
    .tuple(
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.array(fc.array(fc.array(part, { maxLength: 4 }), { minLength: 2, maxLength: 2 }), { maxLength: 8 }),
    )
    .map(([end, rows]) =>
      rows.map((row) => row.map((value) => `"${value.join("").replaceAll('"', '""')}"`).join(",")).join(end),
    ),
);

test("random texts give the rows that COPY makes of them, or COPY refuses them", { timeout: 300_000 }, async () => {
  const client = await connect((await freshDatabase(18)).url);
  await client.query("CREATE TEMP TABLE t (n serial, a text, b text)");
  let taken = 0;
  const property = fc.asyncProperty(
    texts,
    fc.constantFrom(...formats),
    fc.integer({ min: 1, max: 40 }),
    async (text, format, size) => {
      const rows = await byCopy(client, text, format);
      if (!rows) return;
      taken++;
      const read = await byUs(text, format, size);
      expect(read).toEqual({ rows, broken: 0 });
    },
  );
  await fc.assert(property, { numRuns: 3000 });
  expect(taken).toBeGreaterThan(500);
});

async function byCopy(client: pg.Client, text: string, format: CsvFormat): Promise<(string | null)[][] | undefined> {
  await client.query("TRUNCATE t RESTART IDENTITY");
  const options = `FORMAT csv, DELIMITER ${literal(format.delimiter)}, QUOTE ${literal(format.quote)}, ESCAPE ${literal(format.escape)}, NULL ${literal(format.null)}`;
  try {
    await pipeline(
      Readable.from([Buffer.from(text)]),
      client.query(copyFrom(`COPY t (a, b) FROM STDIN WITH (${options})`)),
    );
  } catch {
    return undefined;
  }
  const { rows } = await client.query<{ a: string | null; b: string | null }>("SELECT a, b FROM t ORDER BY n");
  return rows.map(({ a, b }) => [a, b]);
}

/** The text comes in pieces of any size: where they end must not matter. */
async function byUs(text: string, format: CsvFormat, size: number) {
  const pieces = async function* () {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  };
  const rows: (readonly (string | null)[])[] = [];
  let broken = 0;
  for await (const batch of batchesOf(pieces(), csvTake(csvScanner(format), [0, 1], 2))) {
    rows.push(...batch.records.map(({ values }) => values));
    broken += batch.broken.length;
  }
  return { rows, broken };
}
