import type { RunEvent } from "../../run/events.ts";
import {
  finishedLines,
  idWidthOf,
  noteLines,
  OPENING,
  OPENING_AFTER_MS,
  progressText,
  startedLine,
  summaryLines,
} from "./lines.ts";
import type { Reporter, ReporterOptions } from "./reporter.ts";

/** A long build says this often how far it is. */
const PROGRESS_EVERY_MS = 10_000;

/** A line for each event, with its time: for logs and pipes. */
export function plainReporter(options: ReporterOptions): Reporter {
  const lastProgress = new Map<string, number>();
  let asked = 0;
  let idWidth = 0;

  const linesOf = (event: RunEvent, at: Date): readonly string[] => {
    switch (event.type) {
      case "run_started":
        asked = event.transforms.length;
        idWidth = idWidthOf(event.transforms);
        return [startedLine(event)];
      case "transform_started":
        lastProgress.set(event.id, at.getTime());
        return event.attempt === 1 ? [`  ${event.id} started`] : [];
      case "waiting":
        return [`  ${event.id} waits: ${event.what}`];
      case "progress":
        if (at.getTime() - (lastProgress.get(event.id) ?? 0) < PROGRESS_EVERY_MS) return [];
        lastProgress.set(event.id, at.getTime());
        return [`  ${event.id} ${event.phase} ${progressText(event)}`.trimEnd()];
      case "transform_finished":
        return finishedLines(event.result, options, idWidth);
      case "run_finished":
        return summaryLines(event.result, asked, options);
      default:
        return noteLines(event, options);
    }
  };

  const opening = setTimeout(() => options.stream.write(`${OPENING}.\n`), OPENING_AFTER_MS);
  opening.unref();

  return {
    listener(event, at) {
      clearTimeout(opening);
      const [first, ...rest] = linesOf(event, at);
      if (first === undefined) return;
      const time = event.type === "run_finished" ? "" : `${at.toTimeString().slice(0, 8)} `;
      options.stream.write([time + first, ...rest].map((line) => `${line}\n`).join(""));
    },
    close: () => clearTimeout(opening),
  };
}
