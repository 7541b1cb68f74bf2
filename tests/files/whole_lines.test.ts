/** Lines of bytes that come in chunks. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { wholeLines } from "../../src/files/whole_lines.ts";

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let n = 0; at < bytes.length; n++) yield bytes.subarray(at, (at += sizes[n % sizes.length]!));
}

async function linesOf(text: string, sizes: readonly number[]): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const lines of wholeLines(chunked(Buffer.from(text), sizes))) all.push(...lines);
  return all;
}

test("the lines are those of the text, wherever its bytes are cut", async () => {
  const line = fc.string({ unit: fc.constantFrom("a", "é", "🙂", "\t", "\r") });
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(line), sizes, async (lines, cuts) => {
      expect(await linesOf(lines.map((one) => `${one}\n`).join(""), cuts)).toEqual(lines);
    }),
  );
});

test.each([
  ["a line that is longer than many chunks", `${"é".repeat(100_000)}\nb\n`, ["é".repeat(100_000), "b"]],
  ["what stands behind the last line end", "a\nb", ["a"]],
  ["no text", "", []],
])("%s", async (_, text, lines) => {
  expect(await linesOf(text, [1 << 16])).toEqual(lines);
});
