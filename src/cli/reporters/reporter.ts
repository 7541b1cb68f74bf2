import type { Listener, RunEvent } from "../../run/events.ts";
import type { Output } from "../context.ts";
import type { Style } from "../terminal/style.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";

/** A listener of run events that shows them to somebody. `close` leaves the stream in order, whatever happened. */
export interface Reporter {
  readonly listener: Listener;
  close(): void;
}

/** What the reporters for people need. */
export interface ReporterOptions {
  readonly stream: Output;
  readonly style: Style;
  /** Problems as text, ending with a newline. */
  readonly render: (diagnostics: readonly Diagnostic[]) => string;
  /** The words of what a function printed or logged, where they may be shown. */
  readonly said: (event: RunEvent) => string | undefined;
  /** What to type to go on where a run stopped. */
  readonly resume: string;
}
