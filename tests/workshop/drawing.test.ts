/** What is drawn, in SVG and on a terminal, and the sentences that explain it. */
import { describe, expect, test } from "vitest";
import { drawCompared } from "../../src/cli/etl/draw_compared.ts";
import { drawMemoryLines } from "../../src/cli/etl/draw_memory.ts";
import { styleFor, widthOf } from "../../src/cli/terminal/style.ts";
import type { Compared } from "../../src/workshop/compare/types.ts";
import { whyOf } from "../../src/workshop/compare/why.ts";
import { drawBars } from "../../src/workshop/draw/bars.ts";
import { drawFlame } from "../../src/workshop/draw/flame.ts";
import { drawMemory } from "../../src/workshop/draw/memory.ts";
import { perSecond, seconds } from "../../src/workshop/draw/numbers.ts";
import { element, text, ticks, wrapped } from "../../src/workshop/draw/svg.ts";
import { profiled } from "../../src/workshop/measure/profile.ts";
import { shipped } from "./support.ts";

const compared = (name: string, more: Partial<Compared> = {}): Compared => ({
  name,
  known: shipped.processors.get(name)!,
  documents: "jsonb",
  events: 14_300,
  submissions: 300,
  seconds: 2,
  fastest: more.seconds ?? 2,
  slowest: more.seconds ?? 2,
  waitedSeconds: 1.5,
  statements: 37,
  peakBytes: 91e6,
  runs: 3,
  ...more,
});

describe("why", () => {
  test.each([
    ["naive", { statements: 14_903 }, /an INSERT and a commit for each event\. The program stands still 14,903 times/],
    ["one-transaction", {}, /but a single commit\. 75 % of the time is the database's/],
    ["in-memory", {}, /everything is in memory at once, submissions and events/],
    [
      "chunks-joined",
      {},
      /each with its form's schema sent, parsed and walked again; then 29 INSERTs of up to 500 rows/,
    ],
    ["chunks", {}, /the forms read and walked once; .* 5,500 parameters each/],
    ["chunks", { events: 13 }, /; then a single INSERT, with 143 parameters to be read one by one/],
    ["chunks", { submissions: 501 }, /^500 submissions at a time, the forms read and walked once;/],
    ["chunks", { submissions: 500 }, /^All submissions at once, the forms read and walked once;/],
    ["naive", { events: 0 }, /^There is nothing to do; this is what beginning and ending cost\.$/],
    ["copy", {}, /a single COPY/],
    ["set-based", {}, /jsonb finds an answer by its key/],
    ["set-based", { documents: "json" as const }, /json is text, parsed anew/],
    ["flatten", { waitedSeconds: undefined }, /every answer checked, counted, recorded and published\.$/],
    ["naive", { reckonedFrom: 1000 }, /Reckoned up from 1,000 of 14,300 events/],
  ])("%s %j", (name, more, expected) => {
    expect(whyOf(compared(name, more as Partial<Compared>))).toMatch(expected);
  });
});

test("bars on a terminal fit its width, and are as long as the time", () => {
  const all = [compared("naive"), compared("copy", { seconds: 1, waitedSeconds: 0.5 })];
  const lines = drawCompared(all, styleFor(false), 100);
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(100);
  const barOf = (name: string) => lines.find((line) => line.startsWith(name))!.replaceAll(/[^█▒░]/g, "");
  expect(barOf("naive")).toBe("█".repeat(23) + "▒".repeat(7));
  expect(barOf("copy")).toBe("█".repeat(8) + "▒".repeat(7));
});

test.each([40, 60, 80, 110, 200])("nothing is wider than a terminal of %d columns", (width) => {
  const all = [...shipped.processors.keys()].map((name) => compared(name, { fastest: 1.7, slowest: 2.6 }));
  const lines = drawCompared(all, styleFor(true), width);
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
});

test("beside the time stand the fastest and the slowest run, and how many times the best processor's it is", () => {
  const all = [compared("chunks", { fastest: 1.9, slowest: 2.34 }), compared("set-based", { seconds: 0.02 })];
  for (const width of [40, 110]) {
    const words = drawCompared(all, styleFor(false), width).join(" ").replaceAll(/\s+/g, " ");
    expect(words).toMatch(/2\.00 s \(?1\.90–2\.34 s\)?,? 100 ×/);
    expect(words).toContain("The time is the median of 3 runs.");
  }
  const once = drawCompared([compared("chunks", { runs: 1 })], styleFor(false), 110).join("\n");
  expect(once).toContain("One run each: --repeat 3 shows how much they differ.");
});

test("where json and jsonb are compared, each line says which it is", () => {
  const lines = drawCompared([compared("copy"), compared("copy", { documents: "json" })], styleFor(false), 100);
  expect(lines.filter((line) => line.startsWith("copy")).map((line) => line.slice(0, 12).trim())).toEqual([
    "copy, jsonb",
    "copy, json",
  ]);
});

test("bars as SVG: the longest reaches to the scale, what is reckoned up is pale", () => {
  const svg = drawBars(
    [compared("naive", { seconds: 10, waitedSeconds: 5, reckonedFrom: 7 }), compared("copy")],
    "a & b",
  );
  expect(svg).toContain('aria-label="a &amp; b"');
  expect(svg).toMatch(/width="340"[^>]*class="light reckoned"/);
  expect(svg).toMatch(/width="170"[^>]*class="deep reckoned"/);
  expect(svg).toContain("≈ 10.0 s · 1,400 events/s · 5 ×");
  expect(svg).toContain("the median of 3 runs; the line on it leads from the fastest to the slowest");
});

test("bars as SVG: a line from the fastest run to the slowest", () => {
  const svg = drawBars([compared("chunks", { seconds: 5, fastest: 4, slowest: 10 })], "m");
  expect(svg).toContain('<path d="M312.0 113v8m0 -4H516.0m0 -4v8" class="whisker"><title>4.0–10.0 s</title></path>');
});

test("memory over time", () => {
  const samples = [0, 1, 2, 3].map((n) => ({ seconds: n, rss: (1 + (n % 3)) * 50e6, heap: 20e6 }));
  expect(drawMemory(samples, "m")).toContain("150 MB after 2.00 s");
  const lines = drawMemoryLines(samples, 60);
  expect(lines[0]).toMatch(/^ {3}150 MB +█+$/);
  expect(lines.at(-1)).toMatch(/0 s +3\.00 s$/);
});

test("a profile as a flame graph has the functions that were at work", async () => {
  function busyBee(): number {
    let sum = 0;
    for (const end = performance.now() + 60; performance.now() < end;) sum += Math.sqrt(sum + 1);
    return sum;
  }
  const { done, profile } = await profiled(async () => busyBee());
  expect(done).toBeGreaterThan(0);
  const svg = drawFlame(profile, "f");
  expect(svg).toMatch(/at work \d+\.\d ms; waited \d+\.\d ms, which is not drawn/);
  expect(svg).not.toMatch(/\(idle\)|node:inspector/);
  expect(svg).toMatch(/<title>busyBee \(drawing\.test\.ts:\d+\): \d+\.\d ms, /);
});

test.each([
  [0, [0]],
  [7, [0, 2, 4, 6, 8]],
  [0.3, [0, 0.1, 0.2, 0.3]],
  [910, [0, 200, 400, 600, 800, 1000]],
])("round numbers up to %d", (most, expected) => {
  expect(ticks(most, 5)).toEqual(expected);
});

test("numbers and words", () => {
  expect([0.0123, 3.456, 34.56, 456, 3600].map(seconds)).toEqual(["0.012 s", "3.46 s", "34.6 s", "456 s", "60 min"]);
  expect([0, 7.4, 8321, 1_234_567].map(perSecond)).toEqual(["0", "7", "8,300", "1,200,000"]);
  expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
  expect(text(1, 2, "<b>")).toBe('<text x="1" y="2">&lt;b&gt;</text>');
  expect(element("rect", { x: 1 / 3, class: '"' })).toBe('<rect x="0.33" class="&quot;"/>');
});
