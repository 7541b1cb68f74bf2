/** The comparison on a terminal: a bar of time for each processor, and why it is as long. */
import type { Compared } from "../../workshop/compare/types.ts";
import { whyOf } from "../../workshop/compare/why.ts";
import { megabytes, perSecond, seconds, spread, timesOf } from "../../workshop/draw/numbers.ts";
import { wrapped } from "../../workshop/draw/svg.ts";
import { pad, type Style, widthOf } from "../terminal/style.ts";

const WIDEST_BAR = 30;
/** Where a bar would be shorter beside its figures, these get a line of their own. */
const SHORTEST_BAR = 12;
const LONGEST_LINE = 100;

export function drawCompared(all: readonly Compared[], style: Style, width = 110): readonly string[] {
  const several = new Set(all.map(({ documents }) => documents)).size > 1;
  const nameOf = ({ name, documents }: Compared) => (several ? `${name}, ${documents}` : name);
  const longest = Math.max(...all.map((one) => widthOf(nameOf(one))));
  const most = Math.max(...all.map((one) => one.seconds));
  const beside = width - longest - FIGURES - 4;
  const scale: Scale = { all, most, bar: Math.min(WIDEST_BAR, beside < SHORTEST_BAR ? width : beside), style, width };
  const lines = all.flatMap((one) =>
    beside < SHORTEST_BAR ? narrow(one, nameOf(one), scale) : wide(one, pad(nameOf(one), longest), scale),
  );
  return [...head(scale, beside < SHORTEST_BAR ? undefined : longest + 2), ...lines, runsOf(all)];
}

/** `indent`: where the bars begin, if the figures stand beside them. */
function head({ bar, style, width }: Scale, indent: number | undefined): readonly string[] {
  const parts = [`${style.cyan("█")} in the database`, `${style.green("▒")} in the program`, "░ not told apart"];
  const line = parts.join("  ");
  const space = " ".repeat(indent ?? 0);
  const key = (widthOf(line) <= width - space.length ? [line] : parts).map((part) => space + part);
  return indent === undefined ? [...key, ""] : [...key, `${" ".repeat(indent + bar + 2)}${TITLES}`];
}

/** What all lines have in common. */
interface Scale {
  readonly all: readonly Compared[];
  /** Seconds of the longest bar. */
  readonly most: number;
  readonly bar: number;
  readonly style: Style;
  readonly width: number;
}

function wide(one: Compared, name: string, scale: Scale): readonly string[] {
  const { style, width, all } = scale;
  const indent = widthOf(name) + 2;
  return [
    `${style.bold(name)}  ${barOf(one, scale)}  ${figures(one, all)}`,
    ...wrapped(whyOf(one), Math.min(LONGEST_LINE, width - indent)).map((line) => " ".repeat(indent) + style.dim(line)),
    "",
  ];
}

function narrow(one: Compared, name: string, scale: Scale): readonly string[] {
  const { style, width, all } = scale;
  const words = `${about(one)}${seconds(one.seconds)} (${spread(one)}), ${timesOf(one, all)} the fastest, ${perSecond(one.events / one.seconds)} events/s, ${megabytes(one.peakBytes)}`;
  return [
    style.bold(name),
    barOf(one, scale).trimEnd(),
    ...wrapped(words, width),
    ...wrapped(whyOf(one), width).map((line) => style.dim(line)),
    "",
  ];
}

const COLUMNS = [9, 13, 7, 11, 7] as const;
const FIGURES = COLUMNS.reduce((sum, column) => sum + column + 2, -2);
const inColumns = (texts: readonly string[]): string => texts.map((text, n) => text.padStart(COLUMNS[n]!)).join("  ");
const TITLES = inColumns(["time", "from – to", "× best", "events", "memory"]);

const figures = (one: Compared, all: readonly Compared[]): string =>
  inColumns([
    `${about(one)}${seconds(one.seconds)}`,
    one.runs === 1 ? "" : spread(one),
    timesOf(one, all),
    `${perSecond(one.events / one.seconds)}/s`,
    megabytes(one.peakBytes),
  ]);

const about = ({ reckonedFrom }: Compared): string => (reckonedFrom === undefined ? "" : "≈ ");

function runsOf(all: readonly Compared[]): string {
  const runs = Math.max(...all.map((one) => one.runs));
  return runs === 1
    ? "One run each: --repeat 3 shows how much they differ."
    : `The time is the median of ${runs} runs.`;
}

function barOf({ seconds: taken, waitedSeconds }: Compared, { most, bar, style }: Scale): string {
  const cells = (bar * taken) / most;
  const whole = Math.max(1, Math.round(cells));
  const rest = " ".repeat(bar - whole);
  if (cells < 0.5) return `▏${rest}`;
  if (waitedSeconds === undefined) return `${"░".repeat(whole)}${rest}`;
  const waited = Math.min(whole, Math.round((whole * waitedSeconds) / taken));
  return `${style.cyan("█".repeat(waited))}${style.green("▒".repeat(whole - waited))}${rest}`;
}
