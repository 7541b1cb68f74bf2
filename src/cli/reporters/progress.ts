import type { Phase, RunEvent } from "../../run/events.ts";
import { count, duration } from "../terminal/numbers.ts";
import { fit, pad } from "../terminal/style.ts";
import { liveArea } from "./live_area.ts";
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

const REDRAW_MS = 100;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const PHASE_WIDTH = "constrain".length;

interface Running {
  readonly since: number;
  phase?: Phase;
  /** Rows and share of the phase, or what it waits for. */
  detail: string;
}

/** A live display: what is finished scrolls away above, what runs has a line each, and a last line counts. */
export function progressReporter(options: ReporterOptions): Reporter {
  const { stream, style } = options;
  const area = liveArea(stream);
  const running = new Map<string, Running>();
  let began = Date.now();
  let asked: number | undefined;
  let finished = 0;
  let failed = 0;
  let idWidth = 0;
  let ticks = 0;

  const frame = (): readonly string[] => {
    const now = Date.now();
    const width = (stream.columns || 80) - 1;
    const spinner = style.cyan(SPINNER[ticks % SPINNER.length]!);
    if (asked === undefined) {
      // A server that has to be started first takes its time; one that runs is not worth a flicker.
      const opening = `${spinner} ${OPENING}  ${style.dim(duration((now - began) / 1000))}`;
      return now - began < OPENING_AFTER_MS ? [] : [fit(opening, width)];
    }
    // What runs gets the terminal's height but for the counting line and the line of the prompt.
    const room = Math.max(1, (stream.rows || 24) - 2);
    const all = [...running];
    const shown = all.length > room ? all.slice(0, room - 1) : all;
    const names = Math.min(idWidth, Math.floor(width * 0.45));
    const lines = shown.map(([id, { since, phase, detail }]) => {
      const time = duration((now - since) / 1000);
      return `${spinner} ${pad(fit(id, names), names)}  ${pad(phase ?? "", PHASE_WIDTH)}  ${style.dim(time)}  ${detail}`.trimEnd();
    });
    if (shown.length < all.length) lines.push(style.dim(`  and ${all.length - shown.length} more`));
    const counts = [
      `${running.size} running`,
      `${count(finished)} of ${count(asked)} done`,
      ...(failed > 0 ? [style.red(`${count(failed)} failed`)] : []),
      duration((now - began) / 1000),
    ];
    lines.push(`  ${counts.join(" · ")}`);
    return lines.map((line) => fit(line, width));
  };

  const timer = setInterval(() => {
    ticks++;
    area.draw(frame());
  }, REDRAW_MS);
  timer.unref();

  const close = () => {
    clearInterval(timer);
    area.draw([]);
  };

  const on = (event: RunEvent): void => {
    switch (event.type) {
      case "run_started":
        began = Date.now();
        asked = event.transforms.length;
        idWidth = idWidthOf(event.transforms);
        area.above([startedLine(event)]);
        return;
      case "transform_started":
        running.set(event.id, { since: running.get(event.id)?.since ?? Date.now(), detail: "" });
        return;
      case "phase_started":
        change(event.id, { phase: event.phase, detail: "" });
        return;
      case "progress":
        change(event.id, { phase: event.phase, detail: progressText(event) });
        return;
      case "waiting":
        change(event.id, { detail: `waits: ${event.what}` });
        return;
      case "transform_finished":
        running.delete(event.result.id);
        // What an interruption kept from beginning is not done.
        if (event.result.attempts > 0 || event.result.status === "skipped") finished++;
        if (event.result.status === "failed") failed++;
        area.above(finishedLines(event.result, options, idWidth));
        return;
      case "run_finished":
        area.above(summaryLines(event.result, asked ?? 0, options));
        close();
        return;
      default:
        area.above(noteLines(event, options));
    }
  };

  const change = (id: string, now: Partial<Running>): void => {
    const known = running.get(id);
    if (known) Object.assign(known, now);
  };

  return { listener: on, close };
}
