/** The comparison as a drawing: time, split into the database's and the program's own, and peak memory. */
import type { Compared } from "../compare/types.ts";
import { whyOf } from "../compare/why.ts";
import { megabytes, perSecond, seconds, spread, timesOf } from "./numbers.ts";
import { drawing, element, text, ticks, title, wrapped } from "./svg.ts";

const WIDTH = 1040;
const LEFT = 176;
/** Beyond each bar there is room for what it stands for. */
const TIME = { x: LEFT, width: 340 };
const MEMORY = { x: 780, width: 170 };
const BAR = 18;
const LINE = 16;
const TOP = 108;
/** Characters of a sentence in one line. */
const SENTENCE = 132;

/** Lines of the scale do not run through what stands beside a bar. */
const STYLE =
  ".whisker{stroke:var(--ink);stroke-width:1.2;fill:none}.reckoned{opacity:.45}.value{paint-order:stroke;stroke:var(--paper);stroke-width:5px}" +
  "svg{--grey:#b3bdc7}.grey{fill:var(--grey)}@media (prefers-color-scheme:dark){svg{--grey:#525d68}}";

/** `heading`: which scenario, and how much it is. */
export function drawBars(all: readonly Compared[], heading: string): string {
  const scales = {
    time: scaleOf(
      all.map((one) => one.slowest),
      TIME.width,
      5,
    ),
    memory: scaleOf(
      all.map((one) => one.peakBytes / 1e6),
      MEMORY.width,
      3,
    ),
  };
  const parts: string[] = [];
  let y = TOP;
  for (const one of all) {
    const lines = wrapped(whyOf(one), SENTENCE);
    parts.push(...gridBehind(y, scales), ...row(one, lines, y, scales, timesOf(one, all)));
    y += BAR + lines.length * LINE + 20;
  }
  const bottom = y - 8;
  const axis = [
    ...scales.time.ticks.map((tick) => axisText(TIME.x + tick * scales.time.by, `${tick} s`)),
    ...scales.memory.ticks.map((tick) => axisText(MEMORY.x + tick * scales.memory.by, `${tick} MB`)),
  ];
  const foot = text(LEFT, bottom + 12, `${runsOf(all)} 5 ×: five times as long as the fastest processor.`, {
    class: "small",
  });
  return drawing(WIDTH, bottom + 28, heading, [...head(heading), ...axis, ...parts, foot], STYLE);
}

function head(heading: string): readonly string[] {
  const key = (x: number, kind: string, words: string) => [
    element("rect", { x, y: 54, width: 12, height: 12, rx: 2, class: kind }),
    text(x + 18, 64, words, { class: "small" }),
  ];
  return [
    text(20, 32, heading, { class: "head" }),
    ...key(TIME.x, "deep", "time in the database"),
    ...key(TIME.x + 150, "light", "in the program"),
    ...key(TIME.x + 264, "grey", "not told apart"),
    ...key(MEMORY.x, "warm", "the program's peak memory"),
  ];
}

function runsOf(all: readonly Compared[]): string {
  const runs = Math.max(...all.map((one) => one.runs));
  return runs === 1
    ? "One run each."
    : `The time is the median of ${runs} runs; the line on it leads from the fastest to the slowest.`;
}

interface Scale {
  readonly by: number;
  readonly ticks: readonly number[];
}

function scaleOf(values: readonly number[], width: number, about: number): Scale {
  const marks = ticks(Math.max(0, ...values), about);
  const most = marks.at(-1)!;
  return { by: most === 0 ? 0 : width / most, ticks: marks };
}

const axisText = (x: number, words: string): string => text(x, TOP - 14, words, { class: "small mid" });

const gridBehind = (y: number, { time, memory }: { readonly time: Scale; readonly memory: Scale }): readonly string[] =>
  [
    ...time.ticks.map((tick) => TIME.x + tick * time.by),
    ...memory.ticks.map((tick) => MEMORY.x + tick * memory.by),
  ].map((x) => element("path", { d: `M${x.toFixed(1)} ${y - 5}v${BAR + 10}`, class: "line" }));

/** From the fastest run to the slowest. */
function whisker(one: Compared, y: number, { by }: Scale): readonly string[] {
  const [from, to] = [TIME.x + one.fastest * by, TIME.x + one.slowest * by];
  if (to - from < 2) return [];
  const d = `M${from.toFixed(1)} ${y - 4}v8m0 -4H${to.toFixed(1)}m0 -4v8`;
  return [element("path", { d, class: "whisker" }, title(spread(one)))];
}

function row(
  one: Compared,
  lines: readonly string[],
  y: number,
  scales: { time: Scale; memory: Scale },
  times: string,
): readonly string[] {
  const { name, documents, waitedSeconds, reckonedFrom, events } = one;
  const whole = Math.max(1, one.seconds * scales.time.by);
  const waited = (waitedSeconds ?? 0) * scales.time.by;
  const about = reckonedFrom === undefined ? "" : "≈ ";
  const bar = { y, height: BAR, rx: 2 };
  const kind = (name: string) => (reckonedFrom === undefined ? name : `${name} reckoned`);
  const memory = Math.max(1, (one.peakBytes / 1e6) * scales.memory.by);
  return [
    text(LEFT - 14, y + 14, name, { class: "name end" }),
    element(
      "rect",
      { ...bar, x: TIME.x, width: whole, class: kind(waitedSeconds === undefined ? "grey" : "light") },
      title(`${name}, documents as ${documents}: ${about}${seconds(one.seconds)}`),
    ),
    ...(waited > 0
      ? [
          element(
            "rect",
            { ...bar, x: TIME.x, width: waited, class: kind("deep") },
            title(`${seconds(waitedSeconds!)} in the database`),
          ),
        ]
      : []),
    ...whisker(one, y + BAR / 2, scales.time),
    text(
      TIME.x + Math.max(whole, one.slowest * scales.time.by) + 8,
      y + 14,
      `${about}${seconds(one.seconds)} · ${perSecond(events / one.seconds)} events/s · ${times}`,
      {
        class: "value",
      },
    ),
    element("rect", { ...bar, x: MEMORY.x, width: memory, class: "warm" }, title(megabytes(one.peakBytes))),
    text(MEMORY.x + memory + 8, y + 14, megabytes(one.peakBytes), { class: "value" }),
    ...lines.map((line, n) => text(LEFT, y + BAR + (n + 1) * LINE, line, { class: "small" })),
  ];
}
