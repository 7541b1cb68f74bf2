/** What a function says while it runs. Its own words stand apart, so that who passes it on can't pass them by accident. */
import { spanOf, type Called } from "./failures.ts";
import type { WorkerEvent } from "../protocol.ts";

interface Where {
  readonly file: string;
  readonly line: number;
}

export type Said =
  | {
      readonly type: "printed";
      readonly stream: "stdout" | "stderr";
      readonly where?: Where;
      readonly characters: number;
    }
  | {
      readonly type: "logged";
      readonly level: "debug" | "info" | "warning" | "error";
      readonly where?: Where;
      /** As its author wrote it, without what was filled in; empty where it was put together, and so may hold values. */
      readonly template: string;
      readonly characters: number;
    };

/** `words` may hold values: for a terminal, when asked for with --show-data, and nowhere else. */
export type Hear = (said: Said, words: string) => void;

export function tell(event: Extract<WorkerEvent, { type: "print" | "log" }>, called: Called, hear: Hear): void {
  const span = event.place && spanOf(called, event.place);
  const characters = [...event.text].length;
  const where = span?.start ? { where: { file: span.file, line: span.start.line } } : {};
  if (event.type === "log") {
    const { level, template } = event;
    hear({ type: "logged", level, template, characters, ...where }, event.text);
  } else {
    const { stream, text } = event;
    hear({ type: "printed", stream, characters, ...where }, text);
  }
}
