/** Memory over time as a drawing. */
import type { MemorySample } from "../measure/memory.ts";
import { megabytes, seconds } from "./numbers.ts";
import { drawing, element, text, ticks } from "./svg.ts";

const WIDTH = 900;
const HEIGHT = 380;
const BOX = { left: 72, right: WIDTH - 120, top: 64, bottom: HEIGHT - 44 };

const STYLE =
  ".rss{stroke:var(--warm);stroke-width:2;fill:none}.area{fill:var(--warm);opacity:.12}.heap{stroke:var(--deep);stroke-width:2;fill:none}";

export function drawMemory(all: readonly MemorySample[], heading: string): string {
  const last = all.at(-1)!;
  const samples = highest(all, BOX.right - BOX.left);
  const times = ticks(last.seconds, 6);
  const sizes = ticks(Math.max(...samples.map(({ rss }) => rss)) / 1e6, 5);
  const width = Math.max(last.seconds, Number.MIN_VALUE);
  const x = (at: number) => BOX.left + (at / width) * (BOX.right - BOX.left);
  const y = (bytes: number) => BOX.bottom - (bytes / 1e6 / sizes.at(-1)!) * (BOX.bottom - BOX.top);
  const way = (of: (sample: MemorySample) => number) =>
    samples.map((one, n) => `${n === 0 ? "M" : "L"}${x(one.seconds).toFixed(1)} ${y(of(one)).toFixed(1)}`).join("");
  const rss = way((one) => one.rss);
  const peak = samples.reduce((most, one) => (one.rss > most.rss ? one : most));
  // The two names must not stand on each other.
  const [rssAt, heapAt] = [y(last.rss), Math.max(y(last.heap), y(last.rss) + 16)];
  return drawing(
    WIDTH,
    HEIGHT,
    heading,
    [
      text(20, 32, heading, { class: "head" }),
      ...sizes.flatMap((size) => [
        element("path", { d: `M${BOX.left} ${y(size * 1e6).toFixed(1)}H${BOX.right}`, class: "line" }),
        text(BOX.left - 10, y(size * 1e6) + 4, `${size} MB`, { class: "small end" }),
      ]),
      ...times
        .filter((time) => time <= last.seconds * 1.001)
        .map((time) => text(x(time), BOX.bottom + 20, `${time} s`, { class: "small mid" })),
      element("path", {
        d: `${rss}L${x(last.seconds).toFixed(1)} ${BOX.bottom}L${BOX.left} ${BOX.bottom}Z`,
        class: "area",
      }),
      element("path", { d: rss, class: "rss" }),
      element("path", { d: way((one) => one.heap), class: "heap" }),
      text(BOX.right + 8, rssAt + 4, "whole process"),
      text(BOX.right + 8, heapAt + 4, "objects"),
      element("circle", { cx: x(peak.seconds), cy: y(peak.rss), r: 4, class: "warm" }),
      text(x(peak.seconds), y(peak.rss) - 10, `${megabytes(peak.rss)} after ${seconds(peak.seconds)}`, {
        class: "small mid",
      }),
    ],
    STYLE,
  );
}

/** The highest of each stretch of time: more of them than pixels are of no use. */
function highest(samples: readonly MemorySample[], stretches: number): readonly MemorySample[] {
  const last = samples.at(-1)!;
  const found = new Map<number, MemorySample>();
  for (const one of samples) {
    const at = Math.floor((stretches * one.seconds) / (last.seconds || 1));
    if (one.rss >= (found.get(at)?.rss ?? 0)) found.set(at, one);
  }
  return [...found.values()];
}
