/** Memory over time on a terminal. */
import type { MemorySample } from "../../workshop/measure/memory.ts";
import { megabytes, seconds } from "../../workshop/draw/numbers.ts";

const HEIGHT = 8;
const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** The most that was resident in each stretch of time, from 0 up. */
export function drawMemoryLines(samples: readonly MemorySample[], columns = 80): readonly string[] {
  const width = Math.max(10, Math.min(100, columns - 12));
  const end = samples.at(-1)!.seconds || 1;
  const most = Math.max(...samples.map(({ rss }) => rss));
  const heights: number[] = [];
  for (const { seconds, rss } of samples) {
    const at = Math.min(width - 1, Math.floor((seconds / end) * width));
    heights[at] = Math.max(heights[at] ?? 0, (rss / most) * HEIGHT);
  }
  // Where nothing was seen, it is as it was before.
  for (let at = 1; at < width; at++) heights[at] ??= heights[at - 1]!;
  const lines = Array.from({ length: HEIGHT }, (_, n) => {
    const floor = HEIGHT - 1 - n;
    const bar = heights.map((height) => EIGHTHS[Math.round(8 * Math.max(0, Math.min(1, height - floor)))]).join("");
    return `${n === 0 ? megabytes(most).padStart(9) : " ".repeat(9)} ${bar}`.trimEnd();
  });
  const axis = `0 s${seconds(end).padStart(width - 3)}`;
  return [...lines, `${" ".repeat(10)}${axis}`];
}
