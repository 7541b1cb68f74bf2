/** The comparison on a terminal: a bar of time for each processor, and why it is as long. */
import type { Compared } from "../../workshop/compare/types.ts";
import { whyOf } from "../../workshop/compare/why.ts";
import { megabytes, perSecond, seconds } from "../../workshop/draw/numbers.ts";
import { wrapped } from "../../workshop/draw/svg.ts";
import { pad, type Style, widthOf } from "../terminal/style.ts";

const BAR = 30;

export function drawCompared(all: readonly Compared[], style: Style, width = 110): readonly string[] {
  const several = new Set(all.map(({ documents }) => documents)).size > 1;
  const nameOf = ({ name, documents }: Compared) => (several ? `${name}, ${documents}` : name);
  const longest = Math.max(...all.map((one) => widthOf(nameOf(one))));
  const most = Math.max(...all.map((one) => one.seconds));
  const lines = all.flatMap((one) => {
    const about = one.reckonedFrom === undefined ? "" : "≈ ";
    const figures = `${`${about}${seconds(one.seconds)}`.padStart(9)}  ${perSecond(one.events / one.seconds).padStart(9)}/s  ${megabytes(one.peakBytes).padStart(7)}`;
    const why = wrapped(whyOf(one), Math.max(40, width - longest - 2));
    return [
      `${style.bold(pad(nameOf(one), longest))}  ${bar(one, most, style)}  ${figures}`,
      ...why.map((line) => `${" ".repeat(longest + 2)}${style.dim(line)}`),
      "",
    ];
  });
  const key = `${style.cyan("█")} in the database  ${style.green("▒")} in the program  ░ not told apart`;
  const titles = `${"time".padStart(9)}  ${"events".padStart(11)}  ${"memory".padStart(7)}`;
  return [
    `${" ".repeat(longest + 2)}${pad(key, BAR + 19)}`.trimEnd(),
    `${" ".repeat(longest + 4 + BAR)}${titles}`,
    ...lines,
  ].slice(0, -1);
}

function bar({ seconds: taken, waitedSeconds }: Compared, most: number, style: Style): string {
  const whole = Math.max(1, Math.round((BAR * taken) / most));
  const rest = " ".repeat(BAR - whole);
  if (waitedSeconds === undefined) return `${"░".repeat(whole)}${rest}`;
  const waited = Math.min(whole, Math.round((whole * waitedSeconds) / taken));
  return `${style.cyan("█".repeat(waited))}${style.green("▒".repeat(whole - waited))}${rest}`;
}
